using System.Diagnostics;
using System.Diagnostics.Metrics;
using ReleaseWorkflows.Runtime.Telemetry;

namespace ReleaseWorkflows.Server.Telemetry;

/// <summary>
/// What the server tells about itself: traces of the source <c>ReleaseWorkflows</c> and measurements of the meter <c>ReleaseWorkflows.Server</c>.
/// One trace leads from a request over the commit to the e-mail that leaves minutes later: its id is stored with the message.
/// </summary>
internal sealed class ServerTelemetry : IDisposable
{
    /// <summary>Name of the source of traces.</summary>
    public const string SourceName = "ReleaseWorkflows";

    /// <summary>Name of the meter.</summary>
    public const string MeterName = "ReleaseWorkflows.Server";

    private static readonly ActivitySource Source = new(SourceName);

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _delays;

    /// <summary>Makes the instruments.</summary>
    public ServerTelemetry()
    {
        _attempts = _meter.CreateCounter<long>("releaseworkflows.outbox.attempts", "{attempt}", "Attempts at work after a commit, by kind and outcome: done, failed, given_up.");
        _delays = _meter.CreateHistogram<double>("releaseworkflows.outbox.delay", "s", "Time from the commit of a message to its acknowledgement.");
    }

    /// <summary>Notes an attempt at a message of the outbox.</summary>
    public void Attempted(string kind, string outcome) => _attempts.Add(1, new("kind", kind), new("outcome", outcome));

    /// <summary>Notes that a message was acknowledged.</summary>
    public void Acknowledged(string kind, TimeSpan afterCommit) => _delays.Record(afterCommit.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>
    /// Goes on with the trace of an earlier request, so that logs and traces of the work carry its id. Also without anybody who collects traces.
    /// </summary>
    /// <param name="name">What is done.</param>
    /// <param name="traceParent">The request, as a W3C <c>traceparent</c>; null begins a trace of its own.</param>
    public static Activity Continue(string name, string? traceParent) => Source.Continue(name, traceParent);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}

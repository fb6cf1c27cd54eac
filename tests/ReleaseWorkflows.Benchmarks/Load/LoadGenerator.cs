using System.Diagnostics;

namespace ReleaseWorkflows.Benchmarks.Load;

/// <summary>What one caller sends.</summary>
internal interface ICaller
{
    /// <summary>The next request; null when nothing is left to send.</summary>
    byte[]? Next();

    /// <summary>The answer to it.</summary>
    void Answered(int status, ReadOnlyMemory<byte> body);
}

/// <summary>Sends the same request over and over.</summary>
internal sealed class Repeat(byte[] request) : ICaller
{
    public static IReadOnlyList<ICaller> Of(int callers, byte[] request) => [.. Enumerable.Range(0, callers).Select(_ => new Repeat(request))];

    public byte[]? Next() => request;

    public void Answered(int status, ReadOnlyMemory<byte> body)
    {
    }
}

/// <summary>Stops after so many requests.</summary>
internal sealed class LimitedCaller(ICaller caller, int requests) : ICaller
{
    private int _left = requests;

    public byte[]? Next() => _left-- > 0 ? caller.Next() : null;

    public void Answered(int status, ReadOnlyMemory<byte> body) => caller.Answered(status, body);
}

/// <summary>Callers that send one request after the other, as fast as they are answered (closed loop) or at set times (open loop).</summary>
internal static class LoadGenerator
{
    /// <summary>Every caller sends its next request as soon as it has the answer: capacity.</summary>
    /// <param name="port">Where the server listens.</param>
    /// <param name="callers">One script per caller.</param>
    /// <param name="duration">No request begins after this time.</param>
    public static Task<LoadResult> ClosedAsync(int port, IReadOnlyList<ICaller> callers, TimeSpan duration) => RunAsync(port, callers, duration, null);

    /// <summary>
    /// Every caller sends at its own set times: latency under a given load. A request that is late because the last answer was is timed from
    /// when it should have begun.
    /// </summary>
    public static Task<LoadResult> OpenAsync(int port, IReadOnlyList<ICaller> callers, TimeSpan duration, double perSecond) =>
        RunAsync(port, callers, duration, TimeSpan.FromSeconds(callers.Count / perSecond));

    private static async Task<LoadResult> RunAsync(int port, IReadOnlyList<ICaller> callers, TimeSpan duration, TimeSpan? interval)
    {
        var connections = await Task.WhenAll(callers.Select(_ => HttpConnection.OpenAsync(port)));
        try
        {
            var started = Stopwatch.GetTimestamp();
            var parts = await Task.WhenAll(callers.Select((caller, i) => Task.Run(() => CallAsync(
                connections[i], caller, started, duration, interval, interval is { } pause ? pause * ((double)i / callers.Count) : TimeSpan.Zero))));
            var elapsed = Stopwatch.GetElapsedTime(started);

            var latencies = new Latencies();
            var others = new SortedDictionary<int, int>();
            foreach (var (part, odd) in parts)
            {
                latencies.AddAll(part);
                foreach (var (status, count) in odd)
                    others[status] = others.GetValueOrDefault(status) + count;
            }

            return new LoadResult(latencies.Count - others.Values.Sum(), others, elapsed, latencies);
        }
        finally
        {
            foreach (var connection in connections)
                connection.Dispose();
        }
    }

    private static async Task<(Latencies Latencies, Dictionary<int, int> Others)> CallAsync(
        HttpConnection connection, ICaller caller, long started, TimeSpan duration, TimeSpan? interval, TimeSpan offset)
    {
        var latencies = new Latencies();
        var others = new Dictionary<int, int>();
        for (var due = offset; Stopwatch.GetElapsedTime(started) < duration; due += interval ?? TimeSpan.Zero)
        {
            if (caller.Next() is not { } request)
                break;
            var begun = Stopwatch.GetElapsedTime(started);
            if (interval is not null && begun < due)
            {
                // The timer is coarse; its own lateness is not the server's, so the clock starts when the request really leaves.
                await Task.Delay(due - begun);
                begun = Stopwatch.GetElapsedTime(started);
            }
            else if (interval is not null)
            {
                begun = due;
            }

            var status = await connection.SendAsync(request);
            latencies.Add(Stopwatch.GetElapsedTime(started) - begun);
            caller.Answered(status, connection.Body);
            if (status is < 200 or > 299)
                others[status] = others.GetValueOrDefault(status) + 1;
        }

        return (latencies, others);
    }
}

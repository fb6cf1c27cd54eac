using System.ComponentModel;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace ReleaseWorkflows.Browser.Tests.Infrastructure;

/// <summary>Makes a test of each method with <see cref="BrowserFactAttribute"/>.</summary>
internal sealed class BrowserFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new BrowserTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

/// <summary>
/// A test whose failure tells what each of its tabs showed, wrote into the console and asked the server for: what failed on a machine that nobody sits at
/// is understood from its log.
/// </summary>
internal sealed class BrowserTestCase : XunitTestCase
{
    /// <summary>For xunit, which reads tests from their serialized form.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("Called by the de-serializer; should only be called by deriving classes for de-serialization purposes")]
    public BrowserTestCase()
    {
    }

    public BrowserTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions displayOptions, ITestMethod method)
        : base(diagnostics, display, displayOptions, method)
    {
    }

    /// <inheritdoc/>
    public override async Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink, IMessageBus messageBus, object[] constructorArguments, ExceptionAggregator aggregator, CancellationTokenSource cancellationTokenSource)
    {
        using var telling = new TellingBus(messageBus, TabReports.Begin());
        return await base.RunAsync(diagnosticMessageSink, telling, constructorArguments, aggregator, cancellationTokenSource);
    }

    private sealed class TellingBus(IMessageBus inner, TabReports tabs) : IMessageBus
    {
        public bool QueueMessage(IMessageSinkMessage message) =>
            inner.QueueMessage(message is ITestFailed failed && failed.Messages.Length > 0 ? Tell(failed) : message);

        // The bus is xunit's.
        public void Dispose()
        {
        }

        private TestFailed Tell(ITestFailed failed) => new(
            failed.Test, failed.ExecutionTime, failed.Output, failed.ExceptionTypes, [failed.Messages[0] + tabs, .. failed.Messages.Skip(1)], failed.StackTraces, failed.ExceptionParentIndices);
    }
}

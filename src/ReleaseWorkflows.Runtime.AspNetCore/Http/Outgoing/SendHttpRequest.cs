using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;

namespace Elsa.Http;

/// <summary>What runs on an answer with a certain status.</summary>
public class HttpStatusCodeCase
{
    /// <summary>Creates an empty case, to be filled by a reader.</summary>
    public HttpStatusCodeCase()
    {
    }

    /// <summary>Creates a case.</summary>
    public HttpStatusCodeCase(int statusCode, IActivity activity)
    {
        StatusCode = statusCode;
        Activity = activity;
    }

    /// <summary>The status.</summary>
    public int StatusCode { get; set; }

    /// <summary>Runs on it.</summary>
    public IActivity? Activity { get; set; }
}

/// <summary>Sends an HTTP request and runs the activity for the status of its answer.</summary>
[Activity("Elsa", "HTTP", "Send an HTTP request.", DisplayName = "HTTP Request", Kind = ActivityKind.Task)]
[Output(Description = "The answer.", IsSerializable = false)]
public class SendHttpRequest : SendHttpRequestBase
{
    /// <summary>Creates the activity.</summary>
    public SendHttpRequest([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>What runs on which status.</summary>
    [Input(
        DisplayName = "Expected Status Codes", Description = "The status codes to handle, and the activity for each.", UIHint = "http-status-codes")]
    public ICollection<HttpStatusCodeCase> ExpectedStatusCodes { get; set; } = [];

    /// <summary>Runs on any other status.</summary>
    [Port]
    public IActivity? UnmatchedStatusCode { get; set; }

    /// <summary>Runs if there is no answer.</summary>
    [Port]
    public IActivity? FailedToConnect { get; set; }

    /// <summary>Runs if the answer takes too long.</summary>
    [Port]
    public IActivity? Timeout { get; set; }

    private protected override ValueTask HandleStatusAsync(ActivityExecutionContext context, int statusCode)
    {
        var expected = ExpectedStatusCodes.FirstOrDefault(candidate => candidate.StatusCode == statusCode);
        return RunAsync(context, expected is null ? UnmatchedStatusCode : expected.Activity);
    }

    internal override ValueTask HandleFailureAsync(ActivityExecutionContext context) => RunAsync(context, FailedToConnect);

    internal override ValueTask HandleTimeoutAsync(ActivityExecutionContext context) => RunAsync(context, Timeout);

    private ValueTask RunAsync(ActivityExecutionContext context, IActivity? activity) => context.ScheduleActivityAsync(activity, OnChildCompletedAsync);

    private async ValueTask OnChildCompletedAsync(ActivityCompletedContext context) => await context.TargetContext.CompleteActivityAsync();
}

/// <summary>Sends an HTTP request; the exit taken names the status of its answer.</summary>
[Activity("Elsa", "HTTP", "Send an HTTP request.", DisplayName = "HTTP Request (flow)", Kind = ActivityKind.Task)]
[Output(Description = "The answer.", IsSerializable = false)]
public class FlowSendHttpRequest : SendHttpRequestBase
{
    /// <summary>Creates the activity.</summary>
    public FlowSendHttpRequest([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Statuses with an exit of their own. Default: 200.</summary>
    [Input(
        DisplayName = "Expected Status Codes", Description = "The status codes that have an exit of their own.", UIHint = InputUIHints.MultiText,
        DefaultValue = new[] { 200 }, Order = 5.1f)]
    public Input<ICollection<int>> ExpectedStatusCodes { get; set; } = new(new List<int> { 200 });

    private protected override ValueTask HandleStatusAsync(ActivityExecutionContext context, int statusCode) =>
        CompleteWithStatusAsync(context, statusCode, ExpectedStatusCodes.GetOrDefault(context) ?? []);
}

using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;
using ReleaseWorkflows.Runtime.OutsideWork;

namespace Elsa.Http;

/// <summary>
/// What activities that call over HTTP have in common. The request leaves after the burst has committed; the activity goes on when the answer is
/// there. A crash in between repeats the request, with the same <c>Idempotency-Key</c>.
/// </summary>
/// <typeparam name="T">Type of the main output.</typeparam>
public abstract class OutgoingHttpActivity<T> : Activity<T>
{
    internal const string UnmatchedStatusCodeOutcome = "Unmatched status code";
    internal const string FailedToConnectOutcome = "Failed to connect";
    internal const string TimeoutOutcome = "Timeout";

    /// <summary>Creates the activity.</summary>
    protected OutgoingHttpActivity(string? source, int? line)
        : base(source, line)
    {
    }

    /// <summary>Where the request goes: an absolute address, http or https.</summary>
    [Input(Description = "The absolute address the request goes to.", UIHint = InputUIHints.SingleLine)]
    public Input<Uri?> Url { get; set; } = null!;

    /// <summary>The method. Default: GET.</summary>
    [Input(
        Description = "The HTTP method to use when sending the request.", UIHint = InputUIHints.DropDown, DefaultValue = "GET", Order = 1,
        Options = new[] { "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD" })]
    public Input<string> Method { get; set; } = new("GET");

    /// <summary>Body: text, bytes and files as they are, anything else as JSON, or as a form if the content type says so. Default: none.</summary>
    [Input(Description = "The content to send: text and bytes as they are, anything else as JSON or as a form.", Order = 2)]
    public Input<object?> Content { get; set; } = null!;

    /// <summary>Value of the <c>Authorization</c> header. Kept with the instance until the request is done, and shown nowhere.</summary>
    [Input(
        Description = "The value of the Authorization header, for example Bearer {token}.", Category = "Security", CanContainSecrets = true,
        IsSerializable = false, Order = 4)]
    public Input<string?> Authorization { get; set; } = null!;

    /// <summary>True: the value is sent even if it has not the form of an <c>Authorization</c> header. Default: false, it is an incident.</summary>
    [Input(Description = "Send the Authorization header without validation.", Category = "Security", Order = 5)]
    public Input<bool> DisableAuthorizationHeaderValidation { get; set; } = null!;

    /// <summary>Further headers. Those that belong to the connection are left out.</summary>
    [Input(Description = "The headers to send along with the request.", UIHint = InputUIHints.JsonEditor, Category = "Advanced", Order = 6)]
    public Input<HttpHeaders?> RequestHeaders { get; set; } = new(new HttpHeaders());

    /// <summary>Status of the answer.</summary>
    [Output(DisplayName = "Status Code", Description = "The status of the answer.")]
    public Output<int> StatusCode { get; set; } = null!;

    /// <summary>Headers of the answer.</summary>
    [Output(DisplayName = "Response Headers", Description = "The headers of the answer.")]
    public Output<HttpHeaders?> ResponseHeaders { get; set; } = null!;

    /// <inheritdoc />
    protected sealed override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var request = await OutgoingHttpContent.CreateAsync(
            Url.GetOrDefault(context) ?? throw new InvalidOperationException("The input 'Url' has no value."),
            Method.GetOrDefault(context) ?? "GET",
            Content.GetOrDefault(context),
            ContentTypeOf(context),
            Authorization.GetOrDefault(context),
            !DisableAuthorizationHeaderValidation.GetOrDefault(context),
            RequestHeaders.GetOrDefault(context),
            IsDownload,
            context.CancellationToken);
        context.RequestOutsideWork(OutgoingHttpHandler.WorkKind, request, OnEndedAsync, request.Url.IdnHost);
    }

    internal virtual bool IsDownload => false;

    internal abstract string? ContentTypeOf(ActivityExecutionContext context);

    internal abstract ValueTask HandleAnswerAsync(ActivityExecutionContext context, HttpResponseSnapshot response);

    internal virtual ValueTask HandleFailureAsync(ActivityExecutionContext context) => context.CompleteActivityWithOutcomesAsync(FailedToConnectOutcome);

    internal virtual ValueTask HandleTimeoutAsync(ActivityExecutionContext context) => context.CompleteActivityWithOutcomesAsync(TimeoutOutcome);

    private async ValueTask OnEndedAsync(ActivityExecutionContext context)
    {
        var work = context.GetOutsideWorkResult();
        var result = work.Value as OutgoingHttpResult ?? new OutgoingHttpResult(OutgoingHttpEnd.FailedToConnect, null, work.Error);
        if (result.Reason is { } reason)
        {
            context.JournalData["Error"] = reason;
            context.AddExecutionLogEntry("Error", reason);
        }

        switch (result.End)
        {
            case OutgoingHttpEnd.Answered:
                StatusCode.Set(context, result.Response!.StatusCode);
                ResponseHeaders.Set(context, All(result.Response));
                await HandleAnswerAsync(context, result.Response);
                break;
            case OutgoingHttpEnd.TimedOut:
                await HandleTimeoutAsync(context);
                break;
            case OutgoingHttpEnd.FailedToConnect:
                await HandleFailureAsync(context);
                break;
            default:
                throw new InvalidOperationException(result.Reason);
        }
    }

    /// <summary>Exits for a status: the status itself or that it was not expected, and Done in any case.</summary>
    private protected static ValueTask CompleteWithStatusAsync(ActivityExecutionContext context, int statusCode, ICollection<int> expected)
    {
        if (expected.Count == 0)
            return context.CompleteActivityWithOutcomesAsync("Done");

        var outcome = expected.Contains(statusCode) ? statusCode.ToString(System.Globalization.CultureInfo.InvariantCulture) : UnmatchedStatusCodeOutcome;
        return context.CompleteActivityWithOutcomesAsync(outcome, "Done");
    }

    private static HttpHeaders All(HttpResponseSnapshot response)
    {
        var headers = new HttpHeaders(response.Headers);
        foreach (var (name, values) in response.ContentHeaders)
            headers.TryAdd(name, values);
        return headers;
    }
}

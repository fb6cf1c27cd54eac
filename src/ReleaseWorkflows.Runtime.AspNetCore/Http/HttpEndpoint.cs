using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using Microsoft.AspNetCore.Http;
using ReleaseWorkflows.Runtime.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Storage;

namespace Elsa.Http;

/// <summary>
/// Starts a workflow when an HTTP request comes in, or waits for one in the middle of a workflow.
/// </summary>
/// <remarks>
/// Who may call, how large a request may be and how long it may take is checked before the workflow runs; see <c>HttpWorkflowMiddleware</c>. The
/// activity hands over what the request says, and checks its files.
/// </remarks>
[Activity("Elsa", "HTTP", "Starts the workflow, or goes on, when an HTTP request comes in.", DisplayName = "HTTP Endpoint", Kind = ActivityKind.Trigger)]
public sealed class HttpEndpoint : Trigger<HttpRequestSnapshot>
{
    /// <summary>Exit for a request whose body is larger than allowed.</summary>
    public const string RequestTooLarge = "Request too large";

    /// <summary>Exit for a file that is larger than allowed.</summary>
    public const string FileTooLarge = "File too large";

    /// <summary>Exit for a file whose name has an extension that is not allowed.</summary>
    public const string InvalidFileExtension = "Invalid file extension";

    /// <summary>Exit for a file of a content type that is not allowed.</summary>
    public const string InvalidFileMimeType = "Invalid file MIME type";

    /// <summary>Creates the activity.</summary>
    public HttpEndpoint([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Address below the base path, for example <c>orders/{id}</c>. Letters are compared without regard to case.</summary>
    [Required]
    [Input(Description = "The address below the base path, for example orders/{id}.", UIHint = InputUIHints.SingleLine)]
    public Input<string> Path { get; set; } = null!;

    /// <summary>Methods that are answered. Default: GET.</summary>
    [Input(DisplayName = "Supported Methods", Description = "The methods that are answered.", UIHint = InputUIHints.CheckList, Options = new[] { "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD" })]
    public Input<ICollection<string>> SupportedMethods { get; set; } = new(new List<string> { HttpMethods.Get });

    /// <summary>True if the caller has to be signed in. Default: false.</summary>
    [Input(Description = "Only signed-in callers are let in.", Category = "Security")]
    public Input<bool> Authorize { get; set; } = new(false);

    /// <summary>Name of the authorization policy the caller has to meet. Default: that of the host. Only with <see cref="Authorize"/>.</summary>
    [Input(Description = "The policy the caller has to meet.", Category = "Security")]
    public Input<string?> Policy { get; set; } = new((string?)null);

    /// <summary>Longest time the workflow may take to answer. Default: that of the host.</summary>
    [Input(Description = "The longest time the workflow may take to answer.", Category = "Upload")]
    public Input<TimeSpan?> RequestTimeout { get; set; } = null!;

    /// <summary>Largest body in bytes. Default: that of the host; never more than the host's own limit.</summary>
    [Input(Description = "The largest body, in bytes.", Category = "Upload")]
    public Input<long?> RequestSizeLimit { get; set; } = null!;

    /// <summary>Largest file in bytes. Default: no limit beyond that of the body.</summary>
    [Input(Description = "The largest file, in bytes.", Category = "Upload")]
    public Input<long?> FileSizeLimit { get; set; } = null!;

    /// <summary>Extensions of files that are let in, for example <c>.csv</c>. Default: all.</summary>
    [Input(Description = "The file extensions that are let in; all if there are none.", Category = "Upload", UIHint = InputUIHints.MultiText)]
    public Input<ICollection<string>> AllowedFileExtensions { get; set; } = null!;

    /// <summary>Extensions of files that are refused. Default: none.</summary>
    [Input(Description = "The file extensions that are refused.", Category = "Upload", UIHint = InputUIHints.MultiText)]
    public Input<ICollection<string>> BlockedFileExtensions { get; set; } = null!;

    /// <summary>Content types of files that are let in, for example <c>text/csv</c> or <c>image/*</c>. Default: all.</summary>
    [Input(DisplayName = "Allowed MIME types", Description = "The content types of files that are let in; all if there are none.", Category = "Upload", UIHint = InputUIHints.MultiText)]
    public Input<ICollection<string>> AllowedMimeTypes { get; set; } = null!;

    /// <summary>True: a body that is too large leaves by an exit of its own. False: it is answered with 413.</summary>
    [Input(DisplayName = "Expose \"Request too large\"", Category = "Outcomes")]
    public bool ExposeRequestTooLargeOutcome { get; set; }

    /// <summary>True: a file that is too large leaves by an exit of its own. False: it is answered with 413.</summary>
    [Input(DisplayName = "Expose \"File too large\"", Category = "Outcomes")]
    public bool ExposeFileTooLargeOutcome { get; set; }

    /// <summary>True: a file with a wrong extension leaves by an exit of its own. False: it is answered with 415.</summary>
    [Input(DisplayName = "Expose \"Invalid file extension\"", Category = "Outcomes")]
    public bool ExposeInvalidFileExtensionOutcome { get; set; }

    /// <summary>True: a file with a wrong content type leaves by an exit of its own. False: it is answered with 415.</summary>
    [Input(DisplayName = "Expose \"Invalid file MIME type\"", Category = "Outcomes")]
    public bool ExposeInvalidFileMimeTypeOutcome { get; set; }

    /// <summary>The body: an object for JSON, a dictionary for a form, else text; null if there is none.</summary>
    [Output(DisplayName = "Parsed Content", Description = "The body: an object for JSON, a dictionary for a form, else text.")]
    public Output<object?> ParsedContent { get; set; } = null!;

    /// <summary>The uploaded files.</summary>
    [Output(Description = "The uploaded files.")]
    public Output<HttpFile[]> Files { get; set; } = null!;

    /// <summary>The first uploaded file.</summary>
    [Output(Description = "The first uploaded file.")]
    public Output<HttpFile> File { get; set; } = null!;

    /// <summary>Values of the parameters of the address.</summary>
    [Output(DisplayName = "Route Data", Description = "The values of the parameters of the address.")]
    public Output<IDictionary<string, object>> RouteData { get; set; } = null!;

    /// <summary>Values of the query: text, or an array where a name occurs more than once.</summary>
    [Output(DisplayName = "Query String Data", Description = "The values of the query.")]
    public Output<IDictionary<string, object>> QueryStringData { get; set; } = null!;

    /// <summary>Headers of the request, without those that carry credentials.</summary>
    [Output(Description = "The headers of the request, without those that carry credentials.")]
    public Output<IDictionary<string, object>> Headers { get; set; } = null!;

    /// <inheritdoc />
    protected override IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) => Stimuli(
        context.Get(Path),
        context.Get(SupportedMethods),
        new EndpointSettings(
            context.Get(Authorize), context.Get(Policy), context.Get(RequestTimeout), context.Get(RequestSizeLimit), ExposeRequestTooLargeOutcome));

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
            return HandleAsync(context);

        var settings = new EndpointSettings(
            Authorize.GetOrDefault(context),
            Policy.GetOrDefault(context),
            RequestTimeout.GetOrDefault(context),
            RequestSizeLimit.GetOrDefault(context),
            ExposeRequestTooLargeOutcome);
        context.CreateBookmarks(
            Stimuli(Path.Get(context), SupportedMethods.GetOrDefault(context), settings), HandleAsync, includeActivityInstanceId: false);
        return default;
    }

    private async ValueTask HandleAsync(ActivityExecutionContext context)
    {
        context.ClearBookmarks();
        var exchange = context.GetRequiredService<HttpExchange>();
        var request = exchange.Request ?? throw new InvalidOperationException("There is no HTTP request here: the workflow was not started by one.");
        HandOver(context, request);

        if (CheckRequest(context, request) is not { } refusal)
        {
            await context.CompleteActivityAsync();
            return;
        }

        if (refusal.HasExit)
        {
            await context.CompleteActivityWithOutcomesAsync(refusal.Outcome);
            return;
        }

        exchange.Respond(refusal.Answer);
        context.GetRequiredService<UnitOfWorkDecision>().Discard();
        await context.CompleteActivityWithOutcomesAsync();
    }

    private void HandOver(ActivityExecutionContext context, HttpRequestSnapshot request)
    {
        // The request itself is only kept where the definition asks for it: it would make the state of the instance grow.
        if (Result is not null)
            Result.Set(context, request);
        if (request.Files.Count > 0)
        {
            Files.Set(context, [.. request.Files]);
            File.Set(context, request.Files[0]);
        }

        ParsedContent.Set(context, request.Content);
        RouteData.Set(context, HttpRoute.Match(Path.GetOrDefault(context), request.Path) ?? []);
        QueryStringData.Set(context, request.Query.ToDictionary(value => value.Key, value => Single(value.Value)));
        Headers.Set(context, request.Headers.ToDictionary(header => header.Key, header => Single(header.Value), StringComparer.OrdinalIgnoreCase));
    }

    private FileRefusal? CheckRequest(ActivityExecutionContext context, HttpRequestSnapshot request)
    {
        if (request.IsTooLarge)
            return new FileRefusal(RequestTooLarge, ExposeRequestTooLargeOutcome, HttpProblems.TooLarge(request.SizeLimit));
        if (request.Files.Count == 0)
            return null;

        var sizeLimit = FileSizeLimit.GetOrDefault(context);
        var allowed = AllowedFileExtensions.GetOrDefault(context) ?? [];
        var blocked = BlockedFileExtensions.GetOrDefault(context) ?? [];
        var types = AllowedMimeTypes.GetOrDefault(context) ?? [];
        foreach (var file in request.Files)
        {
            if (file.Content.Length > sizeLimit)
                return new FileRefusal(FileTooLarge, ExposeFileTooLargeOutcome, HttpProblems.FileTooLarge(file.FileName, sizeLimit.Value));
            if ((allowed.Count > 0 && !HasExtension(file, allowed)) || HasExtension(file, blocked))
                return new FileRefusal(InvalidFileExtension, ExposeInvalidFileExtensionOutcome, HttpProblems.FileRefused(file.FileName, "its extension"));
            if (types.Count > 0 && !types.Any(type => Matches(file.ContentType, type)))
                return new FileRefusal(InvalidFileMimeType, ExposeInvalidFileMimeTypeOutcome, HttpProblems.FileRefused(file.FileName, "its content type"));
        }

        return null;
    }

    private static IEnumerable<HttpEndpointStimulus> Stimuli(string? path, ICollection<string>? methods, EndpointSettings settings) =>
        from method in methods is { Count: > 0 } ? methods : [HttpMethods.Get]
        group method by method.Trim().ToLowerInvariant() into unique
        select new HttpEndpointStimulus(HttpRoute.Normalize(path), unique.Key) { Template = HttpRoute.Trim(path), Settings = settings };

    private static object Single(string[] values) => values.Length == 1 ? values[0] : values;

    private static bool HasExtension(HttpFile file, ICollection<string> extensions) => extensions.Any(extension =>
        System.IO.Path.GetExtension(file.FileName).TrimStart('.').Equals(extension.Trim().TrimStart('.'), StringComparison.OrdinalIgnoreCase));

    private static bool Matches(string contentType, string pattern)
    {
        var type = contentType.Split(';')[0].Trim();
        return pattern.EndsWith("/*", StringComparison.Ordinal)
            ? type.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)
            : type.Equals(pattern.Trim(), StringComparison.OrdinalIgnoreCase);
    }

    private sealed record FileRefusal(string Outcome, bool HasExit, HttpWorkflowResponse Answer);
}

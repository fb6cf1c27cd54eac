using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Runtime.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Expressions;

namespace Elsa.Http;

/// <summary>
/// Answers the HTTP request that runs the workflow. The answer is only prepared here: it leaves when everything the workflow changed has been
/// committed, and never if that fails.
/// </summary>
/// <remarks>
/// There is something to answer only in the burst that the request began. After the workflow has waited, the request is over.
/// </remarks>
[Activity("Elsa", "HTTP", "Answers the HTTP request that runs the workflow.", DisplayName = "HTTP Response")]
public sealed class WriteHttpResponse : CodeActivity
{
    /// <summary>Creates the activity.</summary>
    public WriteHttpResponse([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Status of the answer. Default: 200.</summary>
    [Input(DisplayName = "Status Code", Description = "The status of the answer.", UIHint = InputUIHints.DropDown, DefaultValue = HttpStatusCode.OK)]
    public Input<HttpStatusCode> StatusCode { get; set; } = new(HttpStatusCode.OK);

    /// <summary>Body: text and bytes as they are, anything else as JSON. Default: none.</summary>
    [Input(Description = "The body: text and bytes as they are, anything else as JSON.", UIHint = InputUIHints.MultiLine)]
    public Input<object?> Content { get; set; } = null!;

    /// <summary>Content type of the body. Default: <c>text/plain</c> for text, <c>application/octet-stream</c> for bytes, else <c>application/json</c>.</summary>
    [Input(
        DisplayName = "Content Type", Description = "The content type of the body.", UIHint = InputUIHints.DropDown,
        Options = new[]
        {
            "", "application/json", "application/soap+xml", "application/x-www-form-urlencoded", "application/xml", "text/html", "text/json",
            "text/plain", "text/richtext", "text/xml",
        })]
    public Input<string?> ContentType { get; set; } = null!;

    /// <summary>Further headers.</summary>
    [Input(DisplayName = "Response Headers", Description = "Further headers of the answer.", UIHint = InputUIHints.JsonEditor, Category = "Advanced")]
    public Input<HttpHeaders?> ResponseHeaders { get; set; } = new(new HttpHeaders());

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var exchange = context.GetService<HttpExchange>();
        if (exchange?.Request is null)
        {
            throw new InvalidOperationException(
                "There is no HTTP request to answer: the workflow has waited since the request came, or was not started by one. Answer before the first wait.");
        }

        var headers = ResponseHeaders.GetOrDefault(context) ?? [];
        var statusCode = (int)StatusCode.GetOrDefault(context, () => HttpStatusCode.OK);
        var contentType = NullIfBlank(ContentType.GetOrDefault(context)) ?? headers.ContentType;
        var (body, defaultType) = await ReadContentAsync(Content.GetOrDefault(context), context.CancellationToken);
        exchange.Respond(new HttpWorkflowResponse(statusCode, body.IsEmpty ? contentType : contentType ?? defaultType, headers, body));
    }

    private static async ValueTask<(ReadOnlyMemory<byte> Body, string ContentType)> ReadContentAsync(object? content, CancellationToken cancellationToken)
    {
        switch (content)
        {
            case null:
                return (default, "text/plain");
            case string text:
                return (Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");
            case byte[] bytes:
                return (bytes, "application/octet-stream");
            case HttpFile file:
                return (file.Content, file.ContentType);
            case Stream stream:
                using (var copy = new MemoryStream())
                {
                    await stream.CopyToAsync(copy, cancellationToken);
                    return (copy.ToArray(), "application/octet-stream");
                }

            default:
                return (Encoding.UTF8.GetBytes(JsonValues.ToJson(content)), "application/json; charset=utf-8");
        }
    }

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

using System.Text;
using System.Text.Json;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ReleaseWorkflows.Runtime.AspNetCore.Http;

namespace Elsa.Http;

/// <summary>What activities have in common that send an HTTP request and read its answer.</summary>
public abstract class SendHttpRequestBase : OutgoingHttpActivity<HttpResponseSnapshot>
{
    /// <summary>Creates the activity.</summary>
    protected SendHttpRequestBase(string? source, int? line)
        : base(source, line)
    {
    }

    /// <summary>Content type of the body. Default: JSON for text and objects, <c>application/octet-stream</c> for bytes.</summary>
    [Input(
        DisplayName = "Content Type", Description = "The content type to use when sending the request.", UIHint = InputUIHints.DropDown, Order = 3,
        Options = new[]
        {
            "", "application/json", "application/soap+xml", "application/x-www-form-urlencoded", "application/xml", "text/html", "text/json",
            "text/plain", "text/richtext", "text/xml",
        })]
    public Input<string?> ContentType { get; set; } = null!;

    /// <summary>Read and kept: whether a request is tried again is drawn in the definition.</summary>
    [Input(DisplayName = "Enable Resiliency", Description = "Obsolete.", IsBrowsable = false)]
    public Input<bool> EnableResiliency { get; set; } = null!;

    /// <summary>The body by its content type: an object for JSON and forms, text for text and XML, else the bytes; null if there is none.</summary>
    [Output(DisplayName = "Parsed Content", Description = "The content by its type: an object for JSON and forms, text, or bytes.")]
    public Output<object?> ParsedContent { get; set; } = null!;

    internal override string? ContentTypeOf(ActivityExecutionContext context) => ContentType.GetOrDefault(context);

    internal sealed override async ValueTask HandleAnswerAsync(ActivityExecutionContext context, HttpResponseSnapshot response)
    {
        // The answer itself is only kept where the definition asks for it: it would make the state of the instance grow.
        if (Result is not null)
            Result.Set(context, response);
        ParsedContent.Set(context, await ParseAsync(context, response));
        await HandleStatusAsync(context, response.StatusCode);
    }

    private protected abstract ValueTask HandleStatusAsync(ActivityExecutionContext context, int statusCode);

    // A page with a wrong content type must not keep the definition from looking at the status.
    private static async ValueTask<object?> ParseAsync(ActivityExecutionContext context, HttpResponseSnapshot response)
    {
        if (response.Content.Length == 0)
            return null;

        _ = MediaTypeHeaderValue.TryParse(response.ContentHeaders.ContentType, out var type);
        try
        {
            var depth = context.GetRequiredService<IOptions<WorkflowHttpOptions>>().Value.MaxJsonDepth;
            return await ContentParser.ParseAsync(response.Content, type, depth, context.CancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or DecoderFallbackException or ArgumentException)
        {
            context.AddExecutionLogEntry("Unreadable Content", $"The answer cannot be read as {type?.MediaType ?? "text"}: {exception.Message}");
            return Encoding.UTF8.GetString(response.Content);
        }
    }
}

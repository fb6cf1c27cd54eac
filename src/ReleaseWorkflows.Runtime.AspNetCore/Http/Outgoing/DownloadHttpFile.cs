using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using Microsoft.Net.Http.Headers;

namespace Elsa.Http;

/// <summary>Downloads a file. Its bytes are kept with the instance only where an output is bound to a variable.</summary>
[Activity("Elsa", "HTTP", "Downloads a file from a given URL.", DisplayName = "Download File", Kind = ActivityKind.Task)]
[Output(Description = "The downloaded file.", IsSerializable = false)]
public class DownloadHttpFile : OutgoingHttpActivity<HttpFile>
{
    /// <summary>Creates the activity.</summary>
    public DownloadHttpFile([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Statuses with an exit of their own. On any other, the file is not handed out. Default: 200.</summary>
    [Input(
        DisplayName = "Expected Status Codes", Description = "The status codes that have an exit of their own.", UIHint = InputUIHints.MultiText,
        DefaultValue = new[] { 200 }, Order = 5.1f)]
    public Input<ICollection<int>> ExpectedStatusCodes { get; set; } = new(new List<int> { 200 });

    /// <summary>Content type of the body that is sent. Default: JSON for text and objects, <c>application/octet-stream</c> for bytes.</summary>
    [Input(
        DisplayName = "Content Type", Description = "The content type to use when sending the request.", UIHint = InputUIHints.DropDown, Order = 3,
        Options = new[]
        {
            "", "application/json", "application/soap+xml", "application/x-www-form-urlencoded", "application/xml", "text/html", "text/json",
            "text/plain", "text/richtext", "text/xml",
        })]
    public Input<string?> RequestContentType { get; set; } = null!;

    /// <summary>The answer.</summary>
    [Output(Description = "The answer.", IsSerializable = false)]
    public Output<HttpResponseSnapshot?> Response { get; set; } = null!;

    /// <summary>The file as a stream.</summary>
    [Output(DisplayName = "Response Content Stream", Description = "The downloaded content as a stream.", IsSerializable = false)]
    public Output<Stream?> ResponseContentStream { get; set; } = null!;

    /// <summary>The file as bytes.</summary>
    [Output(DisplayName = "Response Content Bytes", Description = "The downloaded content as bytes.", IsSerializable = false)]
    public Output<byte[]?> ResponseContentBytes { get; set; } = null!;

    /// <summary>Headers that describe the file.</summary>
    [Output(DisplayName = "Content Headers", Description = "The headers that describe the file.")]
    public Output<HttpHeaders?> ResponseContentHeaders { get; set; } = null!;

    internal override bool IsDownload => true;

    internal override string? ContentTypeOf(ActivityExecutionContext context) => RequestContentType.GetOrDefault(context);

    internal override ValueTask HandleAnswerAsync(ActivityExecutionContext context, HttpResponseSnapshot response)
    {
        var expected = ExpectedStatusCodes.GetOrDefault(context) ?? [];
        ResponseContentHeaders.Set(context, response.ContentHeaders);
        if (Response is not null)
            Response.Set(context, response);
        if (expected.Count == 0 || expected.Contains(response.StatusCode))
            HandOut(context, response);

        return CompleteWithStatusAsync(context, response.StatusCode, expected);
    }

    // Bytes in the state are written with every burst. What nobody asks for is not kept.
    private void HandOut(ActivityExecutionContext context, HttpResponseSnapshot response)
    {
        if (ResponseContentBytes is not null)
            ResponseContentBytes.Set(context, response.Content);
        if (ResponseContentStream is not null)
            ResponseContentStream.Set(context, new MemoryStream(response.Content, writable: false));
        if (Result is not null)
            Result.Set(context, new HttpFile("file", FileName(response), response.ContentHeaders.ContentType ?? "application/octet-stream", response.Content));
    }

    // A name comes from a stranger: whatever could lead into another folder is cut off.
    private static string FileName(HttpResponseSnapshot response)
    {
        string? name = null;
        if (response.ContentHeaders.TryGetValue("Content-Disposition", out var values)
            && ContentDispositionHeaderValue.TryParse(values.FirstOrDefault(), out var disposition))
        {
            name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value;
        }

        if (string.IsNullOrWhiteSpace(name))
            name = Uri.UnescapeDataString(response.Url.Segments[^1]);
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Trim();
        return name is "" or "." or ".." ? "file" : name;
    }
}

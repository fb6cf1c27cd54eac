using System.Collections;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;
using ReleaseWorkflows.Runtime.AspNetCore.Http;

namespace Elsa.Http;

/// <summary>
/// Answers the HTTP request that runs the workflow with a file; several files become a ZIP. As with <see cref="WriteHttpResponse"/>, the answer
/// leaves after the commit.
/// </summary>
[Activity("Elsa", "HTTP", "Answers the HTTP request with a file, or with several files zipped.", DisplayName = "HTTP File Response")]
public sealed class WriteFileHttpResponse : CodeActivity
{
    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    // The time of entries in a ZIP that is made anew for each request: the same files make the same ZIP.
    private static readonly DateTimeOffset ZipTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Creates the activity.</summary>
    public WriteFileHttpResponse([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Content type. Default: that of the file, else by the extension of its name.</summary>
    [Input(DisplayName = "Content Type", Description = "The content type of the file. Leave empty to let the system determine it.", UIHint = InputUIHints.SingleLine)]
    public Input<string?> ContentType { get; set; } = null!;

    /// <summary>Name under which the file is saved. Default: that of the file; <c>download.zip</c> for several.</summary>
    [Input(Description = "The name of the file. Leave empty to let the system determine it.", UIHint = InputUIHints.SingleLine)]
    public Input<string?> Filename { get; set; } = null!;

    /// <summary>Entity tag of the file. Default: a digest of its bytes.</summary>
    [Input(DisplayName = "Entity Tag", Description = "The entity tag of the file. Leave empty to let the system determine it.", UIHint = InputUIHints.SingleLine)]
    public Input<string?> EntityTag { get; set; } = null!;

    /// <summary>The file: bytes, text, a stream, a file, or a list of these.</summary>
    [Input(Description = "The file: bytes, a stream, text, a file, or a list of these.")]
    public Input<object?> Content { get; set; } = null!;

    /// <summary>True if a client may ask for a part of the file, to go on after a lost connection. Default: false.</summary>
    [Input(DisplayName = "Enable Resumable Downloads", Description = "Whether a client can resume a download if the connection is lost.")]
    public Input<bool> EnableResumableDownloads { get; set; } = null!;

    /// <summary>Read and kept: a part is cut from the file itself, so nothing has to be found again.</summary>
    [Input(DisplayName = "Download Correlation Id", Description = "Kept for compatibility.", IsBrowsable = false)]
    public Input<string?> DownloadCorrelationId { get; set; } = null!;

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var exchange = context.GetService<HttpExchange>();
        if (exchange?.Request is not { } request)
        {
            throw new InvalidOperationException(
                "There is no HTTP request to answer: the workflow has waited since the request came, or was not started by one. Answer before the first wait.");
        }

        var files = new List<HttpFile>();
        await CollectAsync(Content.GetOrDefault(context), files, context.CancellationToken);
        if (files.Count == 0)
        {
            exchange.Respond(new HttpWorkflowResponse(204, null, new HttpHeaders(), default));
            return;
        }

        var file = files.Count == 1 ? files[0] : Zip(files);
        var name = NullIfBlank(Filename.GetOrDefault(context)) ?? file.FileName;
        var type = NullIfBlank(ContentType.GetOrDefault(context)) ?? NullIfBlank(file.ContentType) ?? TypeOf(name);
        exchange.Respond(Answer(request, file.Content, name, type, ReadTag(context, file.Content), EnableResumableDownloads.GetOrDefault(context)));
    }

    private static HttpWorkflowResponse Answer(HttpRequestSnapshot request, byte[] content, string name, string type, EntityTagHeaderValue tag, bool hasParts)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        var headers = new HttpHeaders
        {
            ["Content-Disposition"] = [disposition.ToString()],
            ["ETag"] = [tag.ToString()],
            ["X-Content-Type-Options"] = ["nosniff"],
        };
        if (hasParts)
            headers["Accept-Ranges"] = ["bytes"];

        if (EntityTagHeaderValue.TryParseList(Header(request, "If-None-Match"), out var known)
            && known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false)))
            return new HttpWorkflowResponse(304, null, headers, default);
        if (!hasParts || PartOf(request, content.Length, tag) is not { } part)
            return new HttpWorkflowResponse(200, type, headers, content);

        if (part.Length <= 0)
        {
            headers["Content-Range"] = [new ContentRangeHeaderValue(content.Length).ToString()];
            return new HttpWorkflowResponse(416, null, headers, default);
        }

        headers["Content-Range"] = [new ContentRangeHeaderValue(part.From, part.From + part.Length - 1, content.Length).ToString()];
        return new HttpWorkflowResponse(206, type, headers, content.AsMemory((int)part.From, (int)part.Length));
    }

    /// <summary>The one part that is asked for; null for the whole file, no length for a part that the file does not have.</summary>
    private static (long From, long Length)? PartOf(HttpRequestSnapshot request, long size, EntityTagHeaderValue tag)
    {
        if (request.Method is not "GET" || !RangeHeaderValue.TryParse(Header(request, "Range").FirstOrDefault(), out var range)
            || range.Unit != "bytes" || range.Ranges.Count != 1)
            return null;

        // A part of a file that has changed since would not fit the parts the client has.
        if (Header(request, "If-Range").FirstOrDefault() is { } condition
            && !(EntityTagHeaderValue.TryParse(condition, out var expected) && expected.Compare(tag, useStrongComparison: true)))
            return null;

        var item = range.Ranges.First();
        var from = item.From ?? Math.Max(0, size - item.To!.Value);
        var to = item.From is null ? size - 1 : Math.Min(item.To ?? (size - 1), size - 1);
        return (from, to - from + 1);
    }

    private EntityTagHeaderValue ReadTag(ActivityExecutionContext context, byte[] content)
    {
        var given = NullIfBlank(EntityTag.GetOrDefault(context));
        if (given is null)
            return new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"");
        return EntityTagHeaderValue.TryParse(given, out var tag) || EntityTagHeaderValue.TryParse($"\"{given}\"", out tag)
            ? tag
            : throw new InvalidOperationException($"The input 'EntityTag' is '{given}', which is no entity tag.");
    }

    private static async ValueTask CollectAsync(object? content, List<HttpFile> files, CancellationToken cancellationToken)
    {
        switch (content)
        {
            case null:
                break;
            case HttpFile file:
                files.Add(file);
                break;
            case byte[] bytes:
                files.Add(new HttpFile("file", "file.bin", "", bytes));
                break;
            case string text:
                files.Add(new HttpFile("file", "file.txt", "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text)));
                break;
            case Stream stream:
                using (var copy = new MemoryStream())
                {
                    await stream.CopyToAsync(copy, cancellationToken);
                    files.Add(new HttpFile("file", "file.bin", "", copy.ToArray()));
                }

                break;
            case Uri:
                throw new InvalidOperationException("The input 'Content' is an address. Download the file first, with the activity 'Download File'.");
            case IEnumerable items when content is not IDictionary<string, object?>:
                foreach (var item in items)
                    await CollectAsync(item, files, cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"The input 'Content' is of the type {content.GetType().Name}; it has to be bytes, text, a stream, a file, or a list of these.");
        }
    }

    private static HttpFile Zip(List<HttpFile> files)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var file in files)
            {
                var entry = zip.CreateEntry(UniqueName(file.FileName, names));
                entry.LastWriteTime = ZipTime;
                using var stream = entry.Open();
                stream.Write(file.Content);
            }
        }

        return new HttpFile("file", "download.zip", "application/zip", buffer.ToArray());
    }

    private static string UniqueName(string fileName, HashSet<string> taken)
    {
        var safe = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        var name = safe;
        for (var number = 2; !taken.Add(name); number++)
            name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(safe)}-{number}{Path.GetExtension(safe)}");
        return name;
    }

    private static string[] Header(HttpRequestSnapshot request, string name) =>
        request.Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? [];

    private static string TypeOf(string name) => ContentTypes.TryGetContentType(name, out var type) ? type : "application/octet-stream";

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

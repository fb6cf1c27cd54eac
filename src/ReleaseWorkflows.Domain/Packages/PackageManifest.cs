using System.Text.Json;

namespace ReleaseWorkflows.Domain.Packages;

/// <summary>What <c>app.json</c> at the root of a package says about the mini program.</summary>
/// <remarks>
/// <c>{ "pages": ["pages/index"], "title": "Coffee", "window": { … } }</c>. A page <c>p</c> consists of <c>p.js</c> and a template, which is
/// <c>p.html</c>, <c>p.axml</c> or <c>p.wxml</c>; the first page opens first. Members the platform does not know are kept for the app.
/// </remarks>
public sealed record PackageManifest
{
    /// <summary>Path of the manifest in a package.</summary>
    public const string FileName = "app.json";

    private const int MaxTitleLength = 100;
    private static readonly string[] TemplateExtensions = [".html", ".axml", ".wxml"];

    private PackageManifest(IReadOnlyList<string> pages, string? title, JsonElement members)
    {
        Pages = pages;
        Title = title;
        Members = members;
    }

    /// <summary>Paths of the pages without extension, in the order of the manifest. At least one.</summary>
    public IReadOnlyList<string> Pages { get; }

    /// <summary>Name to show until the platform's own basic information is known, or null. At most 100 characters.</summary>
    public string? Title { get; }

    /// <summary>The whole manifest as written, known and unknown members alike.</summary>
    public JsonElement Members { get; }

    /// <summary>Reads a manifest and checks it against the files of the package.</summary>
    /// <returns>The manifest, or null if <paramref name="problems"/> got at least one more line.</returns>
    internal static PackageManifest? Read(ReadOnlyMemory<byte> utf8, IReadOnlySet<string> paths, ICollection<PackageProblem> problems)
    {
        var before = problems.Count;
        void Report(string message, PackageProblemCode code = PackageProblemCode.ManifestInvalid) =>
            problems.Add(new PackageProblem(code, FileName, message));

        if (Parse(utf8, Report) is not { } members)
        {
            return null;
        }

        if (members.ValueKind != JsonValueKind.Object)
        {
            Report("The file must hold one JSON object, such as { \"pages\": [\"pages/index\"] }.");
            return null;
        }

        var pages = ReadPages(members, paths, Report);
        var title = ReadTitle(members, Report);
        if (members.TryGetProperty("window", out var window) && window.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
        {
            Report("\"window\" must be an object.");
        }

        return problems.Count == before ? new PackageManifest(pages, title, members) : null;
    }

    private static JsonElement? Parse(ReadOnlyMemory<byte> utf8, ReportProblem report)
    {
        var content = utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            var position = exception is { LineNumber: { } line, BytePositionInLine: { } column }
                ? $" in line {line + 1}, position {column + 1}"
                : "";
            report($"The file is not valid JSON{position}: {FirstSentence(exception.Message)}");
            return null;
        }
    }

    private static List<string> ReadPages(JsonElement members, IReadOnlySet<string> paths, ReportProblem report)
    {
        var pages = new List<string>();
        if (!members.TryGetProperty("pages", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            report("\"pages\" must list at least one page, such as [\"pages/index\"].");
            return pages;
        }

        var position = 0;
        foreach (var item in list.EnumerateArray())
        {
            position++;
            if (item.ValueKind != JsonValueKind.String || item.GetString() is not { Length: > 0 } page)
            {
                report($"Entry {position} of \"pages\" must be the path of a page without extension, such as \"pages/index\".");
            }
            else if (pages.Contains(page, StringComparer.Ordinal))
            {
                report($"Entry {position} of \"pages\" names {PackageProblem.Show(page)} a second time.");
            }
            else
            {
                pages.Add(page);
                ReportMissingFiles(page, paths, report);
            }
        }

        return pages;
    }

    private static void ReportMissingFiles(string page, IReadOnlySet<string> paths, ReportProblem report)
    {
        var shown = PackageProblem.Show(page);
        if (!paths.Contains(page + ".js"))
        {
            report($"The page {shown} needs the file {shown}.js.", PackageProblemCode.PageMissing);
        }

        if (!TemplateExtensions.Any(extension => paths.Contains(page + extension)))
        {
            report($"The page {shown} needs a template: {shown}.html, .axml or .wxml.", PackageProblemCode.PageMissing);
        }
    }

    private static string? ReadTitle(JsonElement members, ReportProblem report)
    {
        if (!members.TryGetProperty("title", out var title) || title.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (title.ValueKind == JsonValueKind.String && title.GetString() is { Length: > 0 and <= MaxTitleLength } text)
        {
            return text;
        }

        report($"\"title\" must be a text of 1 to {MaxTitleLength} characters.");
        return null;
    }

    // The parser appends "LineNumber: 3 | BytePositionInLine: 7.", which the sentence already says in words.
    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private delegate void ReportProblem(string message, PackageProblemCode code = PackageProblemCode.ManifestInvalid);
}

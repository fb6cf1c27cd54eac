using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ReleaseWorkflows.Domain.Configuration;

namespace ReleaseWorkflows.Domain.Packages;

/// <summary>
/// Reads the files of a package for what reviewers look for (S2): hosts that the configuration does not name, pages that do not exist, files that are
/// too large, functions that a mini program must not use, and secrets.
/// </summary>
/// <remarks>
/// The text is read line by line without understanding the language, so a finding is a question to a person and no proof; whoever wants to hide
/// something can. Expressions are matched in time proportional to the text.
/// </remarks>
public static partial class PackageInspector
{
    /// <summary>A larger package loads slowly: 2 MB, unpacked.</summary>
    public const long PackageBudget = 2 * 1024 * 1024;

    /// <summary>A larger file loads slowly: 512 KB.</summary>
    public const long FileBudget = 512 * 1024;

    // Longer lines are the output of tools; what is searched of them is enough to ask.
    private const int MaximumLineLength = 20_000;

    private static readonly string[] CodeExtensions = [".js", ".mjs", ".ts", ".html", ".axml", ".wxml", ".css", ".acss", ".wxss", ".json"];

    /// <summary>Looks at every file.</summary>
    /// <param name="package">The checked upload.</param>
    /// <param name="configuration">The effective configuration: its server domains and web addresses are what the code may talk to.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    public static PackageReport Inspect(MiniProgramPackage package, ConfigurationValues configuration, CancellationToken cancellationToken = default)
    {
        var findings = new List<PackageFinding>();
        var hosts = HostsOf(configuration);
        var paths = package.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        CheckSizes(package, findings);
        foreach (var file in package.Files.Where(file => CodeExtensions.Contains(Path.GetExtension(file.Path), StringComparer.OrdinalIgnoreCase)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var content = package.OpenFile(file.Path);
            using var reader = new StreamReader(content, Encoding.UTF8);
            for (var number = 1; reader.ReadLine() is { } line; number++)
            {
                CheckLine(file.Path, number, line.Length > MaximumLineLength ? line[..MaximumLineLength] : line, hosts, package.Manifest.Pages, paths, findings);
            }
        }

        var ordered = findings.Distinct().OrderBy(finding => finding.Check).ThenBy(finding => finding.Path, StringComparer.Ordinal).ThenBy(finding => finding.Line).ToList();
        return new PackageReport([.. ordered.Take(PackageReport.MaximumFindings)], ordered.Count);
    }

    private static void CheckSizes(MiniProgramPackage package, List<PackageFinding> findings)
    {
        var size = package.Files.Sum(file => file.Size);
        if (size > PackageBudget)
        {
            findings.Add(new PackageFinding(PackageCheck.SizeBudget, null, null, $"The package has {Bytes(size)} unpacked; {Bytes(PackageBudget)} load quickly."));
        }

        findings.AddRange(package.Files.Where(file => file.Size > FileBudget).Select(file => new PackageFinding(
            PackageCheck.SizeBudget, file.Path, null, $"The file has {Bytes(file.Size)}; {Bytes(FileBudget)} load quickly.")));
    }

    private static void CheckLine(
        string path, int number, string line, HashSet<string> hosts, IReadOnlyList<string> pages, HashSet<string> paths, List<PackageFinding> findings)
    {
        foreach (Match match in Address().Matches(line))
        {
            var host = match.Groups["host"].Value;
            if (!hosts.Contains(host) && !IsNamespace(host))
            {
                findings.Add(new PackageFinding(
                    PackageCheck.ServerDomains, path, number, $"The code names the host {host}, which is neither a server domain nor a web address of the configuration."));
            }
        }

        foreach (Match match in Navigation().Matches(line))
        {
            var page = match.Groups["page"].Value.TrimStart('/');
            if (!pages.Contains(page, StringComparer.Ordinal) && !paths.Contains(page))
            {
                findings.Add(new PackageFinding(PackageCheck.Pages, path, number, $"The code opens the page {page}, which app.json does not list."));
            }
        }

        if (!path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && !path.EndsWith("css", StringComparison.OrdinalIgnoreCase))
        {
            foreach (Match match in Disallowed().Matches(line))
            {
                findings.Add(new PackageFinding(PackageCheck.DisallowedApis, path, number, $"The code uses {Regex.Replace(match.Value, @"[\s(]+", " ").Trim()}, which a mini program must not."));
            }
        }

        if (Secret().IsMatch(line))
        {
            findings.Add(new PackageFinding(PackageCheck.Secrets, path, number, "The line looks like it holds a key or a password. Keep secrets on the server."));
        }
    }

    private static HashSet<string> HostsOf(ConfigurationValues configuration)
    {
        var hosts = new HashSet<string>(configuration.ServerDomains ?? [], StringComparer.OrdinalIgnoreCase);
        foreach (var address in configuration.WebUrls ?? [])
        {
            if (Uri.TryCreate(address, UriKind.Absolute, out var uri))
            {
                hosts.Add(uri.Host);
            }
        }

        return hosts;
    }

    // Names of vocabularies, which nobody calls.
    private static bool IsNamespace(string host) => host is "www.w3.org" or "schema.org";

    private static string Bytes(long count) => count.ToString("N0", CultureInfo.InvariantCulture) + " bytes";

    [GeneratedRegex(@"\b(?:https?|wss?)://(?<host>[A-Za-z0-9.-]+\.[A-Za-z]{2,63})", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    [GeneratedRegex(@"(?:navigateTo|redirectTo|reLaunch|switchTab|navigate)\s*\(\s*(?:\{\s*url\s*:\s*)?['""`](?<page>/?[A-Za-z0-9_/-]+)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Navigation();

    [GeneratedRegex(@"\beval\s*\(|\bnew\s+Function\s*\(|\bdocument\.write|\bdocument\.cookie|\bimportScripts\s*\(|\bwindow\.(?:parent|top|opener)\b", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Disallowed();

    [GeneratedRegex(
        @"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bsk_live_[0-9A-Za-z]{16}|\bghp_[0-9A-Za-z]{36}|\bAIza[0-9A-Za-z_-]{35}"
        + @"|(?:secret|password|passwd|api_?key|access_?token)[""']?\s*[:=]\s*[""'][^""'\s]{8,}[""']",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Secret();
}

using System.Text.Json.Serialization;

namespace ReleaseWorkflows.Domain.Packages;

/// <summary>What the platform looks for in a package before people review it (S2).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PackageCheck>))]
public enum PackageCheck
{
    /// <summary>Compliance: the code talks to hosts of the configuration only.</summary>
    ServerDomains,

    /// <summary>Compliance: files and package are small enough to load quickly.</summary>
    SizeBudget,

    /// <summary>Compliance: pages that the code opens exist.</summary>
    Pages,

    /// <summary>Security: the code does not make code, and does not leave its frame.</summary>
    DisallowedApis,

    /// <summary>Security: no keys and passwords lie in the code.</summary>
    Secrets,
}

/// <summary>Something that a reviewer should look at.</summary>
/// <param name="Check">What was looked for.</param>
/// <param name="Path">The file; null for the package as a whole.</param>
/// <param name="Line">The line in the file, from 1; null for the file as a whole.</param>
/// <param name="Message">A sentence. What looks like a secret is not repeated.</param>
public sealed record PackageFinding(PackageCheck Check, string? Path, int? Line, string Message);

/// <summary>What was found in a package. A report decides nothing: people do.</summary>
/// <param name="Findings">At most <see cref="MaximumFindings"/> of them, in the order of checks, paths and lines.</param>
/// <param name="Total">How many there are in all.</param>
public sealed record PackageReport(IReadOnlyList<PackageFinding> Findings, int Total)
{
    /// <summary>How many findings are kept.</summary>
    public const int MaximumFindings = 100;

    /// <summary>The checks on guidelines.</summary>
    public static IReadOnlyList<PackageCheck> Compliance { get; } = [PackageCheck.ServerDomains, PackageCheck.SizeBudget, PackageCheck.Pages];

    /// <summary>The checks on security.</summary>
    public static IReadOnlyList<PackageCheck> Security { get; } = [PackageCheck.DisallowedApis, PackageCheck.Secrets];
}

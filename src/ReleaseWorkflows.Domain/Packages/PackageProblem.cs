using System.Globalization;
using System.Text;

namespace ReleaseWorkflows.Domain.Packages;

/// <summary>One reason why an uploaded package cannot be used.</summary>
/// <param name="Code">The kind of problem, stable for clients.</param>
/// <param name="Entry">
/// The entry of the zip file it is about, or null if it is about the whole. Fit for display: characters that cannot be seen are written
/// as <c>\u0007</c>, and a name of more than 120 characters is cut.
/// </param>
/// <param name="Message">A sentence that says what is wrong and what would be right.</param>
public sealed record PackageProblem(PackageProblemCode Code, string? Entry, string Message)
{
    private const int ShownLength = 120;

    /// <summary>The entry and the sentence.</summary>
    public override string ToString() => Entry is null ? Message : $"{Entry}: {Message}";

    /// <summary>Makes the name of an entry fit for display.</summary>
    internal static string Show(string entry)
    {
        var shown = new StringBuilder();
        foreach (var character in entry)
        {
            if (shown.Length >= ShownLength)
            {
                return shown.Append('…').ToString();
            }

            if (IsVisible(character))
            {
                shown.Append(character);
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
        }

        return shown.ToString();
    }

    private static bool IsVisible(char character) => CharUnicodeInfo.GetUnicodeCategory(character) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}

/// <summary>The kinds of problem of a package.</summary>
public enum PackageProblemCode
{
    /// <summary>The file is no zip file, or a damaged one.</summary>
    Broken,

    /// <summary>There is no file in it.</summary>
    Empty,

    /// <summary>The zip file is larger than <see cref="PackageLimits.MaxPackedBytes"/>.</summary>
    TooLarge,

    /// <summary>The files are larger than <see cref="PackageLimits.MaxUnpackedBytes"/> together.</summary>
    TooLargeUnpacked,

    /// <summary>There are more than <see cref="PackageLimits.MaxFiles"/> files.</summary>
    TooManyFiles,

    /// <summary>A file grows more than <see cref="PackageLimits.MaxCompressionRatio"/> times while it is unpacked.</summary>
    CompressionRatio,

    /// <summary>A path leads out of the package: <c>..</c>, a drive letter, a backslash, a leading <c>/</c>.</summary>
    UnsafePath,

    /// <summary>A path has characters or parts that not every system can store or show.</summary>
    UnusableName,

    /// <summary>A path is too long or has too many folders.</summary>
    PathTooLong,

    /// <summary>Two files have the same path when case does not count, or a path is a file and a folder.</summary>
    DuplicateName,

    /// <summary>The path is taken by a file that the platform adds.</summary>
    ReservedName,

    /// <summary>The entry is a link, a device or something else that is no ordinary file.</summary>
    SpecialFile,

    /// <summary>The entry is encrypted.</summary>
    Encrypted,

    /// <summary><c>app.json</c> is missing at the root.</summary>
    ManifestMissing,

    /// <summary><c>app.json</c> cannot be read or says something that makes no sense.</summary>
    ManifestInvalid,

    /// <summary>A page that <c>app.json</c> names lacks one of its files.</summary>
    PageMissing,
}

/// <summary>The answer to an upload: the checked package, or everything that is wrong with it.</summary>
public sealed class PackageReadResult
{
    private PackageReadResult(MiniProgramPackage? package, IReadOnlyList<PackageProblem> problems)
    {
        Package = package;
        Problems = problems;
    }

    /// <summary>The package if there is no problem, else null. The caller disposes it.</summary>
    public MiniProgramPackage? Package { get; }

    /// <summary>All problems, in the order of the entries; empty if the package is good.</summary>
    public IReadOnlyList<PackageProblem> Problems { get; }

    /// <summary>True if the package can be used.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Package))]
    public bool IsAccepted => Package is not null;

    internal static PackageReadResult Accepted(MiniProgramPackage package) => new(package, []);

    internal static PackageReadResult Refused(IReadOnlyList<PackageProblem> problems) => new(null, problems);
}

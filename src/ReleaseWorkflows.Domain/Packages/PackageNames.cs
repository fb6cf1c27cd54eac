using System.Globalization;
using System.Text;

namespace ReleaseWorkflows.Domain.Packages;

/// <summary>
/// Which paths a package may hold: those that mean one and the same file on every system, in every URL and on every page.
/// </summary>
/// <remarks>
/// Characters are allowed by list, not forbidden by list. Combining marks and the few letters that Unicode normalisation replaces are not
/// on it, so no two allowed names become equal by normalisation; what is left to compare is case, which <see cref="Key"/> does.
/// </remarks>
internal static class PackageNames
{
    private const string Punctuation = "-_.+@~()[]{}!$,= ";

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        PackageBuilder.ReleaseFile, PackageBuilder.ManifestFile,
    };

    // Windows opens a device instead of a file for these names, whatever the extension.
    private static readonly HashSet<string> Devices = new(
        [
            "CON", "PRN", "AUX", "NUL",
            .. Enumerable.Range(1, 9).Select(number => $"COM{number}"),
            .. Enumerable.Range(1, 9).Select(number => $"LPT{number}"),
        ],
        StringComparer.OrdinalIgnoreCase);

    // Letters whose normal form (NFC) is another letter, and conjoining Hangul, which composes into syllables. First and last of each range.
    private static readonly (int First, int Last)[] Unstable =
    [
        (0x0374, 0x0374), (0x0958, 0x095F), (0x09DC, 0x09DF), (0x0A33, 0x0A33), (0x0A36, 0x0A36), (0x0A59, 0x0A5B), (0x0A5E, 0x0A5E),
        (0x0B5C, 0x0B5D), (0x0F43, 0x0F43), (0x0F4D, 0x0F4D), (0x0F52, 0x0F52), (0x0F57, 0x0F57), (0x0F5C, 0x0F5C), (0x0F69, 0x0F69),
        (0x1100, 0x11FF), (0x1F71, 0x1F71), (0x1F73, 0x1F73), (0x1F75, 0x1F75), (0x1F77, 0x1F77), (0x1F79, 0x1F79), (0x1F7B, 0x1F7B),
        (0x1F7D, 0x1F7D), (0x1FBB, 0x1FBB), (0x1FBE, 0x1FBE), (0x1FC9, 0x1FC9), (0x1FCB, 0x1FCB), (0x1FD3, 0x1FD3), (0x1FDB, 0x1FDB),
        (0x1FE3, 0x1FE3), (0x1FEB, 0x1FEB), (0x1FF9, 0x1FF9), (0x1FFB, 0x1FFB), (0x2126, 0x2126), (0x212A, 0x212B), (0xA960, 0xA97F),
        (0xD7B0, 0xD7FF), (0xF900, 0xFAFF), (0xFB1D, 0xFB4F), (0x2F800, 0x2FA1F),
    ];

    /// <summary>What two paths are compared by: equal keys would be one file on a system that ignores case.</summary>
    public static string Key(string path) => path.ToUpperInvariant();

    /// <summary>True for what an operating system's archiver adds; it is no part of a mini program and is left out.</summary>
    public static bool IsArchiverNoise(string path) =>
        path.StartsWith("__MACOSX/", StringComparison.Ordinal)
        || path[(path.LastIndexOf('/') + 1)..] is ".DS_Store" or "Thumbs.db" or "desktop.ini";

    /// <summary>The first thing wrong with the path of an entry, or null. A path of a folder ends with <c>/</c>.</summary>
    public static PackageProblem? Check(string path, PackageLimits limits)
    {
        PackageProblem Problem(PackageProblemCode code, string message) => new(code, PackageProblem.Show(path), message);

        if (path.Length > limits.MaxPathLength)
        {
            return Problem(
                PackageProblemCode.PathTooLong, $"The path has {path.Length} characters; at most {limits.MaxPathLength} are allowed.");
        }

        if (FindEscape(path) is { } escape)
        {
            return Problem(PackageProblemCode.UnsafePath, escape);
        }

        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.Value != '/' && DescribeUnusable(rune) is { } unusable)
            {
                return Problem(PackageProblemCode.UnusableName, unusable);
            }
        }

        var parts = path.TrimEnd('/').Split('/');
        if (parts.Length > limits.MaxDepth)
        {
            return Problem(
                PackageProblemCode.PathTooLong, $"The path has {parts.Length} parts; at most {limits.MaxDepth} are allowed.");
        }

        if (parts.Select(DescribeUnusablePart).FirstOrDefault(sentence => sentence is not null) is { } part)
        {
            return Problem(PackageProblemCode.UnusableName, part);
        }

        return Reserved.Contains(path)
            ? Problem(PackageProblemCode.ReservedName, "The platform adds a file of this name when it builds a release; choose another name.")
            : null;
    }

    private static string? FindEscape(string path)
    {
        if (path.Contains('\\', StringComparison.Ordinal))
        {
            return "The path holds a backslash; write / between folders.";
        }

        if (path.StartsWith('/'))
        {
            return "The path is absolute; start it at the root of the package, without a leading /.";
        }

        if (path is [_, ':', ..] && char.IsAsciiLetter(path[0]))
        {
            return "The path starts with a drive letter; start it at the root of the package.";
        }

        return path.Split('/').Any(part => part is "." or "..")
            ? "The path holds . or .. as a folder; write the path without them."
            : null;
    }

    private static string? DescribeUnusable(Rune rune)
    {
        if (rune.Value < 0x80 ? Rune.IsLetterOrDigit(rune) || Punctuation.Contains((char)rune.Value) : IsStableLetterOrDigit(rune))
        {
            return null;
        }

        var position = $"U+{rune.Value:X4}";
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control => $"The name holds the control character {position}; rename the file.",
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark =>
                $"The name holds the combining mark {position}; write the letter and its accent as one character.",
            _ when rune == Rune.ReplacementChar => "The name is not encoded as UTF-8; pack the file with a current zip program.",
            _ when Rune.IsLetterOrDigit(rune) => $"The name holds {position}, which other systems replace by a similar letter; use that letter.",
            _ => $"The name holds {position}{(rune.Value is > 0x20 and < 0x7F ? $" ({rune})" : "")}; "
                + $"letters, digits, spaces and {Punctuation.TrimEnd()} are allowed.",
        };
    }

    private static bool IsStableLetterOrDigit(Rune rune) =>
        Rune.IsLetterOrDigit(rune)
        && !Unstable.Any(range => rune.Value >= range.First && rune.Value <= range.Last);

    private static string? DescribeUnusablePart(string part) => part switch
    {
        "" => "The path holds an empty folder name.",
        [' ', ..] or [.., ' '] or [.., '.'] => "A file or folder name starts with a space, or ends with a space or a full stop; rename it.",
        _ when Devices.Contains(part.Split('.')[0]) => "A file or folder has the name of a Windows device; rename it.",
        _ => null,
    };
}

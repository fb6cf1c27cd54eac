namespace ReleaseWorkflows.Domain.Packages;

/// <summary>
/// How large an uploaded package may be. What counts is what is found while unpacking, never what the zip file says of itself.
/// </summary>
public sealed record PackageLimits
{
    /// <summary>The limits of the platform.</summary>
    public static PackageLimits Default { get; } = new();

    /// <summary>Size of the zip file in bytes. Default: 20 MB.</summary>
    public long MaxPackedBytes { get; init; } = 20 * Megabyte;

    /// <summary>Size of all files together, unpacked, in bytes. Default: 100 MB.</summary>
    public long MaxUnpackedBytes { get; init; } = 100 * Megabyte;

    /// <summary>Number of files. Default: 5,000.</summary>
    public int MaxFiles { get; init; } = 5_000;

    /// <summary>
    /// How many times larger than its packed form one file may become. Looked at only above <see cref="RatioFreeBytes"/>, since small files
    /// of blanks or zeros pack very well without any harm. Default: 200.
    /// </summary>
    public int MaxCompressionRatio { get; init; } = 200;

    /// <summary>Unpacked bytes of one file up to which its compression ratio does not matter. Default: 1 MB.</summary>
    public long RatioFreeBytes { get; init; } = Megabyte;

    /// <summary>Number of parts of a path, the file name included. Default: 32.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Length of a path in characters. Default: 240.</summary>
    public int MaxPathLength { get; init; } = 240;

    /// <summary>Size of <c>app.json</c> in bytes. Default: 1 MB.</summary>
    public long MaxManifestBytes { get; init; } = Megabyte;

    private const long Megabyte = 1024 * 1024;

    /// <summary>Writes a size for a sentence: <c>20 MB</c>, <c>512 bytes</c>.</summary>
    internal static string Describe(long bytes) =>
        bytes >= Megabyte && bytes % Megabyte == 0 ? $"{bytes / Megabyte} MB" : FormattableString.Invariant($"{bytes:N0} bytes");
}

using System.IO.Compression;

namespace ReleaseWorkflows.Domain.Packages;

/// <summary>
/// An uploaded mini program whose every file was checked: the only thing a release is built from.
/// </summary>
/// <remarks>
/// <para>
/// A package lives in three steps. A developer uploads a zip file; <see cref="PackageArchive.Read"/> checks all of it and answers with
/// this object or with every problem at once. When a release is created, <see cref="PackageBuilder"/> joins the files with the effective
/// configuration of that release into the package that the app downloads (S1, S2, T1, T2). The same upload, configuration and identity
/// always give the same bytes, so the SHA-256 of a built package names exactly what a reviewer approved (I1).
/// </para>
/// <para>
/// The files stay packed: <see cref="OpenFile"/> unpacks from the stream that was read, which has to stay open and unchanged for the life
/// of this object. Not safe for use by two threads at once.
/// </para>
/// </remarks>
public sealed class MiniProgramPackage : IDisposable
{
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries;

    internal MiniProgramPackage(
        PackageManifest manifest,
        IReadOnlyList<PackageFile> files,
        IReadOnlyList<string> leftOut,
        ZipArchive archive,
        Dictionary<string, ZipArchiveEntry> entries)
    {
        Manifest = manifest;
        Files = files;
        LeftOut = leftOut;
        _archive = archive;
        _entries = entries;
    }

    /// <summary>What <c>app.json</c> says.</summary>
    public PackageManifest Manifest { get; }

    /// <summary>Every file, in ordinal order of the path. Never empty.</summary>
    public IReadOnlyList<PackageFile> Files { get; }

    /// <summary>
    /// Entries that an operating system added to the zip file (such as <c>__MACOSX/</c>) and that are not part of the program.
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>Opens the unpacked content of one of <see cref="Files"/>.</summary>
    /// <param name="path">The path as <see cref="PackageFile.Path"/> spells it.</param>
    /// <returns>A stream that can only be read forwards. The caller disposes it.</returns>
    /// <exception cref="KeyNotFoundException">The package has no such file.</exception>
    public Stream OpenFile(string path) => _entries[path].Open();

    /// <summary>Releases the reader of the archive. The stream it was read from stays open; it belongs to the caller.</summary>
    public void Dispose() => _archive.Dispose();
}

/// <summary>One file of a checked package.</summary>
/// <param name="Path">Path from the root of the package, with <c>/</c> between folders, for example <c>pages/index.js</c>.</param>
/// <param name="Size">Unpacked size in bytes, as counted.</param>
/// <param name="Digest">SHA-256 of the unpacked content.</param>
public sealed record PackageFile(string Path, long Size, PackageDigest Digest);

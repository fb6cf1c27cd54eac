using System.IO.Compression;

namespace ReleaseWorkflows.Domain.Packages;

/// <summary>Packs a folder as a developer's tool would, for the demo data and the tests.</summary>
public static class SamplePackages
{
    private static readonly DateTimeOffset FixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Packs every file below a folder, in ordinal order and with one fixed time, so that the same folder gives the same bytes. Left out
    /// are files and folders whose name starts with a full stop, and <c>README.md</c> at the root, which is about the sample, not part of it.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static void Zip(string folder, Stream output)
    {
        var paths = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(path => path != "README.md" && !path.Split('/').Any(part => part.StartsWith('.')))
            .Order(StringComparer.Ordinal);

        using var target = new DigestingStream(output);
        using var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var path in paths)
        {
            var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
            entry.LastWriteTime = FixedTime;
            using var content = File.OpenRead(Path.Combine(folder, path));
            using var packed = entry.Open();
            content.CopyTo(packed);
        }
    }
}

using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;

namespace ReleaseWorkflows.Domain.Packages;

/// <summary>Checks an uploaded zip file as untrusted input and turns it into a <see cref="MiniProgramPackage"/>.</summary>
/// <remarks>
/// Every file is unpacked once, into nothing, to count its bytes, compare its checksum and take its SHA-256; nothing is written to disk and
/// no more than one buffer and <c>app.json</c> is held in memory. A built package is packed anew from the checked files, so whatever
/// else the upload carried (comments, extra fields, hidden bytes between entries) never reaches an app.
/// </remarks>
public static class PackageArchive
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Checks a zip file.</summary>
    /// <param name="zip">
    /// The file: readable, seekable, positioned anywhere. It stays open, and has to stay open and unchanged for as long as the resulting
    /// package is used.
    /// </param>
    /// <param name="limits">Limits, or null for <see cref="PackageLimits.Default"/>.</param>
    /// <param name="cancellationToken">Stops the check between two blocks of data.</param>
    /// <returns>The package, or every problem found.</returns>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static PackageReadResult Read(Stream zip, PackageLimits? limits = null, CancellationToken cancellationToken = default)
    {
        limits ??= PackageLimits.Default;
        if (!zip.CanSeek)
        {
            throw new ArgumentException("The directory of a zip file is at its end, so the stream must be seekable.", nameof(zip));
        }

        if (zip.Length > limits.MaxPackedBytes)
        {
            return Refuse(PackageProblemCode.TooLarge, $"The package may have at most {PackageLimits.Describe(limits.MaxPackedBytes)}.");
        }

        ZipArchive? archive = null;
        try
        {
            zip.Position = 0;
            archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
            var result = new Reading(archive, zip.Length, limits, cancellationToken).Run();
            if (result.IsAccepted)
            {
                archive = null;
            }

            return result;
        }
        catch (InvalidDataException)
        {
            return Refuse(PackageProblemCode.Broken, "The file is not a zip file, or it is damaged; pack the mini program again.");
        }
        finally
        {
            archive?.Dispose();
        }
    }

    private static PackageReadResult Refuse(PackageProblemCode code, string message) =>
        PackageReadResult.Refused([new PackageProblem(code, null, message)]);

    /// <summary>The state of one check, which goes through the entries once.</summary>
    private sealed class Reading(ZipArchive archive, long packedSize, PackageLimits limits, CancellationToken cancellationToken)
    {
        private readonly List<PackageProblem> _problems = [];
        private readonly List<PackageFile> _files = [];
        private readonly List<string> _leftOut = [];
        private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _pathsByKey = new(StringComparer.Ordinal);
        private readonly HashSet<string> _folderKeys = new(StringComparer.Ordinal);
        private byte[] _manifest = [];
        private long _unpacked;

        public PackageReadResult Run()
        {
            if (archive.Entries.Count(entry => !IsFolder(entry)) > limits.MaxFiles)
            {
                return Refuse(
                    PackageProblemCode.TooManyFiles,
                    FormattableString.Invariant($"The package may have at most {limits.MaxFiles:N0} files."));
            }

            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                foreach (var entry in archive.Entries)
                {
                    if (!ReadEntry(entry, buffer))
                    {
                        return PackageReadResult.Refused(_problems);
                    }
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            ReportFilesThatAreFolders();
            var manifest = ReadManifest();
            if (manifest is null || _problems.Count > 0)
            {
                return PackageReadResult.Refused(_problems);
            }

            _files.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
            return PackageReadResult.Accepted(new MiniProgramPackage(manifest, _files, _leftOut, archive, _entries));
        }

        /// <returns>False if there is no point in reading on.</returns>
        private bool ReadEntry(ZipArchiveEntry entry, byte[] buffer)
        {
            var path = entry.FullName;
            if (PackageNames.Check(path, limits) is { } unusable)
            {
                _problems.Add(unusable);
            }
            else if (PackageNames.IsArchiverNoise(path))
            {
                _leftOut.Add(path);
            }
            else if (DescribeSpecial(entry) is { } special)
            {
                Report(PackageProblemCode.SpecialFile, entry, special);
            }
            else if (entry.IsEncrypted)
            {
                Report(PackageProblemCode.Encrypted, entry, "The file is encrypted; pack it without a password.");
            }
            else if (IsFolder(entry))
            {
                RememberFolders(path);
            }
            else if (!_pathsByKey.TryAdd(PackageNames.Key(path), path))
            {
                Report(
                    PackageProblemCode.DuplicateName,
                    entry,
                    $"The package already has {_pathsByKey[PackageNames.Key(path)]}; names must differ in more than upper and lower case.");
            }
            else
            {
                RememberFolders(path);
                return Unpack(entry, buffer);
            }

            return true;
        }

        private static bool IsFolder(ZipArchiveEntry entry) => entry.FullName.EndsWith('/');

        /// <summary>Looks at the mode bits of Unix (upper half of the attributes) and at the link bit of Windows.</summary>
        private static string? DescribeSpecial(ZipArchiveEntry entry)
        {
            const int TypeMask = 0xF000;
            const int Directory = 0x4000;
            const int Regular = 0x8000;
            const int Link = 0xA000;
            const int WindowsLink = 0x400;

            var type = (entry.ExternalAttributes >> 16) & TypeMask;
            if (type == Link || (entry.ExternalAttributes & WindowsLink) != 0)
            {
                return "The entry is a link; pack the file it leads to.";
            }

            if (IsFolder(entry))
            {
                return type is 0 or Directory && entry.Length == 0 ? null : "The entry is a folder with content; pack the files again.";
            }

            return type is 0 or Regular ? null : "The entry is no ordinary file; leave it out.";
        }

        private void RememberFolders(string path)
        {
            for (var end = path.IndexOf('/', StringComparison.Ordinal); end >= 0; end = path.IndexOf('/', end + 1))
            {
                _folderKeys.Add(PackageNames.Key(path[..end]));
            }
        }

        private bool Unpack(ZipArchiveEntry entry, byte[] buffer)
        {
            try
            {
                using var content = entry.Open();
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                using var manifest = entry.FullName == PackageManifest.FileName ? new MemoryStream() : null;
                var checksum = new Crc32();
                long size = 0;
                for (int count; (count = content.Read(buffer, 0, BufferSize)) > 0;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    size += count;
                    _unpacked += count;
                    if (FindExcess(entry, size) is { } excess)
                    {
                        _problems.Add(excess);
                        return _unpacked <= limits.MaxUnpackedBytes;
                    }

                    var block = buffer.AsSpan(0, count);
                    hash.AppendData(block);
                    checksum.Append(block);
                    manifest?.Write(block);
                }

                if (size != entry.Length || checksum.Value != entry.Crc32)
                {
                    Report(PackageProblemCode.Broken, entry, "The content does not match its checksum; pack the file again.");
                    return true;
                }

                _manifest = manifest?.ToArray() ?? _manifest;
                _entries.Add(entry.FullName, entry);
                _files.Add(new PackageFile(entry.FullName, size, PackageDigest.FromHash(hash.GetHashAndReset())));
            }
            catch (InvalidDataException)
            {
                Report(PackageProblemCode.Broken, entry, "The content is damaged or packed in an unusual way; pack it with Deflate.");
            }

            return true;
        }

        /// <summary>The limit that a file broke by now, if any.</summary>
        private PackageProblem? FindExcess(ZipArchiveEntry entry, long size)
        {
            PackageProblem Problem(PackageProblemCode code, string message) => new(code, PackageProblem.Show(entry.FullName), message);

            if (_unpacked > limits.MaxUnpackedBytes)
            {
                return Problem(
                    PackageProblemCode.TooLargeUnpacked,
                    $"Up to this file the package unpacks to more than {PackageLimits.Describe(limits.MaxUnpackedBytes)}, the most allowed.");
            }

            // The packed size is what the zip file says of itself, but it cannot claim more than there is.
            var packed = Math.Min(entry.CompressedLength, packedSize);
            if (size > limits.RatioFreeBytes && size > packed * limits.MaxCompressionRatio)
            {
                return Problem(
                    PackageProblemCode.CompressionRatio,
                    $"The file unpacks to more than {limits.MaxCompressionRatio} times its packed size; shrink it.");
            }

            return entry.FullName == PackageManifest.FileName && size > limits.MaxManifestBytes
                ? Problem(
                    PackageProblemCode.ManifestInvalid,
                    $"The file may have at most {PackageLimits.Describe(limits.MaxManifestBytes)}.")
                : null;
        }

        private void ReportFilesThatAreFolders()
        {
            foreach (var (key, path) in _pathsByKey)
            {
                if (_folderKeys.Contains(key))
                {
                    _problems.Add(new PackageProblem(
                        PackageProblemCode.DuplicateName, path, "The path is a file and a folder at once; rename one of them."));
                }
            }
        }

        private PackageManifest? ReadManifest()
        {
            if (_entries.ContainsKey(PackageManifest.FileName))
            {
                // A page whose file was refused for another reason is not missing, so all paths count, not only the good ones.
                return PackageManifest.Read(_manifest, _pathsByKey.Values.ToHashSet(StringComparer.Ordinal), _problems);
            }

            if (_pathsByKey.Count == 0 && _problems.Count == 0)
            {
                _problems.Add(new PackageProblem(PackageProblemCode.Empty, null, "The package is empty; pack the files of the mini program."));
            }
            else if (!_problems.Any(problem => problem.Entry == PackageManifest.FileName))
            {
                _problems.Add(new PackageProblem(PackageProblemCode.ManifestMissing, null, DescribeMissingManifest()));
            }

            return null;
        }

        private string DescribeMissingManifest()
        {
            var elsewhere = _pathsByKey.Values.FirstOrDefault(path => path.EndsWith("/" + PackageManifest.FileName, StringComparison.Ordinal));
            return elsewhere is null
                ? $"{PackageManifest.FileName} is missing at the root of the package."
                : $"{PackageManifest.FileName} must be at the root of the package, but is at {elsewhere}; "
                    + "pack the content of the folder, not the folder itself.";
        }

        private void Report(PackageProblemCode code, ZipArchiveEntry entry, string message) =>
            _problems.Add(new PackageProblem(code, PackageProblem.Show(entry.FullName), message));
    }
}

using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Persistence.Maintenance;

namespace ReleaseWorkflows.Server.Packages;

/// <summary>
/// The files of uploaded and built packages, each kept under the SHA-256 of its content: <c>ab/abcd….zip</c>.
/// </summary>
/// <remarks>
/// <para>
/// A file arrives in <c>incoming/</c> under a name of its own while it is hashed. Only when every byte is on disk is it moved to its
/// place, in one step of the file system. So what stands at a digest is complete, a process that dies half-way leaves at most a file in
/// <c>incoming/</c> (which <see cref="PackageFilesCleanup"/> removes), and content that is stored twice, even at the same moment, is kept
/// once. A file is never changed and never removed: releases, reviews and the audit trail refer to it for ever.
/// </para>
/// <para>Safe for use by many threads, and by several processes on one directory.</para>
/// </remarks>
internal sealed class PackageFiles
{
    private const int BufferSize = 128 * 1024;
    private readonly string _directory;
    private readonly string _incoming;

    /// <summary>Opens the store and creates its directory if it is missing.</summary>
    public PackageFiles(IOptions<PackageFilesOptions> options)
    {
        _directory = options.Value.Directory;
        _incoming = Path.Combine(_directory, "incoming");
        Directory.CreateDirectory(_incoming);
    }

    /// <summary>
    /// Takes in a file without keeping it yet, so that it can be checked first: <see cref="IncomingPackage.Keep"/> keeps it, disposing
    /// removes it.
    /// </summary>
    /// <param name="content">The file, read to its end; need not be seekable.</param>
    /// <param name="maxBytes">Size at which reading stops.</param>
    /// <param name="cancellationToken">Stops reading; nothing is left behind.</param>
    /// <returns>The file, or null if it has more than <paramref name="maxBytes"/> bytes.</returns>
    public async Task<IncomingPackage?> ReceiveAsync(Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        var path = NewIncomingPath();
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            await using (var file = Create(path, FileOptions.Asynchronous))
            {
                var buffer = new byte[BufferSize];
                for (int count; (count = await content.ReadAsync(buffer, cancellationToken)) > 0;)
                {
                    size += count;
                    if (size > maxBytes)
                    {
                        return null;
                    }

                    hash.AppendData(buffer, 0, count);
                    await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                }

                await file.FlushAsync(cancellationToken);
                file.Flush(flushToDisk: true);
            }

            var incoming = new IncomingPackage(this, path, PackageDigest.FromHash(hash.GetHashAndReset()), size);
            path = null;
            return incoming;
        }
        finally
        {
            if (path is not null)
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Builds a file straight into the store.</summary>
    /// <param name="build">Writes the file forwards and answers what it wrote, as <see cref="PackageBuilder.Build"/> does.</param>
    /// <returns>What <paramref name="build"/> answered, once the file is durable under that digest.</returns>
    public BuiltPackage Build(Func<Stream, BuiltPackage> build)
    {
        var path = NewIncomingPath();
        try
        {
            BuiltPackage built;
            using (var file = Create(path, FileOptions.None))
            {
                built = build(file);
                file.Flush(flushToDisk: true);
            }

            Move(path, built.Digest);
            return built;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Opens a file for reading.</summary>
    /// <param name="digest">The digest of its content.</param>
    /// <returns>A seekable stream, which the caller disposes, or null if there is no such file.</returns>
    public FileStream? OpenRead(PackageDigest digest)
    {
        try
        {
            return new FileStream(
                PathOf(digest),
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read | FileShare.Delete,
                BufferSize,
                FileOptions.Asynchronous);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>True if the store has a file of this content.</summary>
    public bool Contains(PackageDigest digest) => File.Exists(PathOf(digest));

    /// <summary>Removes what processes that died left in <c>incoming/</c>.</summary>
    /// <param name="olderThan">Files last written before this moment are nobody's any more.</param>
    /// <returns>Number of files removed.</returns>
    public int RemoveAbandoned(DateTimeOffset olderThan)
    {
        var removed = 0;
        foreach (var file in new DirectoryInfo(_incoming).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < olderThan.UtcDateTime)
            {
                file.Delete();
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Moves a complete file to its place.</summary>
    internal void Move(string path, PackageDigest digest)
    {
        var target = PathOf(digest);
        var folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            DurableDirectory.Flush(_directory);
        }

        // What may stand there has the same bytes; if the disk has spoilt them, these are the good ones.
        File.Move(path, target, overwrite: true);
        DurableDirectory.Flush(folder);
    }

    private string PathOf(PackageDigest digest) => Path.Combine(_directory, digest.Hex[..2], digest.Hex + ".zip");

    private string NewIncomingPath() => Path.Combine(_incoming, Guid.NewGuid().ToString("n") + ".tmp");

    private static FileStream Create(string path, FileOptions options) =>
        new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize, options);
}

/// <summary>A file that was taken in and is not kept yet. Disposing it removes it unless it was kept.</summary>
internal sealed class IncomingPackage(PackageFiles files, string path, PackageDigest digest, long size) : IDisposable
{
    /// <summary>SHA-256 of the file.</summary>
    public PackageDigest Digest { get; } = digest;

    /// <summary>Size of the file in bytes.</summary>
    public long Size { get; } = size;

    /// <summary>Opens the file for reading. The caller disposes the stream, before it keeps the file.</summary>
    public FileStream OpenRead() => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    /// <summary>Keeps the file: when this returns, it survives a loss of power under <see cref="Digest"/>. May be called again.</summary>
    public void Keep()
    {
        if (File.Exists(path))
        {
            files.Move(path, Digest);
        }
    }

    /// <summary>Removes the file unless it was kept.</summary>
    public void Dispose() => File.Delete(path);
}

using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Packages;

namespace ReleaseWorkflows.Server.Tests.Packages;

public sealed class PackageFilesTests : IDisposable
{
    private static readonly byte[] Content = [1, 2, 3, 4, 5];
    private static readonly PackageDigest Digest = PackageDigest.FromHash(SHA256.HashData(Content));

    private readonly string _directory = Directory.CreateTempSubdirectory("packages-").FullName;
    private readonly PackageFiles _files;

    public PackageFilesTests() => _files = Open();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_file_that_is_kept_is_found_under_its_digest()
    {
        using (var incoming = await ReceiveAsync(Content))
        {
            Assert.Equal((Digest, 5L), (incoming.Digest, incoming.Size));
            incoming.Keep();
        }

        Assert.True(_files.Contains(Digest));
        Assert.Equal(Content, await ReadAsync(Digest));
        Assert.Equal([Path.Combine(Digest.Hex[..2], Digest.Hex + ".zip")], FilesOnDisk());
    }

    [Fact]
    public async Task A_file_that_is_not_kept_leaves_nothing_behind()
    {
        using (var incoming = await ReceiveAsync(Content))
        {
            using var content = incoming.OpenRead();
            Assert.Equal(5, content.Length);
        }

        Assert.False(_files.Contains(Digest));
        Assert.Null(_files.OpenRead(Digest));
        Assert.Empty(FilesOnDisk());
    }

    [Fact]
    public async Task A_file_above_the_limit_is_not_taken_in()
    {
        Assert.Null(await _files.ReceiveAsync(new MemoryStream(Content), maxBytes: 4, CancellationToken.None));
        Assert.Empty(FilesOnDisk());
    }

    [Fact]
    public async Task A_transfer_that_breaks_leaves_nothing_behind()
    {
        await Assert.ThrowsAsync<IOException>(() => _files.ReceiveAsync(new BreakingStream(), long.MaxValue, CancellationToken.None));

        Assert.Empty(FilesOnDisk());
    }

    [Fact]
    public async Task The_same_content_is_stored_once()
    {
        using var first = await ReceiveAsync(Content);
        using var second = await ReceiveAsync(Content);

        first.Keep();
        second.Keep();
        second.Keep();
        second.Dispose();

        Assert.Single(FilesOnDisk());
        Assert.Equal(Content, await ReadAsync(Digest));
    }

    [Fact]
    public async Task Many_writers_of_the_same_content_do_not_disturb_each_other_or_a_reader()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), async (_, _) =>
        {
            using var incoming = await ReceiveAsync(Content);
            incoming.Keep();
            Assert.Equal(Content, await ReadAsync(Digest));
        });

        Assert.Single(FilesOnDisk());
    }

    [Fact]
    public async Task A_release_is_built_into_the_store_and_building_again_changes_nothing()
    {
        using var upload = new MemoryStream();
        SamplePackages.Zip(Path.Combine(AppContext.BaseDirectory, "samples", "coffee"), upload);
        using var package = PackageArchive.Read(upload).Package!;
        var key = new ReleaseKey(
            MiniProgramKey.From("coffee"), VersionNumber.From("1.0.0"), AppKey.From("superapp-a"), ReleaseEnvironment.Test);

        var built = _files.Build(output => PackageBuilder.Build(package, "{}", key, output));
        var again = _files.Build(output => PackageBuilder.Build(package, "{}", key, output));

        Assert.Equal(built, again);
        Assert.Equal(built.Digest, PackageDigest.FromHash(SHA256.HashData(await ReadAsync(built.Digest))));
        Assert.Single(FilesOnDisk());
    }

    [Fact]
    public void A_build_that_fails_leaves_nothing_behind()
    {
        Assert.Throws<InvalidDataException>(() => _files.Build(output =>
        {
            output.Write(Content);
            throw new InvalidDataException();
        }));

        Assert.Empty(FilesOnDisk());
    }

    [Fact]
    public async Task What_a_process_left_that_died_half_way_is_removed_a_day_later()
    {
        using (var kept = await ReceiveAsync(Content))
        {
            kept.Keep();
        }

        var left = Path.Combine(_directory, "incoming", "left.tmp");
        await File.WriteAllBytesAsync(left, Content);
        var written = new DateTimeOffset(File.GetLastWriteTimeUtc(left), TimeSpan.Zero);

        Assert.Equal(0, Cleanup(written.AddHours(23)).RunOnce());
        Assert.Equal(1, Cleanup(written.AddHours(25)).RunOnce());
        Assert.True(_files.Contains(Digest));
        Assert.Single(FilesOnDisk());
    }

    [Fact]
    public void Options_that_cannot_work_are_all_named()
    {
        var result = new PackageFilesOptionsValidator().Validate(
            null, new PackageFilesOptions { Directory = "data/packages", AbandonedAfter = TimeSpan.FromMinutes(5) });

        Assert.Equal(
            [
                "Packages: Directory must be an absolute path; it is \"data/packages\".",
                "Packages: AbandonedAfter must be at least one hour; it is 00:05:00.",
            ],
            result.Failures!);
    }

    [Fact]
    public void Options_are_checked_when_the_server_starts()
    {
        using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddPackageFiles((options, _) => options.Directory = "")
            .BuildServiceProvider();

        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());
    }

    private PackageFiles Open() => new(Options.Create(new PackageFilesOptions { Directory = _directory }));

    private PackageFilesCleanup Cleanup(DateTimeOffset now) => new(
        Open(),
        Options.Create(new PackageFilesOptions { Directory = _directory }),
        new FixedTime(now),
        NullLogger<PackageFilesCleanup>.Instance);

    private async Task<IncomingPackage> ReceiveAsync(byte[] content) =>
        (await _files.ReceiveAsync(new MemoryStream(content), long.MaxValue, CancellationToken.None))!;

    private async Task<byte[]> ReadAsync(PackageDigest digest)
    {
        await using var file = _files.OpenRead(digest)!;
        using var content = new MemoryStream();
        await file.CopyToAsync(content);
        return content.ToArray();
    }

    private string[] FilesOnDisk() =>
        [.. Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_directory, path))];

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class BreakingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("The connection was lost.");
    }
}

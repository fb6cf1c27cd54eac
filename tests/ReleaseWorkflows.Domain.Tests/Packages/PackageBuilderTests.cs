using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Domain.Tests.Packages;

public sealed class PackageBuilderTests
{
    private const string Configuration = """{ "network": { "domains": ["api.example.com"] }, "debug": false }""";
    private static readonly ReleaseKey Key = new(
        MiniProgramKey.From("coffee"), VersionNumber.From("1.2.0"), AppKey.From("superapp-a"), ReleaseEnvironment.Production);

    [Fact]
    public void A_built_package_holds_the_files_the_identity_and_the_configuration()
    {
        var (bytes, built) = Build(TestZip.Valid());

        using var zip = Open(bytes);
        Assert.Equal(
            ["app.json", "manifest.json", "pages/index.html", "pages/index.js", "release.json"], zip.Entries.Select(entry => entry.FullName));
        Assert.Equal(5, built.FileCount);
        Assert.Equal("Page({})", ReadText(zip, "pages/index.js"));

        var release = JsonDocument.Parse(ReadText(zip, "release.json")).RootElement;
        Assert.Equal("""{"miniProgram":"coffee","version":"1.2.0","app":"superapp-a","environment":"Production"}""", Compact(release, "release"));
        Assert.Equal("""{"debug":false,"network":{"domains":["api.example.com"]}}""", Compact(release, "configuration"));
    }

    [Fact]
    public void The_manifest_lists_every_other_file_with_size_and_digest()
    {
        using var zip = Open(Build(TestZip.Valid()).Bytes);

        var listed = JsonDocument.Parse(ReadText(zip, "manifest.json")).RootElement.GetProperty("files").EnumerateArray()
            .Select(file => (file.GetProperty("path").GetString()!, file.GetProperty("size").GetInt64(), file.GetProperty("sha256").GetString()!));

        Assert.Equal(
            zip.Entries.Where(entry => entry.FullName != "manifest.json").Select(entry => (entry.FullName, entry.Length, DigestOf(entry))),
            listed);
    }

    [Fact]
    public void Size_and_digest_are_those_of_the_bytes_written()
    {
        var (bytes, built) = Build(TestZip.Valid());

        Assert.Equal((bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))), (built.Size, built.Digest.Hex));
    }

    [Fact]
    public void The_kind_of_target_does_not_change_the_bytes()
    {
        using var package = TestZip.Valid().Read().Package!;
        using var forwardOnly = new ForwardOnlyStream();

        PackageBuilder.Build(package, Configuration, Key, forwardOnly);

        Assert.Equal(Build(TestZip.Valid()).Bytes, forwardOnly.ToArray());
    }

    [Fact]
    public void The_order_of_the_upload_and_its_compression_do_not_change_the_bytes()
    {
        var property = Prop.ForAll(
            ArbMap.Default.GeneratorFor<int>().Two().ToArbitrary(),
            seeds => Build(Shuffled(seeds.Item1)).Bytes.SequenceEqual(Build(Shuffled(seeds.Item2)).Bytes));

        property.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_order_and_spacing_of_the_configuration_do_not_change_the_bytes()
    {
        const string Reordered = """{"debug":false,"network":{"domains":["api.example.com"]}}""";

        Assert.Equal(Build(TestZip.Valid()).Built, Build(TestZip.Valid(), Reordered).Built);
    }

    [Theory]
    [InlineData("""{ "network": { "domains": ["api.example.com"] }, "debug": true }""", ReleaseEnvironment.Production)]
    [InlineData(Configuration, ReleaseEnvironment.Sandbox)]
    public void Another_configuration_or_target_gives_another_digest(string configuration, ReleaseEnvironment environment) =>
        Assert.NotEqual(
            Build(TestZip.Valid()).Built.Digest,
            Build(TestZip.Valid(), configuration, Key with { Environment = environment }).Built.Digest);

    [Fact]
    public void A_number_of_the_configuration_keeps_every_digit() =>
        Assert.Contains(
            "12345678901234567890.10",
            ReadText(Open(Build(TestZip.Valid(), """{ "price": 12345678901234567890.10 }""").Bytes), "release.json"),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{ "a": 1, "a": 2 }""")]
    public void A_configuration_that_is_no_object_is_a_mistake_of_the_caller(string configuration) =>
        Assert.Throws<ArgumentException>(() => Build(TestZip.Valid(), configuration));

    [Fact]
    public void A_file_that_changed_after_the_check_is_never_built()
    {
        var bytes = TestZip.Valid().With("stored.bin", RandomNumberGenerator.GetBytes(2000)).ToBytes();
        using var package = PackageArchive.Read(new MemoryStream(bytes)).Package!;

        bytes[bytes.AsSpan().IndexOf("stored.bin"u8) + 100] ^= 0xFF;

        Assert.Throws<InvalidDataException>(() => PackageBuilder.Build(package, Configuration, Key, Stream.Null));
    }

    [Fact]
    public void A_built_package_without_its_added_files_is_again_a_valid_upload()
    {
        using var zip = Open(Build(TestZip.Valid()).Bytes);
        var upload = new TestZip();
        foreach (var entry in zip.Entries.Where(entry => entry.FullName is not ("release.json" or "manifest.json")))
        {
            upload.With(entry.FullName, ReadText(zip, entry.FullName));
        }

        Assert.Equal(Build(TestZip.Valid()).Built, Build(upload).Built);
    }

    private static TestZip Shuffled(int seed)
    {
        (string Path, string Content)[] files =
        [
            ("app.json", TestZip.Manifest), ("pages/index.js", "Page({})"), ("pages/index.html", "<p></p>"), ("assets/ä.svg", "<svg/>"),
            ("Z.js", "last letter, first in ordinal order"), ("a.js", "first letter"),
        ];
        new Random(seed).Shuffle(files);
        return files.Aggregate(new TestZip(), (zip, file) => zip.With(file.Path, file.Content));
    }

    private static (byte[] Bytes, BuiltPackage Built) Build(
        TestZip upload, string configuration = Configuration, ReleaseKey? key = null)
    {
        using var package = upload.Read().Package!;
        using var output = new MemoryStream();
        var built = PackageBuilder.Build(package, configuration, key ?? Key, output);
        return (output.ToArray(), built);
    }

    private static ZipArchive Open(byte[] bytes) => new(new MemoryStream(bytes));

    private static string ReadText(ZipArchive zip, string path) => new StreamReader(zip.GetEntry(path)!.Open()).ReadToEnd();

    private static string DigestOf(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private static string Compact(JsonElement element, string member) => JsonSerializer.Serialize(element.GetProperty(member));

    private sealed class ForwardOnlyStream : MemoryStream
    {
        public override bool CanSeek => false;
    }
}

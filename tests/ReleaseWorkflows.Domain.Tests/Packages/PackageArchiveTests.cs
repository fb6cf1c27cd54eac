using System.Text;
using ReleaseWorkflows.Domain.Packages;

namespace ReleaseWorkflows.Domain.Tests.Packages;

public sealed class PackageArchiveTests
{
    [Fact]
    public void A_small_mini_program_is_accepted_with_its_files_in_order()
    {
        using var package = TestZip.Valid().With("assets/logo.svg", "<svg/>").Read().Package!;

        Assert.Equal(["app.json", "assets/logo.svg", "pages/index.html", "pages/index.js"], package.Files.Select(file => file.Path));
        Assert.Equal(["pages/index"], package.Manifest.Pages);
        Assert.Equal(new PackageFile("assets/logo.svg", 6, DigestingHash("<svg/>")), package.Files[1]);
        Assert.Equal("<svg/>", new StreamReader(package.OpenFile("assets/logo.svg")).ReadToEnd());
    }

    [Theory]
    [InlineData("../evil.js", PackageProblemCode.UnsafePath)]
    [InlineData("pages/../../evil.js", PackageProblemCode.UnsafePath)]
    [InlineData("pages/./index2.js", PackageProblemCode.UnsafePath)]
    [InlineData("/etc/passwd", PackageProblemCode.UnsafePath)]
    [InlineData("C:/windows/evil.js", PackageProblemCode.UnsafePath)]
    [InlineData("c:evil.js", PackageProblemCode.UnsafePath)]
    [InlineData("pages\\evil.js", PackageProblemCode.UnsafePath)]
    [InlineData("..\\evil.js", PackageProblemCode.UnsafePath)]
    [InlineData("\\\\server\\share\\evil.js", PackageProblemCode.UnsafePath)]
    [InlineData("../folder/", PackageProblemCode.UnsafePath)]
    [InlineData("pages//evil.js", PackageProblemCode.UnusableName)]
    [InlineData("pages/evil\0.js", PackageProblemCode.UnusableName)]
    [InlineData("pages/evil\n.js", PackageProblemCode.UnusableName)]
    [InlineData("pages/\u202Esj.live", PackageProblemCode.UnusableName)]
    [InlineData("pages/\u200Bevil.js", PackageProblemCode.UnusableName)]
    [InlineData("<img src=x onerror=alert(1)>.png", PackageProblemCode.UnusableName)]
    [InlineData("a\"b.js", PackageProblemCode.UnusableName)]
    [InlineData("a'b.js", PackageProblemCode.UnusableName)]
    [InlineData("a`b.js", PackageProblemCode.UnusableName)]
    [InlineData("a&b.js", PackageProblemCode.UnusableName)]
    [InlineData("%2e%2e/evil.js", PackageProblemCode.UnusableName)]
    [InlineData("ab:stream.js", PackageProblemCode.UnusableName)]
    [InlineData("a|b.js", PackageProblemCode.UnusableName)]
    [InlineData("a*.js", PackageProblemCode.UnusableName)]
    [InlineData("pages/con.js", PackageProblemCode.UnusableName)]
    [InlineData("LPT1", PackageProblemCode.UnusableName)]
    [InlineData("pages/index2.js.", PackageProblemCode.UnusableName)]
    [InlineData("pages/index2.js ", PackageProblemCode.UnusableName)]
    [InlineData("pages / index2.js", PackageProblemCode.UnusableName)]
    [InlineData("cafe\u0301.js", PackageProblemCode.UnusableName)]
    [InlineData("\u212Belvin.js", PackageProblemCode.UnusableName)]
    [InlineData("\u1112\u1161\u11AB.js", PackageProblemCode.UnusableName)]
    [InlineData("\uFFFD.js", PackageProblemCode.UnusableName)]
    [InlineData("PAGES/INDEX.JS", PackageProblemCode.DuplicateName)]
    [InlineData("pages/index.js", PackageProblemCode.DuplicateName)]
    [InlineData("pages/index.js/part.js", PackageProblemCode.DuplicateName)]
    [InlineData("Pages/Index.js/", PackageProblemCode.DuplicateName)]
    [InlineData("release.json", PackageProblemCode.ReservedName)]
    [InlineData("Manifest.JSON", PackageProblemCode.ReservedName)]
    public void A_path_that_is_not_one_safe_file_everywhere_is_refused(string path, PackageProblemCode code)
    {
        var result = TestZip.Valid().With(path, path.EndsWith('/') ? "" : "x").Read();

        var problem = Assert.Single(result.Problems);
        Assert.Equal(code, problem.Code);
        Assert.False(result.IsAccepted);
        Assert.NotNull(problem.Entry);
        Assert.DoesNotContain(problem.Entry, character => char.IsControl(character) || character is '\u202E' or '\u200B');
    }

    [Theory]
    [InlineData("assets/Menü (klein).svg")]
    [InlineData("assets/コーヒー.svg")]
    [InlineData("assets/한국어@2x.png")]
    [InlineData("libs/a.min.js")]
    [InlineData("pages/release.json")]
    [InlineData("pages/index.css")]
    [InlineData("_private/[id].js")]
    public void A_path_with_ordinary_letters_of_any_script_is_accepted(string path)
    {
        using var package = TestZip.Valid().With(path).Read().Package;

        Assert.Contains(path, package!.Files.Select(file => file.Path));
    }

    [Fact]
    public void A_path_of_240_characters_is_accepted_and_one_of_241_is_not()
    {
        Assert.True(TestZip.Valid().With(new string('a', 240)).Read().IsAccepted);
        Assert.Equal(PackageProblemCode.PathTooLong, Assert.Single(TestZip.Valid().With(new string('a', 241)).Read().Problems).Code);
    }

    [Fact]
    public void A_path_of_32_parts_is_accepted_and_one_of_33_is_not()
    {
        var folders = string.Concat(Enumerable.Repeat("a/", 31));

        Assert.True(TestZip.Valid().With(folders + "b.js").Read().IsAccepted);
        Assert.Equal(PackageProblemCode.PathTooLong, Assert.Single(TestZip.Valid().With(folders + "c/b.js").Read().Problems).Code);
    }

    [Theory]
    [InlineData(0xA1FF)] // symbolic link
    [InlineData(0x21B6)] // character device
    [InlineData(0x61B6)] // block device
    [InlineData(0x11B6)] // pipe
    [InlineData(0xC1B6)] // socket
    [InlineData(0x41ED)] // folder, though the name is one of a file
    public void An_entry_that_is_no_ordinary_file_is_refused(int unixMode)
    {
        var problem = Assert.Single(TestZip.Valid().With("assets/link", "/etc/passwd", unixMode).Read().Problems);

        Assert.Equal((PackageProblemCode.SpecialFile, "assets/link"), (problem.Code, problem.Entry));
    }

    [Fact]
    public void A_link_of_Windows_is_refused()
    {
        var zip = TestZip.PatchDirectory(TestZip.Valid().With("assets/link").ToBytes(), "assets/link", offset: 38, value: 0x400, size: 4);

        Assert.Equal(PackageProblemCode.SpecialFile, Assert.Single(Read(zip).Problems).Code);
    }

    [Fact]
    public void An_ordinary_file_with_its_mode_bits_is_accepted() =>
        Assert.True(TestZip.Valid().With("assets/", "", 0x41ED).With("assets/a.svg", "<svg/>", 0x81A4).Read().IsAccepted);

    [Fact]
    public void A_folder_with_content_is_refused() =>
        Assert.Equal(PackageProblemCode.SpecialFile, Assert.Single(TestZip.Valid().With("assets/", "hidden").Read().Problems).Code);

    [Fact]
    public void An_encrypted_entry_is_refused()
    {
        var zip = TestZip.PatchDirectory(TestZip.Valid().With("secret.js").ToBytes(), "secret.js", offset: 8, value: 1, size: 2);

        var problem = Assert.Single(Read(zip).Problems);

        Assert.Equal((PackageProblemCode.Encrypted, "secret.js"), (problem.Code, problem.Entry));
    }

    [Fact]
    public void An_unusual_compression_method_is_refused_by_name()
    {
        var zip = TestZip.PatchDirectory(TestZip.Valid().With("odd.js").ToBytes(), "odd.js", offset: 10, value: 99, size: 2);

        var problem = Assert.Single(Read(zip).Problems);

        Assert.Equal((PackageProblemCode.Broken, "odd.js"), (problem.Code, problem.Entry));
    }

    [Fact]
    public void Content_that_does_not_match_its_checksum_is_refused_by_name()
    {
        var zip = TestZip.PatchDirectory(TestZip.Valid().With("damaged.js").ToBytes(), "damaged.js", offset: 16, value: 0xDEAD, size: 4);

        var problem = Assert.Single(Read(zip).Problems);

        Assert.Equal((PackageProblemCode.Broken, "damaged.js"), (problem.Code, problem.Entry));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000_000)]
    public void A_header_that_lies_about_the_unpacked_size_is_refused(uint size)
    {
        var zip = TestZip.PatchDirectory(
            TestZip.Valid().With("liar.js", new byte[5000]).ToBytes(), "liar.js", offset: 24, value: size, size: 4);

        Assert.Equal(PackageProblemCode.Broken, Assert.Single(Read(zip).Problems).Code);
    }

    [Fact]
    public void A_file_that_explodes_while_unpacking_is_stopped_by_its_ratio()
    {
        var problem = Assert.Single(TestZip.Valid().With("bomb.bin", new byte[8 * 1024 * 1024]).Read().Problems);

        Assert.Equal((PackageProblemCode.CompressionRatio, "bomb.bin"), (problem.Code, problem.Entry));
    }

    [Fact]
    public void A_small_file_of_zeros_is_no_bomb() => Assert.True(TestZip.Valid().With("zeros.bin", new byte[1024 * 1024]).Read().IsAccepted);

    [Fact]
    public void Unpacked_bytes_are_counted_over_all_files()
    {
        var limits = new PackageLimits { MaxUnpackedBytes = 3000 };

        var problem = Assert.Single(TestZip.Valid().With("a.bin", new byte[2000]).With("b.bin", new byte[2000]).Read(limits).Problems);

        Assert.Equal((PackageProblemCode.TooLargeUnpacked, "b.bin"), (problem.Code, problem.Entry));
    }

    [Fact]
    public void A_zip_file_above_the_limit_is_refused_without_looking_inside()
    {
        var problem = Assert.Single(Read(new byte[20 * 1024 * 1024 + 1]).Problems);

        Assert.Equal((PackageProblemCode.TooLarge, "The package may have at most 20 MB."), (problem.Code, problem.Message));
    }

    [Fact]
    public void More_files_than_the_limit_are_refused()
    {
        var limits = new PackageLimits { MaxFiles = 3 };

        Assert.True(TestZip.Valid().With("assets/", "").Read(limits).IsAccepted);
        Assert.Equal(PackageProblemCode.TooManyFiles, Assert.Single(TestZip.Valid().With("fourth.js").Read(limits).Problems).Code);
    }

    [Fact]
    public void A_file_that_is_no_zip_file_is_refused()
    {
        Assert.Equal(PackageProblemCode.Broken, Assert.Single(Read("MZ this is a program"u8.ToArray()).Problems).Code);
        Assert.Equal(PackageProblemCode.Broken, Assert.Single(Read([]).Problems).Code);
    }

    [Fact]
    public void An_empty_zip_file_is_refused() => Assert.Equal(PackageProblemCode.Empty, Assert.Single(new TestZip().Read().Problems).Code);

    [Fact]
    public void A_manifest_below_a_top_folder_is_refused_with_the_way_out()
    {
        var problem = Assert.Single(new TestZip().With("coffee/app.json", TestZip.Manifest).Read().Problems);

        Assert.Equal(PackageProblemCode.ManifestMissing, problem.Code);
        Assert.Equal(
            "app.json must be at the root of the package, but is at coffee/app.json; pack the content of the folder, not the folder itself.",
            problem.Message);
    }

    [Fact]
    public void What_an_archiver_adds_is_left_out_and_named()
    {
        using var package = TestZip.Valid().With("__MACOSX/pages/._index.js").With("assets/.DS_Store").Read().Package!;

        Assert.Equal(["__MACOSX/pages/._index.js", "assets/.DS_Store"], package.LeftOut);
        Assert.Equal(3, package.Files.Count);
    }

    [Fact]
    public void All_problems_are_reported_at_once_with_their_entries()
    {
        var result = TestZip.Valid()
            .With("../evil.js")
            .With("link", "target", 0xA1FF)
            .With("release.json")
            .WithoutEntry("pages/index.html")
            .Read();

        Assert.Equal(
            [
                ("../evil.js", PackageProblemCode.UnsafePath),
                ("link", PackageProblemCode.SpecialFile),
                ("release.json", PackageProblemCode.ReservedName),
                ("app.json", PackageProblemCode.PageMissing),
            ],
            result.Problems.Select(problem => (problem.Entry!, problem.Code)));
    }

    [Fact]
    public void A_stream_that_cannot_seek_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => PackageArchive.Read(new ForwardOnlyStream()));

    [Fact]
    public void Damage_anywhere_in_the_file_never_escapes_as_an_exception()
    {
        var original = TestZip.Valid().With("assets/logo.svg", new string('x', 300)).ToBytes();
        var random = new Random(20_260_101);
        for (var round = 0; round < 3000; round++)
        {
            var damaged = (byte[])original.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length;
            var result = PackageArchive.Read(new MemoryStream(damaged, 0, length));
            Assert.Equal(result.IsAccepted, result.Problems.Count == 0);
            result.Package?.Dispose();
        }
    }

    private static PackageReadResult Read(byte[] zip) => PackageArchive.Read(new MemoryStream(zip));

    private static PackageDigest DigestingHash(string content) =>
        PackageDigest.FromHash(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private sealed class ForwardOnlyStream : MemoryStream
    {
        public override bool CanSeek => false;
    }
}

using ReleaseWorkflows.Domain.Packages;

namespace ReleaseWorkflows.Domain.Tests.Packages;

public sealed class PackageManifestTests
{
    [Fact]
    public void Known_members_are_read_and_unknown_ones_kept()
    {
        using var package = TestZip.Valid().WithoutEntry("app.json")
            .With("app.json", """{ "pages": ["pages/index"], "title": "Coffee", "window": { "colour": "#420" }, "future": [1, 2] }""")
            .Read().Package!;

        Assert.Equal("Coffee", package.Manifest.Title);
        Assert.Equal(2, package.Manifest.Members.GetProperty("future").GetArrayLength());
    }

    [Theory]
    [InlineData(".html")]
    [InlineData(".axml")]
    [InlineData(".wxml")]
    public void A_page_is_a_script_and_a_template_of_one_of_three_kinds(string extension) =>
        Assert.True(TestZip.Valid().WithoutEntry("pages/index.html").With("pages/index" + extension).Read().IsAccepted);

    [Fact]
    public void A_byte_order_mark_does_not_matter() =>
        Assert.True(TestZip.Valid().WithoutEntry("app.json").With("app.json", "\uFEFF" + TestZip.Manifest).Read().IsAccepted);

    [Theory]
    [InlineData("""["pages/index"]""", "The file must hold one JSON object, such as { \"pages\": [\"pages/index\"] }.")]
    [InlineData("{}", "\"pages\" must list at least one page, such as [\"pages/index\"].")]
    [InlineData("""{ "pages": [] }""", "\"pages\" must list at least one page, such as [\"pages/index\"].")]
    [InlineData("""{ "pages": "pages/index" }""", "\"pages\" must list at least one page, such as [\"pages/index\"].")]
    [InlineData("""{ "pages": ["pages/index", 7] }""", "Entry 2 of \"pages\" must be the path of a page without extension, such as \"pages/index\".")]
    [InlineData("""{ "pages": ["pages/index", "pages/index"] }""", "Entry 2 of \"pages\" names pages/index a second time.")]
    [InlineData("""{ "pages": ["pages/index"], "title": 5 }""", "\"title\" must be a text of 1 to 100 characters.")]
    [InlineData("""{ "pages": ["pages/index"], "title": "" }""", "\"title\" must be a text of 1 to 100 characters.")]
    [InlineData("""{ "pages": ["pages/index"], "window": [] }""", "\"window\" must be an object.")]
    public void A_manifest_that_makes_no_sense_is_refused_in_a_sentence(string manifest, string message)
    {
        var problem = Assert.Single(Read(manifest).Problems);

        Assert.Equal(new PackageProblem(PackageProblemCode.ManifestInvalid, "app.json", message), problem);
    }

    [Theory]
    [InlineData("{\n  \"pages\": [\n    \"pages/index\",\n  ]\n}", "line 4, position 3")]
    [InlineData("", "line 1, position 1")]
    [InlineData("{ \"pages\" }", "line 1, position 11")]
    [InlineData("{ \"pages\": [\"pages/index\"] } x", "line 1, position 30")]
    public void Broken_JSON_is_refused_with_its_position(string manifest, string position)
    {
        var problem = Assert.Single(Read(manifest).Problems);

        Assert.Equal(PackageProblemCode.ManifestInvalid, problem.Code);
        Assert.StartsWith($"The file is not valid JSON in {position}: ", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_is_there_twice_is_refused() =>
        Assert.Equal(
            PackageProblemCode.ManifestInvalid,
            Assert.Single(Read("""{ "pages": ["pages/index"], "pages": ["pages/index"] }""").Problems).Code);

    [Fact]
    public void Every_missing_file_of_a_page_is_named()
    {
        var result = Read("""{ "pages": ["pages/index", "pages/cart", "../outside"] }""");

        Assert.Equal(
            [
                "The page pages/cart needs the file pages/cart.js.",
                "The page pages/cart needs a template: pages/cart.html, .axml or .wxml.",
                "The page ../outside needs the file ../outside.js.",
                "The page ../outside needs a template: ../outside.html, .axml or .wxml.",
            ],
            result.Problems.Select(problem => problem.Message));
    }

    [Fact]
    public void A_manifest_above_its_limit_is_refused()
    {
        var limits = new PackageLimits { MaxManifestBytes = 10 };

        Assert.Equal("The file may have at most 10 bytes.", Assert.Single(TestZip.Valid().Read(limits).Problems).Message);
    }

    private static PackageReadResult Read(string manifest) =>
        TestZip.Valid().WithoutEntry("app.json").With("app.json", manifest).Read();
}

using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ReleaseWorkflows.Server.Qr;

namespace ReleaseWorkflows.Server.Tests.Qr;

public sealed partial class QrCodesTests
{
    public static TheoryData<string> Texts =>
    [
        "http://a.example/x",
        "https://releases.example.com/test/0198f3a2c5d47b1e9a6c3f2e1d0b4a58?revision=1",
        "https://releases.example.com/test/0198f3a2c5d47b1e9a6c3f2e1d0b4a58?revision=12&signature=" + new string('f', 43),
        "https://releases.example.com/" + new string('z', 170),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_PNG_says_the_text_and_has_the_quiet_zone_a_scanner_needs(string text) =>
        Assert.Equal(text, QrReader.ReadPixels(PngPicture.Read(QrCodes.DrawPng(text))));

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_SVG_says_the_same(string text) => Assert.Equal(text, QrReader.ReadPixels(Paint(QrCodes.DrawSvg(text))));

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_PNG_is_large_enough_for_a_screen_and_no_monster(string text) =>
        Assert.InRange(PngPicture.Read(QrCodes.DrawPng(text)).GetLength(0), 400, 500);

    [Fact]
    public void The_same_text_gives_the_same_picture()
    {
        Assert.Equal(QrCodes.DrawPng("https://a.example"), QrCodes.DrawPng("https://a.example"));
        Assert.Equal(QrCodes.DrawSvg("https://a.example"), QrCodes.DrawSvg("https://a.example"));
    }

    [Fact]
    public void Another_text_gives_another_picture() =>
        Assert.NotEqual(QrCodes.DrawSvg("https://a.example/?revision=1"), QrCodes.DrawSvg("https://a.example/?revision=2"));

    [Fact]
    public void An_SVG_scales_and_carries_neither_script_nor_a_link()
    {
        var svg = XDocument.Parse(QrCodes.DrawSvg("https://a.example/<script>"));

        Assert.NotNull(svg.Root!.Attribute("viewBox"));
        Assert.Null(svg.Root.Attribute("width"));
        Assert.All(svg.Root.Elements(), element => Assert.Contains(element.Name.LocalName, (string[])["rect", "path"]));
    }

    [Fact]
    public void A_text_that_is_empty_or_too_long_is_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentException>(() => QrCodes.DrawSvg(""));
        Assert.Throws<ArgumentException>(() => QrCodes.DrawPng(new string('x', QrCodes.MaxTextBytes + 1)));
        Assert.NotEmpty(QrCodes.DrawPng(new string('x', QrCodes.MaxTextBytes)));
    }

    private static bool[,] Paint(string svg)
    {
        var root = XDocument.Parse(svg).Root!;
        var size = int.Parse(root.Attribute("viewBox")!.Value.Split(' ')[2], CultureInfo.InvariantCulture);
        var pixels = new bool[size, size];
        var path = root.Elements().Single(element => element.Name.LocalName == "path").Attribute("d")!.Value;
        foreach (var run in Runs().Matches(path).Select(match => match.Groups))
        {
            var (x, y) = (Number(run[1]), Number(run[2]));
            for (var index = 0; index < Number(run[3]); index++)
            {
                pixels[y, x + index] = true;
            }
        }

        return pixels;

        static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"M(\d+) (\d+)h(\d+)v1h-\d+z")]
    private static partial Regex Runs();
}

using System.Text;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Tests.Database;

public sealed class CompressedJsonTests
{
    [Fact]
    public void What_repeats_itself_is_stored_shorter_and_comes_back_as_it_was()
    {
        var json = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, 40).Select(i => $$"""{"event":"Started","activity":{{i}},"message":"it’s late"}""")) + "]");

        var stored = Assert.IsType<byte[]>(CompressedJson.ToArgument(json));

        Assert.InRange(stored.Length, 1, json.Length / 3);
        Assert.Equal(json, CompressedJson.Read(stored).ToArray());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"lines":[]}""")]
    public void What_is_short_stays_text(string json)
    {
        var stored = Assert.IsType<Utf8Text>(CompressedJson.ToArgument(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(json, Encoding.UTF8.GetString(stored.Bytes.Span));
        Assert.Equal(json, Encoding.UTF8.GetString(CompressedJson.Read(stored.Bytes.ToArray()).Span));
    }

    [Fact]
    public void What_gets_no_shorter_stays_text()
    {
        var noise = new byte[2_000];
        new Random(1).NextBytes(noise);

        Assert.IsType<Utf8Text>(CompressedJson.ToArgument(noise));
    }

    [Fact]
    public void Damaged_bytes_are_no_text()
    {
        var stored = (byte[])CompressedJson.ToArgument(Encoding.UTF8.GetBytes($"\"{new string('x', 1_000)}\""));

        Assert.Throws<InvalidDataException>(() => CompressedJson.Read(stored[..^1]));
        Assert.Throws<InvalidDataException>(() => CompressedJson.Read(stored[..3]));
        Assert.Throws<InvalidDataException>(() => CompressedJson.Read([1, 255, 255, 255, 255]));
        Assert.Throws<InvalidDataException>(() => CompressedJson.Read([stored[0], (byte)(stored[1] + 1), .. stored[2..]]));
    }
}

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

    [Theory]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void Long_and_short_texts_lose_what_repeats_itself(int length)
    {
        var json = Encoding.UTF8.GetBytes($"\"{new string('x', length)}\"");

        var stored = CompressedJson.ToBytes(json);

        Assert.InRange(stored.Length, 1, 100);
        Assert.Equal(json, CompressedJson.Read(stored).ToArray());
        Assert.Equal(json, CompressedJson.Read(stored.AsSpan()).ToArray());
    }

    [Fact]
    public void What_an_earlier_version_squeezed_is_read()
    {
        var json = Encoding.UTF8.GetBytes("""{"activities":[],"lines":[],"executions":[]}""");
        var squeezed = new byte[200];
        Assert.True(System.IO.Compression.BrotliEncoder.TryCompress(json, squeezed, out var length, 1, 18));

        Assert.Equal(json, CompressedJson.Read([1, (byte)json.Length, 0, 0, 0, .. squeezed[..length]]).ToArray());
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void What_is_cut_off_is_no_text(int length)
    {
        var stored = CompressedJson.ToBytes(Encoding.UTF8.GetBytes($"\"{new string('x', length)}\""));

        for (var rest = 1; rest < stored.Length; rest++)
            Assert.Throws<InvalidDataException>(() => CompressedJson.Read(stored[..rest]));
    }

    [Fact]
    public void Damaged_bytes_are_no_text()
    {
        var stored = CompressedJson.ToBytes(Encoding.UTF8.GetBytes($"\"{new string('x', 100_000)}\""));

        Assert.Throws<InvalidDataException>(() => CompressedJson.Read(stored[..^1]));
        Assert.Throws<InvalidDataException>(() => CompressedJson.Read(stored[..3]));
        Assert.Throws<InvalidDataException>(() => CompressedJson.Read([1, 255, 255, 255, 255]));
        Assert.Throws<InvalidDataException>(() => CompressedJson.Read([stored[0], (byte)(stored[1] + 1), .. stored[2..]]));
    }
}

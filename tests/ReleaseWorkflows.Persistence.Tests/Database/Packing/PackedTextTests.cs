using System.Security.Cryptography;
using System.Text;
using ReleaseWorkflows.Persistence.Database.Packing;

namespace ReleaseWorkflows.Persistence.Tests.Database.Packing;

public sealed class PackedTextTests
{
    private const string Event = """
        {"$type":"percentage-raised","percentage":30,"at":"2026-11-21T18:39:56.3614545+00:00","by":"01a1ff67c26e726a86319f960f646f28","byName":"Dora Developer-Admin"}
        """;

    private const string Burst = """
        {"activities":[{"id":"production-type","node":"Workflow1:flow:production-type","type":"ReleaseWorkflows.ChooseReleaseType","version":1,"name":"ProductionType"},{"id":"flow","node":"Workflow1:flow","type":"Elsa.Flowchart","version":1,"name":"Flow"}],"lines":[{"sequence":26,"at":1795286396361445,"execution":"1a4d0f26458fa428","parent":"92eb7c27ebb054ba","activity":0,"event":"Resumed"},{"sequence":27,"at":1795286396361476,"execution":"1a4d0f26458fa428","parent":"92eb7c27ebb054ba","activity":0,"event":"Completed"}],"executions":[{"id":"1a4d0f26458fa428","activity":0,"status":"Completed","startedAt":1795286395376112,"completedAt":1795286396361475,"scheduledBy":"92eb7c27ebb054ba","scheduledByActivity":"flow","depth":2,"details":{"outputs":{},"journal":{"Outcomes":["Grayscale"]}}}]}
        """;

    public static TheoryData<string> Texts => new(
        "",
        "{}",
        "x",
        Event,
        Burst,
        "\r\n\t",
        """{"releaseNotes":"点咖啡更快了。订单现在快两倍,取餐也不用排队。","description":"点咖啡更快了。"}""",
        "[" + new string('7', 3) + "," + new string('8', 70_000 - 4_500) + "]",
        string.Concat(Enumerable.Range(0, 4_000).Select(number => $"{number};")));

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_comes_back_as_it_was(string text)
    {
        var packed = Pack(Encoding.UTF8.GetBytes(text));

        Assert.True(PackedText.TryUnpack(packed, out var unpacked));
        Assert.Equal(text, Encoding.UTF8.GetString(unpacked));
    }

    [Fact]
    public void Any_bytes_come_back_as_they_were()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = Scramble(random);

            Assert.True(PackedText.TryUnpack(Pack(bytes), out var unpacked));
            Assert.Equal(bytes, unpacked);
        }
    }

    [Theory]
    [InlineData(Event, 70)]
    [InlineData(Burst, 150)]
    public void What_the_platform_writes_all_the_time_gets_short(string text, int most) => Assert.InRange(Pack(Encoding.UTF8.GetBytes(text)).Length, 1, most);

    [Fact]
    public void Damaged_bytes_are_refused_or_another_text_and_never_a_fault()
    {
        var random = new Random(7);
        var packed = Pack(Encoding.UTF8.GetBytes(Burst));
        for (var length = 0; length < packed.Length; length++)
            Assert.False(PackedText.TryUnpack(packed.AsSpan(0, length), out _));
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = packed.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            PackedText.TryUnpack(damaged, out _);
        }
    }

    [Fact]
    public void What_does_not_fit_is_not_packed()
    {
        var text = Encoding.UTF8.GetBytes(Burst);
        var length = Pack(text).Length;

        for (var room = 0; room < length; room++)
            Assert.False(PackedText.TryPack(text, new byte[room], out _));
        Assert.True(PackedText.TryPack(text, new byte[length], out _));
        Assert.False(PackedText.TryPack(new byte[PackedText.MaximumLength + 1], new byte[PackedText.MaximumLength * 2], out _));
    }

    [Fact]
    public void What_is_in_databases_stays_readable_because_dictionary_and_code_never_change()
    {
        Assert.Equal("83816B3069B789CE1AB8F30E7EA97BB2A3BE3D5393D1653E526700BF987D8358", Convert.ToHexString(SHA256.HashData(PackedTextDictionary.Create())));
        Assert.True(PackedText.TryUnpack(Convert.FromHexString("9E01A7E1D632FF0610906F23B6091730744DEC3ADF311EADB3EE28C51C335D8082B57ACEE495C94BF006638D1EAAB7BE5278F8FADA405A07D2990EDAF365B5D79FDB06"), out var text));
        Assert.Equal(Event, Encoding.UTF8.GetString(text));
    }

    private static byte[] Pack(byte[] text)
    {
        var room = new byte[(text.Length * 2) + 16];
        Assert.True(PackedText.TryPack(text, room, out var length));
        return room[..length];
    }

    // Pieces of what is written, of itself, and noise.
    private static byte[] Scramble(Random random)
    {
        var bytes = new List<byte>();
        var source = Encoding.UTF8.GetBytes(Burst + Event);
        for (var pieces = random.Next(1, 20); pieces > 0; pieces--)
        {
            var from = bytes.Count > 0 && random.Next(2) == 0 ? bytes.ToArray() : source;
            var start = random.Next(from.Length);
            bytes.AddRange(from.AsSpan(start, random.Next(Math.Min(200, from.Length - start) + 1)));
            for (var noise = random.Next(4); noise > 0; noise--)
                bytes.Add((byte)random.Next(256));
        }

        return [.. bytes];
    }
}

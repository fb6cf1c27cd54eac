using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ReleaseWorkflows.Persistence.Database.Packing;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// JSON that no statement looks into, as a column keeps it: compressed bytes where that is shorter, else the text itself. Its first byte tells which, since
/// no JSON begins with it; so rows from before are read as well.
/// </summary>
/// <remarks>
/// What is as short as most rows is packed (<see cref="PackedText"/>): the mark, then what packing gives. Longer texts: another mark, the length of the text in
/// four bytes, the lowest first, then Brotli. A statement that has to look into a text all the same asks for it with <see cref="SqlFunctions.TextOf"/>.
/// </remarks>
internal static class CompressedJson
{
    /// <summary>Longest text that is made from a row, in bytes. More than a burst can write.</summary>
    public const int MaximumLength = 256 * 1024 * 1024;

    // About 8 µs for 2 KB; higher ones save little more.
    private const int Quality = 1;
    private const int Window = 18;

    private const byte BrotliMark = 1;
    private const byte PackedMark = 2;
    private const int HeaderLength = 1 + sizeof(int);

    // Shorter texts gain less than they cost.
    private const int ShortestWorthwhile = 48;

    // Of longer ones most is not the platform's own.
    private const int LongestPacked = 16 * 1024;

    /// <summary>What to store of a text.</summary>
    /// <returns>An argument of a statement: bytes, or <see cref="Utf8Text"/>.</returns>
    public static object ToArgument(ReadOnlyMemory<byte> json) => (object?)Compress(json.Span) ?? new Utf8Text(json);

    /// <inheritdoc cref="ToArgument(ReadOnlyMemory{byte})"/>
    public static object ToArgument(string json) => ToArgument(Encoding.UTF8.GetBytes(json));

    /// <summary>What to store of a text, for a column of bytes.</summary>
    public static byte[] ToBytes(ReadOnlyMemory<byte> json) => Compress(json.Span) ?? json.ToArray();

    /// <summary>The text of a row, in UTF-8.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static ReadOnlyMemory<byte> Read(byte[] stored) => IsCompressed(stored) ? Decompress(stored) : stored;

    /// <summary>The text of a row, in UTF-8; good as long as the row.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> stored) => IsCompressed(stored) ? Decompress(stored) : stored;

    private static byte[]? Compress(ReadOnlySpan<byte> json)
    {
        if (json.Length is < ShortestWorthwhile or > MaximumLength)
            return null;

        var buffer = ArrayPool<byte>.Shared.Rent(json.Length);
        try
        {
            // One byte less than the text would be gained at least.
            var room = buffer.AsSpan(0, json.Length - 1);
            return json.Length <= LongestPacked ? Pack(json, room) : Squeeze(json, room);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[]? Pack(ReadOnlySpan<byte> json, Span<byte> room)
    {
        room[0] = PackedMark;
        return PackedText.TryPack(json, room[1..], out var length) ? room[..(1 + length)].ToArray() : null;
    }

    private static byte[]? Squeeze(ReadOnlySpan<byte> json, Span<byte> room)
    {
        if (!BrotliEncoder.TryCompress(json, room[HeaderLength..], out var length, Quality, Window))
            return null;
        room[0] = BrotliMark;
        BinaryPrimitives.WriteInt32LittleEndian(room[1..], json.Length);
        return room[..(HeaderLength + length)].ToArray();
    }

    private static bool IsCompressed(ReadOnlySpan<byte> stored) => stored is [BrotliMark or PackedMark, ..];

    private static byte[] Decompress(ReadOnlySpan<byte> stored)
    {
        if (stored[0] == PackedMark)
            return PackedText.TryUnpack(stored[1..], out var text) ? text : throw Damaged();

        var length = stored.Length < HeaderLength ? -1 : BinaryPrimitives.ReadInt32LittleEndian(stored[1..]);
        if (length is < 0 or > MaximumLength)
            throw Damaged();

        var json = new byte[length];
        return BrotliDecoder.TryDecompress(stored[HeaderLength..], json, out var written) && written == length ? json : throw Damaged();
    }

    private static InvalidDataException Damaged() => new("Compressed JSON in the database cannot be read: its bytes are damaged.");
}

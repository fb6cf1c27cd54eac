using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// JSON that no statement looks into, as a column keeps it: compressed bytes where that is shorter, else the text itself. Its first byte tells which, since
/// no JSON begins with it; so rows from before are read as well.
/// </summary>
/// <remarks>Compressed: the mark, the length of the text in four bytes, the lowest first, then Brotli.</remarks>
internal static class CompressedJson
{
    /// <summary>Longest text that is made from a row, in bytes. More than a burst can write.</summary>
    public const int MaximumLength = 256 * 1024 * 1024;

    // About 8 µs for 2 KB, a hundredth of a step; higher ones save little more.
    private const int Quality = 1;
    private const int Window = 18;

    private const byte BrotliMark = 1;
    private const int HeaderLength = 1 + sizeof(int);

    // Shorter texts gain less than they cost.
    private const int ShortestWorthwhile = 256;

    /// <summary>What to store of a text.</summary>
    /// <returns>An argument of a statement: bytes, or <see cref="Utf8Text"/>.</returns>
    public static object ToArgument(ReadOnlyMemory<byte> json)
    {
        if (json.Length is < ShortestWorthwhile or > MaximumLength)
            return new Utf8Text(json);

        var buffer = ArrayPool<byte>.Shared.Rent(json.Length);
        try
        {
            var room = buffer.AsSpan(0, json.Length);
            if (!BrotliEncoder.TryCompress(json.Span, room[HeaderLength..], out var length, Quality, Window))
                return new Utf8Text(json);

            buffer[0] = BrotliMark;
            BinaryPrimitives.WriteInt32LittleEndian(room[1..], json.Length);
            return room[..(HeaderLength + length)].ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The text of a row, in UTF-8.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static ReadOnlyMemory<byte> Read(byte[] stored)
    {
        if (stored is not [BrotliMark, ..])
            return stored;

        var length = stored.Length < HeaderLength ? -1 : BinaryPrimitives.ReadInt32LittleEndian(stored.AsSpan(1));
        if (length is < 0 or > MaximumLength)
            throw Damaged();

        var json = new byte[length];
        return BrotliDecoder.TryDecompress(stored.AsSpan(HeaderLength), json, out var written) && written == length ? json : throw Damaged();
    }

    private static InvalidDataException Damaged() => new("Compressed JSON in the database cannot be read: its bytes are damaged.");
}

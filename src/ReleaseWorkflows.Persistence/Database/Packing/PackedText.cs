using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace ReleaseWorkflows.Persistence.Database.Packing;

/// <summary>
/// Compresses short JSON of the platform: a kilobyte or two of which most is the same in every row. General compressors begin each row knowing nothing; this
/// one knows <see cref="PackedTextDictionary"/>, and how often characters are what they are (<see cref="PackedTextCode"/>). 2 KB take a few microseconds.
/// </summary>
/// <remarks>
/// <para>
/// The form is that of Deflate with a dictionary and a fixed code: the length of the text (seven bits in each byte, the lowest first, the highest bit says that
/// more follow), then symbols, the first bit in the lowest place. A symbol is a printable ASCII character, a run of other bytes (six bits: how many, less one;
/// then the bytes), or the repetition of bytes that were there before: its length, then their place.
/// </para>
/// <para>
/// A place is where the last repetition from the dictionary ended (no bits), up to 64 bytes behind that (6 bits), anywhere in the dictionary (14 bits), or a
/// distance back in the text (4 bits: how many bits follow; then those). JSON is written in the order of the dictionary, so most places need no bits.
/// </para>
/// </remarks>
internal static class PackedText
{
    /// <summary>Longest text; distances back are told in 16 bits.</summary>
    public const int MaximumLength = ushort.MaxValue;

    internal const int FirstCharacter = ' ';
    internal const int Characters = '~' - ' ' + 1;
    internal const int RunOfOthers = Characters;
    internal const int FirstRepetition = Characters + 1;
    internal const int LengthClasses = 16;
    internal const int Symbols = FirstRepetition + (LengthClasses * 4);

    private const int AfterLast = 0;
    private const int NearLast = 1;
    private const int InDictionary = 2;
    private const int Back = 3;

    private const int ShortestRepetition = 3;
    private const uint ShortestMask = 0x00FF_FFFF;
    private const int Near = 64;
    private const int NearBits = 6;
    private const int DictionaryBits = 14;
    private const int BackClassBits = 4;
    private const int LongestRun = 64;
    private const int RunBits = 6;

    // What a character and the symbol of a repetition cost on average, in bits.
    private const int CharacterCost = 5;
    private const int RepetitionCost = 6;
    private const int LongEnough = 24;

    private const int Hashed = 4;
    private const int SeenBits = 11;
    private const int HeadBits = 14;
    private const int MostCandidates = 8;

    private static readonly byte[] Dictionary = PackedTextDictionary.Create();
    private static readonly PackedTextCode Code = PackedTextCode.Fixed;
    private static readonly ushort[] Heads = new ushort[1 << HeadBits];
    private static readonly ushort[] Links = Link();

    /// <summary>Packs a text.</summary>
    /// <param name="text">Any bytes; what gets short is the JSON of the platform.</param>
    /// <param name="room">Where to write.</param>
    /// <param name="length">Bytes written.</param>
    /// <returns>False if there is not room enough, or the text is too long.</returns>
    public static bool TryPack(ReadOnlySpan<byte> text, Span<byte> room, out int length)
    {
        length = 0;
        if (text.Length > MaximumLength)
            return false;

        var writer = new BitWriter(room);
        WriteLength(ref writer, text.Length);
        Span<ushort> seen = stackalloc ushort[1 << SeenBits];
        seen.Clear();
        var last = 0;
        var expected = ReadDictionary(last);
        var others = 0;
        for (var at = 0; at < text.Length && !writer.IsFull;)
        {
            var found = default(Repetition);
            if (at + Hashed <= text.Length)
            {
                var first = BinaryPrimitives.ReadUInt32LittleEndian(text[at..]);
                var hash = HashOf(first);
                ref var seenHere = ref seen[hash >> (HeadBits - SeenBits)];
                var before = seenHere - 1;
                seenHere = (ushort)(at + 1);
                if (before >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(text[before..]) != first)
                    before = -1;
                // Most characters that are not repeated are found out here.
                if (before >= 0 || Heads[hash] > 0 || ((first ^ expected) & ShortestMask) == 0)
                    found = FindRepetition(text, at, last, before, hash);
            }

            if (others > 0 && (found.Length > 0 || others == LongestRun || IsCharacter(text[at])))
            {
                WriteOthers(ref writer, text.Slice(at - others, others));
                others = 0;
            }

            if (found.Length > 0)
            {
                WriteRepetition(ref writer, found, at, last);
                at += found.Length;
                if (found.Kind != Back)
                {
                    last = found.Place + found.Length;
                    expected = ReadDictionary(last);
                }
            }
            else if (IsCharacter(text[at]))
            {
                WriteSymbol(ref writer, text[at++] - FirstCharacter);
            }
            else
            {
                (at, others) = (at + 1, others + 1);
            }
        }

        if (others > 0)
            WriteOthers(ref writer, text[^others..]);
        return writer.TryFinish(out length);
    }

    /// <summary>The text that was packed.</summary>
    /// <returns>False if the bytes are damaged.</returns>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, [NotNullWhen(true)] out byte[]? text)
    {
        text = null;
        var reader = new BitReader(packed);
        if (!TryReadLength(ref reader, out var length))
            return false;

        var unpacked = new byte[length];
        var last = 0;
        for (var at = 0; at < length;)
        {
            var symbol = Code.Read(ref reader);
            if (symbol < Characters)
            {
                unpacked[at++] = (byte)(symbol + FirstCharacter);
            }
            else if (symbol == RunOfOthers)
            {
                var count = reader.Read(RunBits) + 1;
                if (count > length - at)
                    return false;
                while (count-- > 0)
                    unpacked[at++] = (byte)reader.Read(8);
            }
            else if (!TryRepeat(ref reader, symbol - FirstRepetition, unpacked, ref at, ref last))
            {
                return false;
            }

            if (reader.IsBeyondEnd)
                return false;
        }

        if (!reader.IsAtEnd)
            return false;
        text = unpacked;
        return true;
    }

    private static bool TryRepeat(ref BitReader reader, int symbol, Span<byte> unpacked, ref int at, ref int last)
    {
        var length = ReadRepetitionLength(ref reader, symbol % LengthClasses);
        if (length > unpacked.Length - at)
            return false;

        var kind = symbol / LengthClasses;
        if (kind == Back)
        {
            var bits = reader.Read(BackClassBits);
            var distance = (1 << bits) + reader.Read(bits);
            if (distance > at)
                return false;
            // What is repeated may reach into itself, so byte by byte.
            for (var end = at + length; at < end; at++)
                unpacked[at] = unpacked[at - distance];
            return true;
        }

        var place = kind switch
        {
            AfterLast => last,
            NearLast => last + 1 + reader.Read(NearBits),
            _ => reader.Read(DictionaryBits),
        };
        if (place + length > Dictionary.Length)
            return false;
        Dictionary.AsSpan(place, length).CopyTo(unpacked[at..]);
        at += length;
        last = place + length;
        return true;
    }

    private static Repetition FindRepetition(ReadOnlySpan<byte> text, int at, int last, int before, int hash)
    {
        var rest = text[at..];
        var best = default(Repetition);
        var gain = 0;
        if (rest.CommonPrefixLength(Dictionary.AsSpan(last)) is >= ShortestRepetition and var following)
        {
            (best, gain) = (new Repetition(AfterLast, last, following), Gain(following, 0));
            if (following >= LongEnough)
                return best;
        }

        var first = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        for (int place = Heads[hash] - 1, tried = 0; place >= 0 && tried < MostCandidates; place = Links[place] - 1, tried++)
        {
            if (ReadDictionary(place) != first)
                continue;
            var length = rest.CommonPrefixLength(Dictionary.AsSpan(place));
            var isNear = place > last && place <= last + Near;
            if (Gain(length, isNear ? NearBits : DictionaryBits) is var gained && gained > gain)
                (best, gain) = (new Repetition(isNear ? NearLast : InDictionary, place, length), gained);
        }

        if (before >= 0)
        {
            var length = rest.CommonPrefixLength(text[before..]);
            if (Gain(length, BackClassBits + BitOperations.Log2((uint)(at - before))) > gain)
                best = new Repetition(Back, before, length);
        }

        return best;

        static int Gain(int length, int placeBits) => (length * CharacterCost) - RepetitionCost - placeBits;
    }

    // Beyond the end there is nothing that JSON has.
    private static uint ReadDictionary(int place) =>
        place <= Dictionary.Length - Hashed ? BinaryPrimitives.ReadUInt32LittleEndian(Dictionary.AsSpan(place)) : 0;

    private static void WriteRepetition(ref BitWriter writer, Repetition found, int at, int last)
    {
        var (lengthClass, extra, bits) = ClassOf(found.Length);
        var symbol = FirstRepetition + (found.Kind * LengthClasses) + lengthClass;
        WriteSymbol(ref writer, symbol);
        writer.Write((uint)extra, bits);
        switch (found.Kind)
        {
            case NearLast:
                writer.Write((uint)(found.Place - last - 1), NearBits);
                break;
            case InDictionary:
                writer.Write((uint)found.Place, DictionaryBits);
                break;
            case Back:
                var distance = at - found.Place;
                var distanceBits = BitOperations.Log2((uint)distance);
                writer.Write((uint)distanceBits, BackClassBits);
                writer.Write((uint)(distance - (1 << distanceBits)), distanceBits);
                break;
            default:
                break;
        }
    }

    // Lengths from 3 to 10 each by themselves, then 2, 4, 8, 16, 32, 64 and 256 of them together, then all others.
    private static (int Class, int Extra, int Bits) ClassOf(int length) => length switch
    {
        < 11 => (length - ShortestRepetition, 0, 0),
        < 13 => (8, length - 11, 1),
        < 17 => (9, length - 13, 2),
        < 25 => (10, length - 17, 3),
        < 41 => (11, length - 25, 4),
        < 73 => (12, length - 41, 5),
        < 137 => (13, length - 73, 6),
        < 393 => (14, length - 137, 8),
        _ => (15, length - 393, 16),
    };

    private static int ReadRepetitionLength(ref BitReader reader, int lengthClass) => lengthClass switch
    {
        < 8 => lengthClass + ShortestRepetition,
        8 => 11 + reader.Read(1),
        9 => 13 + reader.Read(2),
        10 => 17 + reader.Read(3),
        11 => 25 + reader.Read(4),
        12 => 41 + reader.Read(5),
        13 => 73 + reader.Read(6),
        14 => 137 + reader.Read(8),
        _ => 393 + reader.Read(16),
    };

    private static void WriteOthers(ref BitWriter writer, ReadOnlySpan<byte> others)
    {
        WriteSymbol(ref writer, RunOfOthers);
        writer.Write((uint)(others.Length - 1), RunBits);
        foreach (var other in others)
            writer.Write(other, 8);
    }

    private static void WriteLength(ref BitWriter writer, int length)
    {
        for (; length > 0x7F; length >>= 7)
            writer.Write((uint)(length & 0x7F) | 0x80, 8);
        writer.Write((uint)length, 8);
    }

    private static bool TryReadLength(ref BitReader reader, out int length)
    {
        length = 0;
        for (var shift = 0; shift < 21; shift += 7)
        {
            var part = reader.Read(8);
            length |= (part & 0x7F) << shift;
            if (part < 0x80)
                return length <= MaximumLength && !reader.IsBeyondEnd;
        }

        return false;
    }

    private static void WriteSymbol(ref BitWriter writer, int symbol) => Code.Write(ref writer, symbol);

    private static bool IsCharacter(byte value) => value is >= (byte)' ' and <= (byte)'~';

    private static int HashOf(uint four) => (int)(four * 2654435761u >> (32 - HeadBits));

    // The places of the dictionary by what stands there, the last first.
    private static ushort[] Link()
    {
        var links = new ushort[Dictionary.Length];
        for (var place = 0; place + Hashed <= Dictionary.Length; place++)
        {
            ref var head = ref Heads[HashOf(ReadDictionary(place))];
            links[place] = head;
            head = (ushort)(place + 1);
        }

        return links;
    }

    /// <param name="Kind">How the place is told.</param>
    /// <param name="Place">Where the bytes are: in the dictionary, or in the text.</param>
    /// <param name="Length">How many; 0: nothing is repeated.</param>
    private readonly record struct Repetition(int Kind, int Place, int Length);
}

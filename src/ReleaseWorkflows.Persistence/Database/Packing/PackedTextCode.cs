namespace ReleaseWorkflows.Persistence.Database.Packing;

/// <summary>A prefix code for the symbols of <see cref="PackedText"/>: symbols that are frequent have few bits.</summary>
internal sealed class PackedTextCode
{
    // The longest code, and so the size of the table that reads one at a glance.
    private const int Longest = 12;

    // Bits of each symbol, a for 1, b for 2 and so on. As frequent as they are in states, records, releases and logs; like the dictionary it may never change.
    private const string FixedLengths =
        "glhllllllllljggidddeeeedeeglllllkhiiiiijjjjjjjjijjjjhjjjjjjlljljldeeedehhgihhhghhighghiiihillhlklllhllklighhjklllillllljkiiikkllllghhhhhhggfhiillhhjjjkijighhill";

    private const int LengthBits = 4;

    // By symbol: its bits and, below them, how many; by the next bits of a text: the symbol they begin with and, below it, how many of them are its.
    private readonly uint[] _codes;
    private readonly ushort[] _symbols;

    private PackedTextCode(byte[] lengths)
    {
        _codes = new uint[lengths.Length];
        _symbols = new ushort[1 << Longest];
        // Symbols of the same length have consecutive codes, in their order; the first bit is the highest, as a table needs it that is read from the lowest.
        var code = 0;
        for (var length = 1; length <= Longest; length++, code <<= 1)
        {
            for (var symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] == length)
                    Assign(symbol, length, Reverse(code++, length));
            }
        }

        if (code != 1 << (Longest + 1))
            throw new ArgumentException("The lengths are not those of a complete prefix code.", nameof(lengths));
    }

    public static PackedTextCode Fixed { get; } = new([.. FixedLengths.Select(length => (byte)(length - 'a' + 1))]);

    /// <summary>Writes a symbol.</summary>
    public void Write(ref BitWriter writer, int symbol)
    {
        var code = _codes[symbol];
        writer.Write(code >> LengthBits, (int)(code & 0xF));
    }

    /// <summary>The next symbol.</summary>
    public int Read(ref BitReader reader)
    {
        var found = _symbols[reader.Peek(Longest)];
        reader.Skip(found & 0xF);
        return found >> LengthBits;
    }

    private void Assign(int symbol, int length, int bits)
    {
        _codes[symbol] = (uint)((bits << LengthBits) | length);
        for (var place = bits; place < _symbols.Length; place += 1 << length)
            _symbols[place] = (ushort)((symbol << LengthBits) | length);
    }

    private static int Reverse(int bits, int count)
    {
        var reversed = 0;
        for (var i = 0; i < count; i++)
            reversed |= ((bits >> i) & 1) << (count - 1 - i);
        return reversed;
    }
}

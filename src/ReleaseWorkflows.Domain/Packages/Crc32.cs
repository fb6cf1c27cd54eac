namespace ReleaseWorkflows.Domain.Packages;

/// <summary>
/// The checksum of zip files (CRC-32 of ISO 3309). The zip reader of the framework does not compare it, so the package reader does.
/// </summary>
internal struct Crc32()
{
    private static readonly uint[] Table = BuildTable();

    private uint _remainder = uint.MaxValue;

    /// <summary>The checksum of everything appended so far.</summary>
    public readonly uint Value => ~_remainder;

    /// <summary>Goes on with these bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var remainder = _remainder;
        foreach (var value in bytes)
        {
            remainder = Table[(byte)(remainder ^ value)] ^ (remainder >> 8);
        }

        _remainder = remainder;
    }

    private static uint[] BuildTable()
    {
        const uint Polynomial = 0xEDB88320;
        var table = new uint[256];
        for (var index = 0u; index < table.Length; index++)
        {
            var remainder = index;
            for (var bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) == 0 ? remainder >> 1 : (remainder >> 1) ^ Polynomial;
            }

            table[index] = remainder;
        }

        return table;
    }
}

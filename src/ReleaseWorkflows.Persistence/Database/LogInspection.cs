using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// Looks for damage in the middle of a write-ahead log. SQLite ends a log at the first frame that is not whole and says nothing about those behind it: at the torn
/// end that a power failure leaves, where nothing was confirmed, and just so where a disk has damaged what was. The two differ in what lies behind.
/// </summary>
/// <remarks>
/// <para>
/// A commit that waits for the disk (<c>synchronous=FULL</c>) does so before the next one writes anything. So a whole frame of a <em>later</em> transaction
/// proves that the broken one was complete on the disk, and confirmed. Damage inside the last transaction of a log cannot be told from a torn end.
/// </para>
/// <para>
/// Each frame carries the sum of everything before it (see "WAL File Format" in SQLite's documentation). A frame behind the damage is whole if its sum follows
/// from the sum that the frame before it carries. What a longer transaction left behind that was rolled back, or an earlier round of the log, does not follow.
/// </para>
/// <para>
/// Without its head a log is ended before it begins. That is a new head that was torn, in front of frames of an earlier round, if the database holds them already.
/// </para>
/// </remarks>
internal static class LogInspection
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;
    private const uint Magic = 0x377f0682;
    private const uint Version = 3_007_000;
    private const int UsualPageSize = 4096;

    // By how many pages a database grows in one transaction at most, for the purpose of telling sizes from rubbish.
    private const uint MostGrowth = 10_000;

    /// <summary>Walks a log to its end. Reads only.</summary>
    /// <param name="log">The log, from its beginning.</param>
    /// <param name="database">The database that it belongs to.</param>
    /// <returns>What is lost; null if nothing is.</returns>
    public static LogDamage? Find(Stream log, Stream database)
    {
        var header = new byte[HeaderSize];
        if (log.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize)
            return null;

        var isHeaderWhole = ReadHeader(header, out var sum, out var pageSize);
        var frame = new byte[FrameHeaderSize + pageSize];
        var salt = isHeaderWhole ? BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(16)) : 0;
        var (before, wasCommit, size, broken, transactions, isLost) = (sum.Last, false, 0u, isHeaderWhole ? 0 : -1, 0, false);
        for (var number = 1; log.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; number++)
        {
            var ownSalt = BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(8));
            if (!isHeaderWhole && number == 1)
                salt = ownSalt;
            var isOfThisRound = ownSalt == salt;
            var isWhole = isOfThisRound && sum.Of(frame, before) == BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(16));
            if (broken == 0 && !isWhole)
                broken = number;
            // The last frame of a transaction tells the size of the database.
            var newSize = isOfThisRound ? BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) : 0;
            if (broken != 0 && isWhole)
            {
                isLost |= wasCommit;
                transactions += newSize == 0 ? 0 : 1;
            }

            // What is broken may tell anything; a size that follows from the one before is believed.
            wasCommit = broken != 0 && newSize != 0 && (isWhole || (number == broken && size != 0 && newSize - size < MostGrowth));
            if (isWhole && newSize != 0)
                size = newSize;
            before = BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(16));
        }

        if (!isLost || (!isHeaderWhole && Holds(database, log, salt, pageSize)))
            return null;
        return new LogDamage(salt, Math.Max(broken, 0), Math.Max(transactions, 1));
    }

    // True if each page that the log has last is the one of the database.
    private static bool Holds(Stream database, Stream log, ulong salt, int pageSize)
    {
        var (frame, page) = (new byte[FrameHeaderSize + pageSize], new byte[pageSize]);
        var last = new Dictionary<uint, long>();
        log.Position = HeaderSize;
        for (var at = log.Position; log.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; at = log.Position)
        {
            if (BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(8)) == salt)
                last[BinaryPrimitives.ReadUInt32BigEndian(frame)] = at;
        }

        foreach (var (number, at) in last)
        {
            (log.Position, database.Position) = (at, (number - 1L) * pageSize);
            log.ReadExactly(frame);
            if (database.ReadAtLeast(page, pageSize, throwOnEndOfStream: false) < pageSize || !page.AsSpan().SequenceEqual(frame.AsSpan(FrameHeaderSize)))
                return false;
        }

        return true;
    }

    private static bool ReadHeader(ReadOnlySpan<byte> header, out LogSum sum, out int pageSize)
    {
        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        var size = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        sum = new LogSum(IsBigEndian: magic == (Magic | 1), Last: BinaryPrimitives.ReadUInt64BigEndian(header[24..]));
        var isWhole = (magic & ~1u) == Magic
            && BinaryPrimitives.ReadUInt32BigEndian(header[4..]) == Version
            && size is >= 512 and <= 65_536 && uint.IsPow2(size)
            && sum.Of(header[..24], 0) == sum.Last;
        pageSize = isWhole ? (int)size : UsualPageSize;
        return isWhole;
    }

    /// <summary>The running sum of a log: two numbers of 32 bits, here the upper and the lower half of one.</summary>
    private readonly record struct LogSum(bool IsBigEndian, ulong Last)
    {
        // A frame counts with the first 8 bytes of its header, and with its page.
        public ulong Of(byte[] frame, ulong before) => Of(frame.AsSpan(FrameHeaderSize), Of(frame.AsSpan(0, 8), before));

        public ulong Of(ReadOnlySpan<byte> bytes, ulong before)
        {
            var (first, second) = ((uint)(before >> 32), (uint)before);
            var words = MemoryMarshal.Cast<byte, uint>(bytes);
            var isForeign = IsBigEndian == BitConverter.IsLittleEndian;
            for (var i = 0; i + 1 < words.Length; i += 2)
            {
                first += (isForeign ? BinaryPrimitives.ReverseEndianness(words[i]) : words[i]) + second;
                second += (isForeign ? BinaryPrimitives.ReverseEndianness(words[i + 1]) : words[i + 1]) + first;
            }

            return ((ulong)first << 32) | second;
        }
    }
}

/// <summary>What is lost behind the damage of a log.</summary>
/// <param name="Salt">What the log is known by.</param>
/// <param name="Frame">The first broken frame, from 1; 0: the head of the log.</param>
/// <param name="Transactions">Transactions behind it that are whole and that SQLite passes over; there may be more.</param>
internal sealed record LogDamage(ulong Salt, int Frame, int Transactions);

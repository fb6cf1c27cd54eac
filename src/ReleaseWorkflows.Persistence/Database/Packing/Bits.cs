using System.Buffers.Binary;

namespace ReleaseWorkflows.Persistence.Database.Packing;

/// <summary>Writes bits, the first in the lowest place.</summary>
internal ref struct BitWriter(Span<byte> room)
{
    private readonly Span<byte> _room = room;
    private ulong _pending;
    private int _pendingBits;
    private int _written;

    /// <summary>True once something did not fit; what follows is dropped.</summary>
    public bool IsFull { get; private set; }

    /// <param name="bits">The bits; those beyond <paramref name="count"/> are 0.</param>
    /// <param name="count">How many, at most 32.</param>
    public void Write(uint bits, int count)
    {
        _pending |= (ulong)bits << _pendingBits;
        _pendingBits += count;
        if (_pendingBits < 32)
            return;
        if (_room.Length - _written < sizeof(uint))
        {
            IsFull = true;
            _pendingBits = 0;
            return;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(_room[_written..], (uint)_pending);
        _written += sizeof(uint);
        _pending >>= 32;
        _pendingBits -= 32;
    }

    /// <summary>Writes what is left, filled up with zeros to a whole byte.</summary>
    /// <returns>False if something did not fit.</returns>
    public bool TryFinish(out int length)
    {
        for (; !IsFull && _pendingBits > 0; _pendingBits -= 8, _pending >>= 8)
        {
            if (_written == _room.Length)
                IsFull = true;
            else
                _room[_written++] = (byte)_pending;
        }

        length = _written;
        return !IsFull;
    }
}

/// <summary>Reads bits that <see cref="BitWriter"/> wrote. Beyond the end there are zeros.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private ulong _ahead;
    private int _aheadBits;
    private int _next;

    /// <summary>True if more was read than there is.</summary>
    public readonly bool IsBeyondEnd => _aheadBits < 0;

    /// <summary>True if nothing is left but what fills up the last byte.</summary>
    public readonly bool IsAtEnd => _next == _bytes.Length && _aheadBits is >= 0 and < 8 && _ahead == 0;

    /// <summary>The next bits without passing them.</summary>
    /// <param name="count">How many, at most 32.</param>
    public int Peek(int count)
    {
        if (_aheadBits < count)
            Fill();
        return (int)(_ahead & ((1UL << count) - 1));
    }

    /// <summary>Passes bits that were peeked at.</summary>
    public void Skip(int count)
    {
        _ahead >>= count;
        _aheadBits -= count;
    }

    /// <summary>Reads the next bits, at most 31.</summary>
    public int Read(int count)
    {
        var bits = Peek(count);
        Skip(count);
        return bits;
    }

    private void Fill()
    {
        if (_aheadBits < 0)
            return;
        if (_bytes.Length - _next >= sizeof(uint) && _aheadBits <= 32)
        {
            _ahead |= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(_bytes[_next..]) << _aheadBits;
            _next += sizeof(uint);
            _aheadBits += 32;
            return;
        }

        for (; _next < _bytes.Length && _aheadBits <= 56; _aheadBits += 8)
            _ahead |= (ulong)_bytes[_next++] << _aheadBits;
    }
}

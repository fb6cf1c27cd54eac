namespace ReleaseWorkflows.Server.Pilot;

/// <summary>Reads a file forwards, shows its first bytes beforehand and stops when it is too large.</summary>
internal sealed class TesterFileStream : Stream
{
    private const int StartLength = 8;
    private readonly Stream _content;
    private readonly byte[] _start;
    private readonly long _maxBytes;
    private int _startTaken;
    private long _taken;

    public TesterFileStream(Stream content, long maxBytes)
    {
        _content = content;
        _maxBytes = maxBytes;
        var start = new byte[StartLength];
        _start = start[..content.ReadAtLeast(start, StartLength, throwOnEndOfStream: false)];
    }

    /// <summary>The first bytes, at most eight. They are read again as part of the content.</summary>
    public ReadOnlySpan<byte> Start => _start;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _taken;
        set => throw new NotSupportedException();
    }

    /// <exception cref="TesterFileTooLargeException">More bytes than allowed were read.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _start.Length - _startTaken);
        if (count > 0)
        {
            _start.AsSpan(_startTaken, count).CopyTo(buffer);
            _startTaken += count;
        }
        else
        {
            count = _content.Read(buffer);
        }

        _taken += count;
        return _taken <= _maxBytes ? count : throw new TesterFileTooLargeException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Ends the reading of a file that is too large. Does not leave <see cref="TesterFile"/>.</summary>
internal sealed class TesterFileTooLargeException : Exception;

namespace ReleaseWorkflows.Faults.Tests.PowerLoss;

/// <summary>
/// What a disk holds of one file: everything up to the last time somebody waited for the disk for certain, and of what was written since then any
/// part, in any order, torn anywhere.
/// </summary>
internal sealed class FileImage
{
    private const int Sector = 512;

    private readonly List<Change> _unconfirmed = [];
    private byte[] _content = [];
    private int _length;

    public FileImage(string path)
    {
        if (!File.Exists(path))
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _length = (int)file.Length;
        _content = new byte[_length];
        file.ReadExactly(_content);
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes) => _unconfirmed.Add(new Change((int)offset, bytes.ToArray(), 0));

    public void Truncate(long length) => _unconfirmed.Add(new Change(-1, [], (int)length));

    /// <summary>Somebody waited for the disk.</summary>
    public void Sync()
    {
        foreach (var change in _unconfirmed)
            Apply(ref _content, ref _length, change, change.Bytes.Length);
        _unconfirmed.Clear();
    }

    /// <summary>What is found after the power went, one of many possibilities.</summary>
    public byte[] Cut(Random random)
    {
        var (content, length) = ((byte[])_content.Clone(), _length);
        switch (random.Next(4))
        {
            case 0:
                // Nothing that was not waited for.
                break;
            case 1:
                // Everything up to some byte.
                var last = random.Next(_unconfirmed.Count + 1);
                for (var i = 0; i < last; i++)
                    Apply(ref content, ref length, _unconfirmed[i], _unconfirmed[i].Bytes.Length);
                if (last < _unconfirmed.Count)
                    Apply(ref content, ref length, _unconfirmed[last], random.Next(_unconfirmed[last].Bytes.Length + 1));
                break;
            case 2:
                // Any of it, each piece whole or torn at a sector.
                foreach (var change in _unconfirmed.Where(_ => random.Next(2) == 0))
                    Apply(ref content, ref length, change, random.Next(3) == 0 ? Math.Min(change.Bytes.Length, Sector * random.Next(9)) : change.Bytes.Length);
                break;
            default:
                // All of it, and rubbish in the last piece.
                foreach (var change in _unconfirmed)
                    Apply(ref content, ref length, change, change.Bytes.Length);
                if (_unconfirmed.Count > 0 && _unconfirmed[^1] is { Bytes.Length: > 0 } torn)
                {
                    var from = torn.Offset + random.Next(torn.Bytes.Length);
                    random.NextBytes(content.AsSpan(from, torn.Offset + torn.Bytes.Length - from));
                }
                break;
        }
        return content[..length];
    }

    private static void Apply(ref byte[] content, ref int length, Change change, int count)
    {
        if (change.Offset < 0)
        {
            length = change.Length;
            return;
        }
        var end = change.Offset + count;
        if (end > content.Length)
            Array.Resize(ref content, Math.Max(end, content.Length * 2));
        // What lies between the old end and this piece reads as zero.
        if (change.Offset > length)
            Array.Clear(content, length, change.Offset - length);
        change.Bytes.AsSpan(0, count).CopyTo(content.AsSpan(change.Offset));
        length = Math.Max(length, end);
    }

    /// <summary>A piece that was written, or (offset -1) a new length.</summary>
    private readonly record struct Change(int Offset, byte[] Bytes, int Length);
}

using System.Globalization;
using System.Text;

namespace ReleaseWorkflows.Server.Tests.Qr;

/// <summary>
/// Reads an undamaged QR code of versions 1 to 10 and level M from its modules, by ISO/IEC 18004 and independently of what drew it.
/// </summary>
internal sealed class QrReader
{
    // Level M: error correction bytes per block, then the number of data bytes of each block.
    private static readonly (int Correction, int[] Blocks)[] BlocksByVersion =
    [
        (10, [16]), (16, [28]), (26, [44]), (18, [32, 32]), (24, [43, 43]), (16, [27, 27, 27, 27]), (18, [31, 31, 31, 31]),
        (22, [38, 38, 39, 39]), (22, [36, 36, 36, 37, 37]), (26, [43, 43, 43, 43, 44]),
    ];

    private static readonly int[][] AlignmentByVersion =
        [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];

    private readonly bool[,] _modules;
    private readonly int _size;
    private readonly int _version;

    private QrReader(bool[,] modules)
    {
        _modules = modules;
        _size = modules.GetLength(0);
        _version = (_size - 17) / 4;
        Assert.InRange(_version, 1, 10);
    }

    /// <summary>Reads a picture: pixels that are true are dark. Checks the quiet zone and that modules are whole pixels.</summary>
    public static string ReadPixels(bool[,] pixels)
    {
        var width = pixels.GetLength(0);
        Assert.Equal(width, pixels.GetLength(1));
        var quiet = Enumerable.Range(0, width).First(index => pixels[index, index]);
        var finder = Enumerable.Range(0, width).First(index => !pixels[quiet, quiet + index]);
        Assert.Equal(0, finder % 7);
        var pixelsPerModule = finder / 7;
        Assert.Equal(4 * pixelsPerModule, quiet);
        Assert.Equal(0, width % pixelsPerModule);

        var size = width / pixelsPerModule - 8;
        var modules = new bool[size, size];
        for (var y = 0; y < width; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (row, column) = (y / pixelsPerModule - 4, x / pixelsPerModule - 4);
                if (row < 0 || column < 0 || row >= size || column >= size)
                {
                    Assert.False(pixels[y, x], "The quiet zone is white.");
                }
                else if (y % pixelsPerModule == 0 && x % pixelsPerModule == 0)
                {
                    modules[row, column] = pixels[y, x];
                }
                else
                {
                    Assert.Equal(modules[row, column], pixels[y, x]);
                }
            }
        }

        return new QrReader(modules).Read();
    }

    private string Read()
    {
        var format = ReadFormat();
        Assert.Equal(0b00, format >> 13); // level M
        var mask = (format >> 10) & 0b111;
        return Decode(Deinterleave(ReadBytes(mask)));
    }

    private int ReadFormat()
    {
        var bits = 0;
        void Take(int row, int column) => bits = (bits << 1) | (_modules[row, column] ? 1 : 0);
        foreach (var column in (int[])[0, 1, 2, 3, 4, 5, 7, 8])
        {
            Take(8, column);
        }

        foreach (var row in (int[])[7, 5, 4, 3, 2, 1, 0])
        {
            Take(row, 8);
        }

        return bits ^ 0b101_0100_0001_0010;
    }

    private bool IsFunction(int row, int column)
    {
        if (row == 6 || column == 6 || (row < 9 && (column < 9 || column >= _size - 8)) || (row >= _size - 8 && column < 9))
        {
            return true;
        }

        if (_version >= 7 && ((row < 6 && column >= _size - 11) || (column < 6 && row >= _size - 11)))
        {
            return true;
        }

        var centres = AlignmentByVersion[_version - 1];
        return centres.Any(y => centres.Any(x => !IsFinder(y, x) && Math.Abs(row - y) <= 2 && Math.Abs(column - x) <= 2));
    }

    private bool IsFinder(int row, int column) => (row == 6 || column == 6) && (row, column) switch
    {
        (6, 6) => true,
        (6, _) => column == _size - 7,
        _ => row == _size - 7,
    };

    private List<byte> ReadBytes(int mask)
    {
        var bytes = new List<byte>();
        var (value, count, upwards) = (0, 0, true);
        for (var right = _size - 1; right > 0; right -= 2)
        {
            if (right == 6)
            {
                right--;
            }

            for (var step = 0; step < _size; step++)
            {
                var row = upwards ? _size - 1 - step : step;
                foreach (var column in (int[])[right, right - 1])
                {
                    if (IsFunction(row, column))
                    {
                        continue;
                    }

                    value = (value << 1) | (_modules[row, column] ^ IsMasked(mask, row, column) ? 1 : 0);
                    if (++count == 8)
                    {
                        bytes.Add((byte)value);
                        (value, count) = (0, 0);
                    }
                }
            }

            upwards = !upwards;
        }

        return bytes;
    }

    private static bool IsMasked(int mask, int row, int column) => mask switch
    {
        0 => (row + column) % 2 == 0,
        1 => row % 2 == 0,
        2 => column % 3 == 0,
        3 => (row + column) % 3 == 0,
        4 => (row / 2 + column / 3) % 2 == 0,
        5 => row * column % 2 + row * column % 3 == 0,
        6 => (row * column % 2 + row * column % 3) % 2 == 0,
        _ => ((row + column) % 2 + row * column % 3) % 2 == 0,
    };

    private byte[] Deinterleave(List<byte> bytes)
    {
        var (correction, sizes) = BlocksByVersion[_version - 1];
        Assert.Equal(sizes.Sum() + correction * sizes.Length, bytes.Count);
        var blocks = sizes.Select(_ => new List<byte>()).ToArray();
        var next = 0;
        for (var index = 0; index < sizes.Max(); index++)
        {
            for (var block = 0; block < sizes.Length; block++)
            {
                if (index < sizes[block])
                {
                    blocks[block].Add(bytes[next++]);
                }
            }
        }

        return [.. blocks.SelectMany(block => block)];
    }

    // A text may be drawn in several segments, for example its digits more densely than its letters.
    private string Decode(byte[] data)
    {
        const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
        var isSmall = _version < 10;
        var position = 0;
        int Take(int count)
        {
            var value = 0;
            for (; count > 0; count--, position++)
            {
                value = (value << 1) | ((data[position / 8] >> (7 - position % 8)) & 1);
            }

            return value;
        }

        var bytes = new List<byte>();
        void Add(string text) => bytes.AddRange(Encoding.ASCII.GetBytes(text));
        var encoding = Encoding.Latin1;
        while (data.Length * 8 - position >= 4)
        {
            switch (Take(4))
            {
                case 0b0000:
                    return encoding.GetString([.. bytes]);
                case 0b0001:
                    for (var left = Take(isSmall ? 10 : 12); left > 0; left -= 3)
                    {
                        var digits = Math.Min(left, 3);
                        Add(Take(1 + 3 * digits).ToString("D" + digits, CultureInfo.InvariantCulture));
                    }

                    break;
                case 0b0010:
                    for (var left = Take(isSmall ? 9 : 11); left > 0; left -= 2)
                    {
                        var pair = Take(left > 1 ? 11 : 6);
                        Add(left > 1 ? $"{Alphanumeric[pair / 45]}{Alphanumeric[pair % 45]}" : $"{Alphanumeric[pair]}");
                    }

                    break;
                case 0b0100:
                    for (var left = Take(isSmall ? 8 : 16); left > 0; left--)
                    {
                        bytes.Add((byte)Take(8));
                    }

                    break;
                case 0b0111:
                    Assert.Equal(26, Take(8)); // UTF-8
                    encoding = Encoding.UTF8;
                    break;
                case var mode:
                    Assert.Fail($"Mode {mode} is none that a text is drawn in here.");
                    break;
            }
        }

        return encoding.GetString([.. bytes]);
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ReleaseWorkflows.Server.Tests.Qr;

/// <summary>Reads the pixels of a PNG picture with a palette and one bit per pixel, which is how QR codes are drawn.</summary>
internal static class PngPicture
{
    private static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>True where a pixel is dark, by row and column.</summary>
    public static bool[,] Read(byte[] png)
    {
        Assert.Equal(Signature, png[..8]);
        int width = 0, height = 0;
        byte[] palette = [];
        var packed = new MemoryStream();
        for (var position = 8; position < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(position));
            var content = png.AsSpan(position + 8, length);
            switch (Encoding.ASCII.GetString(png, position + 4, 4))
            {
                case "IHDR":
                    width = BinaryPrimitives.ReadInt32BigEndian(content);
                    height = BinaryPrimitives.ReadInt32BigEndian(content[4..]);
                    Assert.Equal([1, 3, 0, 0, 0], content[8..].ToArray());
                    break;
                case "PLTE":
                    palette = content.ToArray();
                    break;
                case "IDAT":
                    packed.Write(content);
                    break;
            }

            position += 12 + length;
        }

        packed.Position = 0;
        using var rows = new ZLibStream(packed, CompressionMode.Decompress);
        var pixels = new bool[height, width];
        var stride = (width + 7) / 8;
        var previous = new byte[stride];
        for (var y = 0; y < height; y++)
        {
            var filter = rows.ReadByte();
            var row = new byte[stride];
            rows.ReadExactly(row);
            Unfilter(filter, row, previous);
            for (var x = 0; x < width; x++)
            {
                var colour = (row[x / 8] >> (7 - x % 8)) & 1;
                pixels[y, x] = palette[colour * 3] < 128;
            }

            previous = row;
        }

        return pixels;
    }

    private static void Unfilter(int filter, byte[] row, byte[] above)
    {
        for (var index = 0; index < row.Length; index++)
        {
            int left = index > 0 ? row[index - 1] : 0;
            int up = above[index];
            int corner = index > 0 ? above[index - 1] : 0;
            row[index] += (byte)(filter switch
            {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                4 => Paeth(left, up, corner),
                _ => throw new InvalidDataException($"Unknown filter {filter}."),
            });
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        var estimate = left + up - corner;
        var (toLeft, toUp, toCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - up), Math.Abs(estimate - corner));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }
}

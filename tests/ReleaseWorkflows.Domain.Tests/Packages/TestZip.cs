using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ReleaseWorkflows.Domain.Packages;

namespace ReleaseWorkflows.Domain.Tests.Packages;

/// <summary>Packs zip files in memory, honest and hostile ones.</summary>
internal sealed class TestZip
{
    public const string Manifest = """{ "pages": ["pages/index"] }""";

    private readonly List<(string Path, byte[] Content, int Attributes)> _entries = [];

    /// <summary>The smallest mini program that is accepted.</summary>
    public static TestZip Valid() =>
        new TestZip().With("app.json", Manifest).With("pages/index.js", "Page({})").With("pages/index.html", "<p></p>");

    public TestZip With(string path, string content = "x", int unixMode = 0) => With(path, Encoding.UTF8.GetBytes(content), unixMode);

    public TestZip With(string path, byte[] content, int unixMode = 0)
    {
        _entries.Add((path, content, unixMode << 16));
        return this;
    }

    public TestZip WithoutEntry(string path)
    {
        _entries.RemoveAll(entry => entry.Path == path);
        return this;
    }

    public byte[] ToBytes()
    {
        var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content, attributes) in _entries)
            {
                var entry = zip.CreateEntry(path);
                entry.ExternalAttributes = attributes;
                using var target = entry.Open();
                target.Write(content);
            }
        }

        return buffer.ToArray();
    }

    public PackageReadResult Read(PackageLimits? limits = null) => PackageArchive.Read(new MemoryStream(ToBytes()), limits);

    /// <summary>Overwrites a field of one entry's header in the central directory (offsets as in the zip specification).</summary>
    public static byte[] PatchDirectory(byte[] zip, string path, int offset, uint value, int size)
    {
        var name = Encoding.UTF8.GetBytes(path);
        ReadOnlySpan<byte> signature = [0x50, 0x4B, 0x01, 0x02];
        for (var position = zip.AsSpan().IndexOf(signature); position < zip.Length - 46; position++)
        {
            if (zip.AsSpan(position).StartsWith(signature) && zip.AsSpan(position + 46).StartsWith(name))
            {
                var field = zip.AsSpan(position + offset, size);
                if (size == 2)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)value);
                }
                else
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(field, value);
                }

                return zip;
            }
        }

        throw new ArgumentException("There is no such entry.", nameof(path));
    }
}

using System.IO.Compression;
using System.Security.Cryptography;

namespace ReleaseWorkflows.Server.FrontEnd;

/// <summary>One file for the browser, with what has to be said about it. Content never changes while the server runs, so everything is computed once, at first use.</summary>
internal sealed class FrontEndFile
{
    private readonly string _path;
    private readonly Lazy<string> _digest;
    private readonly Lazy<FrontEndContent> _plain;
    private readonly Lazy<FrontEndContent?> _brotli;
    private readonly Lazy<FrontEndContent?> _gzip;

    /// <param name="path">Where it is.</param>
    /// <param name="contentType">What it is.</param>
    /// <param name="isNamedByContent">Another content would have another name.</param>
    public FrontEndFile(string path, string contentType, bool isNamedByContent = false)
    {
        _path = path;
        ContentType = contentType;
        IsNamedByContent = isNamedByContent;
        _digest = new Lazy<string>(() => Digest(path));
        _plain = new Lazy<FrontEndContent>(() => new FrontEndContent(null, path, null, $"\"{_digest.Value}\""));
        _brotli = new Lazy<FrontEndContent?>(() => Compress("br", ".br", stream => new BrotliStream(stream, CompressionLevel.Optimal, leaveOpen: true)));
        _gzip = new Lazy<FrontEndContent?>(() => Compress("gzip", ".gz", stream => new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true)));
    }

    /// <summary>The media type, with a character set where there is one.</summary>
    public string ContentType { get; }

    /// <summary>The name holds a digest of the content, so a browser need never ask again.</summary>
    public bool IsNamedByContent { get; }

    /// <summary>Ten hexadecimal digits that change with the content; they make an address that can be kept for ever.</summary>
    public string Version => _digest.Value[..10];

    /// <summary>The content in the best form that the client takes.</summary>
    public FrontEndContent Choose(bool takesBrotli, bool takesGzip) =>
        (takesBrotli ? _brotli.Value : null) ?? (takesGzip ? _gzip.Value : null) ?? _plain.Value;

    private static string Digest(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream))[..32];
    }

    // Packages bring the compressed form of whatever is worth it; the few text files that have none are compressed here.
    private FrontEndContent? Compress(string encoding, string extension, Func<Stream, Stream> open)
    {
        var tag = $"\"{_digest.Value}-{encoding}\"";
        if (File.Exists(_path + extension))
        {
            return new FrontEndContent(encoding, _path + extension, null, tag);
        }

        if (!IsText(ContentType))
        {
            return null;
        }

        using var compressed = new MemoryStream();
        using (var compressor = open(compressed))
        {
            using var source = File.OpenRead(_path);
            source.CopyTo(compressor);
        }

        return new FrontEndContent(encoding, null, compressed.ToArray(), tag);
    }

    private static bool IsText(string contentType) =>
        contentType.StartsWith("text/", StringComparison.Ordinal) || contentType is "image/svg+xml" or "application/json" or "application/manifest+json";
}

/// <summary>One form of a file's content.</summary>
/// <param name="Encoding">The value of <c>Content-Encoding</c>; null for the plain form.</param>
/// <param name="Path">The file with these bytes; null if they are in memory.</param>
/// <param name="Bytes">The bytes; null if they are in a file.</param>
/// <param name="EntityTag">The validator of exactly this form, with its quotation marks.</param>
internal sealed record FrontEndContent(string? Encoding, string? Path, byte[]? Bytes, string EntityTag);

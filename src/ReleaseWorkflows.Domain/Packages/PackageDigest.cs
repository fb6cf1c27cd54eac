using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ReleaseWorkflows.Domain.Packages;

/// <summary>
/// SHA-256 of a file, written as 64 lower-case hexadecimal digits. It names content: equal digests mean equal bytes.
/// </summary>
/// <remarks>Since only hexadecimal digits get in, a digest can be used as a file name without another check.</remarks>
public sealed record PackageDigest
{
    /// <summary>Number of hexadecimal digits.</summary>
    public const int Length = SHA256.HashSizeInBytes * 2;

    private PackageDigest(string hex) => Hex = hex;

    /// <summary>The 64 lower-case hexadecimal digits.</summary>
    public string Hex { get; }

    /// <summary>Takes the 32 bytes of a hash.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32 bytes.</exception>
    public static PackageDigest FromHash(ReadOnlySpan<byte> hash) =>
        hash.Length == SHA256.HashSizeInBytes
            ? new PackageDigest(Convert.ToHexStringLower(hash))
            : throw new ArgumentException($"A SHA-256 has {SHA256.HashSizeInBytes} bytes, not {hash.Length}.", nameof(hash));

    /// <summary>Reads 64 hexadecimal digits in either case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PackageDigest? digest)
    {
        digest = text is { Length: Length } && text.All(char.IsAsciiHexDigit) ? new PackageDigest(text.ToLowerInvariant()) : null;
        return digest is not null;
    }

    /// <summary>Reads 64 hexadecimal digits in either case.</summary>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static PackageDigest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException($"A digest is {Length} hexadecimal digits.");

    /// <summary>The value of the HTTP header <c>Digest</c>: <c>sha-256=</c> and the hash in Base64.</summary>
    public string ToDigestHeader() => "sha-256=" + Convert.ToBase64String(Convert.FromHexString(Hex));

    /// <summary>The 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Hex;
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// The secret of an API key: <c>rwk_</c> and 256 random bits. Shown once; stored is its SHA-256, which is enough since nobody can guess it.
/// </summary>
internal static class ApiKeySecret
{
    // Fixed, so that scanners for leaked secrets can recognise a key.
    private const string Prefix = "rwk_";

    /// <summary>A new secret: 47 characters that need no quoting anywhere.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>A new public id of a key: 16 lower-case hexadecimal digits.</summary>
    public static string CreateId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>What is stored and looked up: 64 lower-case hexadecimal digits.</summary>
    public static string Hash(ReadOnlySpan<char> secret)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> text = stackalloc byte[256];
        _ = SHA256.HashData(Encoding.UTF8.TryGetBytes(secret, text, out var length) ? text[..length] : Encoding.UTF8.GetBytes(secret.ToArray()), digest);
        return Convert.ToHexStringLower(digest);
    }
}

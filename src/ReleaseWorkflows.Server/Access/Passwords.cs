using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Server.Access;

/// <summary>Passwords: hashed with PBKDF2, compared in the same time whether or not there is such an account.</summary>
internal sealed class Passwords(IOptions<AccessOptions> options)
{
    /// <summary>Longest password that is looked at, in characters; hashing takes time that grows with the length.</summary>
    public const int MaximumLength = 256;

    // The framework's hasher hands the user to nobody; there is only one kind of hash here.
    private static readonly object AnyUser = new();

    private readonly PasswordHasher<object> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = options.Value.PasswordIterations }));
    private readonly Lazy<string> _nobodysHash = new(() => Hash(options, Generate()));

    /// <summary>A new password of 24 random characters.</summary>
    public static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18));

    /// <summary>Names a hash without giving it away, so that a token ends with the password it was given for.</summary>
    public static string Stamp(string? passwordHash) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(passwordHash ?? "")))[..16];

    /// <summary>What is stored.</summary>
    public string Hash(string password) => _hasher.HashPassword(AnyUser, password);

    /// <summary>True if the account has this password. An account that is null, or has none, takes as long and is never right.</summary>
    public bool Verify(Account? account, string password)
    {
        var isRight = _hasher.VerifyHashedPassword(AnyUser, account?.PasswordHash ?? _nobodysHash.Value, password) != PasswordVerificationResult.Failed;
        return isRight && account?.PasswordHash is not null;
    }

    private static string Hash(IOptions<AccessOptions> options, string password) => new Passwords(options).Hash(password);
}

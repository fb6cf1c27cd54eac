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

    /// <summary>Shortest password that people may choose, in characters.</summary>
    public const int MinimumLength = 12;

    // The framework's hasher hands the user to nobody; there is only one kind of hash here.
    private static readonly object AnyUser = new();

    private readonly PasswordHasher<object> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = options.Value.PasswordIterations }));
    private readonly Lazy<string> _nobodysHash = new(() => Hash(options, Generate()));

    /// <summary>A new password of 24 random characters.</summary>
    public static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18));

    /// <summary>
    /// Names what an account signs in with, without giving it away, so that tokens and sessions end with the password they were given for, and when the
    /// account is signed out everywhere.
    /// </summary>
    public static string Stamp(Account account)
    {
        if (account.SignInStamp is { } stamp)
        {
            return stamp;
        }

        var text = account.SignInEpoch == 0 ? account.PasswordHash ?? "" : FormattableString.Invariant($"{account.PasswordHash}#{account.SignInEpoch}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>What is wrong with a password that somebody chose; null if nothing. Length counts, not the kinds of characters; what anybody would try first does not do.</summary>
    public static string? ProblemOf(string password, Account account)
    {
        if (password.Length is < MinimumLength or > MaximumLength)
        {
            return $"Choose {MinimumLength} to {MaximumLength} characters; a few unrelated words are easy to remember.";
        }

        var name = account.Email.Split('@')[0];
        return (name.Length > 2 && password.Contains(name, StringComparison.OrdinalIgnoreCase)) || password.Distinct().Count() < 5
            ? "Choose one that does not contain your e-mail address and has at least five different characters."
            : null;
    }

    /// <summary>What is stored.</summary>
    public string Hash(string password) => _hasher.HashPassword(AnyUser, password);

    /// <summary>True if the account has this password. An account that is null, or has none, takes as long and is never right.</summary>
    public bool Verify(Account? account, string password) => Check(account, password) != PasswordCheck.Wrong;

    /// <summary>As <see cref="Verify"/>, and whether the hash is as strong as those that are made now.</summary>
    public PasswordCheck Check(Account? account, string password)
    {
        var result = _hasher.VerifyHashedPassword(AnyUser, account?.PasswordHash ?? _nobodysHash.Value, password);
        return result == PasswordVerificationResult.Failed || account?.PasswordHash is null ? PasswordCheck.Wrong
            : result == PasswordVerificationResult.SuccessRehashNeeded ? PasswordCheck.RightWithWeakHash
            : PasswordCheck.Right;
    }

    private static string Hash(IOptions<AccessOptions> options, string password) => new Passwords(options).Hash(password);
}

/// <summary>What became of a password that was tried.</summary>
internal enum PasswordCheck
{
    /// <summary>It is not that of the account.</summary>
    Wrong,

    /// <summary>It is.</summary>
    Right,

    /// <summary>It is, and its hash was made with fewer rounds than hashes are now.</summary>
    RightWithWeakHash,
}

using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Server.Access;

/// <summary>A new account with everything to sign in with, in clear, to be shown once.</summary>
/// <param name="Account">The account, with the hash of the password.</param>
/// <param name="Password">The password.</param>
/// <param name="Key">The key, with the hash of its secret.</param>
/// <param name="ApiKey">The secret of the key.</param>
internal sealed record Credentials(Account Account, string Password, ApiKey Key, string ApiKey)
{
    /// <summary>Makes an account when it is asked for, once: hashing takes its time, and a repeated unit of work must answer with the password it stores.</summary>
    public static Lazy<Credentials> CreateLazily(string email, string name, Passwords passwords, TimeProvider clock) =>
        new(() => Create(email, name, new Grant(Role.Developer, default, []), passwords, clock.GetUtcNow()));

    /// <summary>Makes an account with one role, a random password and an API key that does not expire.</summary>
    public static Credentials Create(string email, string name, Grant grant, Passwords passwords, DateTimeOffset now)
    {
        var password = Passwords.Generate();
        var secret = ApiKeySecret.Create();
        var account = new Account
        {
            Id = new UserId(Guid.CreateVersion7(now).ToString("n")),
            Email = email,
            Name = name,
            PasswordHash = passwords.Hash(password),
            Grants = [grant],
        };
        return new Credentials(account, password, new ApiKey(ApiKeySecret.CreateId(), account.Id, "First key", ApiKeySecret.Hash(secret), now, null), secret);
    }

    /// <summary>Stores account and key in the current unit of work.</summary>
    public void SaveTo(IAccountStore accounts)
    {
        accounts.Save(Account);
        accounts.AddKey(Key);
    }
}

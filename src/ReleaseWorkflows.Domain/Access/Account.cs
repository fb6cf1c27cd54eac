using System.Text.Json.Serialization;

namespace ReleaseWorkflows.Domain.Access;

/// <summary>What a workspace is for (S1).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkspaceKind>))]
public enum WorkspaceKind
{
    /// <summary>A merchant's: owns mini programs.</summary>
    Developer,

    /// <summary>A super app's: owns target apps, reviews, and may own mini programs of its own.</summary>
    Tenant,
}

/// <summary>A company on the platform.</summary>
/// <param name="Key">The key in addresses; never changes.</param>
/// <param name="Name">What people see.</param>
/// <param name="Kind">What it is for.</param>
public sealed record Workspace(WorkspaceKey Key, string Name, WorkspaceKind Kind);

/// <summary>A person or machine that may sign in.</summary>
public sealed record Account
{
    /// <summary>Identifies the account.</summary>
    public required UserId Id { get; init; }

    /// <summary>Address for sign-in and e-mails; unique, compared without regard to case.</summary>
    public required string Email { get; init; }

    /// <summary>What people see.</summary>
    public required string Name { get; init; }

    /// <summary>Hash of the password; null if the account signs in with keys only.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>
    /// What sessions and tokens know the password by since its hash was made anew, which must not end them; null: it follows from the hash.
    /// </summary>
    public string? SignInStamp { get; init; }

    /// <summary>What the account is in which workspace.</summary>
    public required IReadOnlyList<Grant> Grants { get; init; }

    /// <summary>How often the account was signed out everywhere: sessions and tokens from before are over.</summary>
    public int SignInEpoch { get; init; }

    /// <summary>Since when the account opens nothing: no password, token, session or key of it; null: it does.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Number of changes; the first state has 1.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>The account with another password: sessions and tokens from before are over.</summary>
    public Account WithPassword(string hash) => this with { PasswordHash = hash, SignInStamp = null };

    /// <summary>The account with a stronger hash of the password it has: sessions and tokens stay.</summary>
    /// <param name="hash">The new hash.</param>
    /// <param name="stamp">What sessions and tokens know the password by.</param>
    public Account WithStrongerHash(string hash, string stamp) => this with { PasswordHash = hash, SignInStamp = stamp };

    /// <summary>The account signed out everywhere.</summary>
    public Account SignedOut() => this with { SignInEpoch = SignInEpoch + 1, SignInStamp = null };

    /// <summary>The account as the one who acts.</summary>
    public Actor ToActor() => new(Id, Name, Email, Grants);
}

/// <summary>A key for machines. The secret itself is shown once and never stored.</summary>
/// <param name="Id">Public id, for lists and revocation.</param>
/// <param name="Account">Whom the key acts for.</param>
/// <param name="Name">What it is for.</param>
/// <param name="SecretHash">SHA-256 of the secret, 64 lower-case hexadecimal digits; the secret has 256 random bits, so that no slow hash is needed.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when it is refused; null: never.</param>
/// <param name="Scopes">The permissions it may use of those its account has; seeing is always among them. Null: all.</param>
public sealed record ApiKey(
    string Id, UserId Account, string Name, string SecretHash, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, IReadOnlyList<Permission>? Scopes = null);

/// <summary>Workspaces, accounts and keys within one unit of work.</summary>
public interface IAccountStore
{
    /// <summary>The account, or null.</summary>
    ValueTask<Account?> FindAsync(UserId id, CancellationToken cancellationToken);

    /// <summary>The account with this address, without regard to case, or null.</summary>
    ValueTask<Account?> FindByEmailAsync(string email, CancellationToken cancellationToken);

    /// <summary>All accounts in the order of their addresses.</summary>
    ValueTask<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Stores a new account (revision 1) or a changed one; a taken address or a lost race fails the commit.</summary>
    void Save(Account account);

    /// <summary>The key with this hash and its account, or null.</summary>
    ValueTask<(ApiKey Key, Account Account)?> FindByKeyAsync(string secretHash, CancellationToken cancellationToken);

    /// <summary>The keys of an account, the newest first.</summary>
    ValueTask<IReadOnlyList<ApiKey>> ListKeysAsync(UserId account, CancellationToken cancellationToken);

    /// <summary>Stores a new key.</summary>
    void AddKey(ApiKey key);

    /// <summary>Revokes a key; nothing happens if there is none.</summary>
    void RemoveKey(string id);

    /// <summary>The workspace, or null.</summary>
    ValueTask<Workspace?> FindWorkspaceAsync(WorkspaceKey key, CancellationToken cancellationToken);

    /// <summary>All workspaces in the order of their keys.</summary>
    ValueTask<IReadOnlyList<Workspace>> ListWorkspacesAsync(CancellationToken cancellationToken);

    /// <summary>Stores a new workspace or a changed name; the kind of a workspace never changes.</summary>
    void SaveWorkspace(Workspace workspace);
}

/// <summary>Keys that were used lately, as they are committed, outside any unit of work.</summary>
public interface ICommittedKeys
{
    /// <summary>
    /// The key with this hash and its account, if both are in memory. What a commit changes or revokes is no longer here when the commit is confirmed. Null
    /// does not mean that there is no such key: <see cref="IAccountStore.FindByKeyAsync"/> knows.
    /// </summary>
    (ApiKey Key, Account Account)? FindInMemory(string secretHash);
}

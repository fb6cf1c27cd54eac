namespace ReleaseWorkflows.Domain.Access;

/// <summary>
/// A person signed in with one browser. It begins with the password, is prolonged by use, and ends by signing out, by a changed password, when it
/// was not used for long, and at the latest at <paramref name="EndsAt"/>. The secret lies in the browser alone.
/// </summary>
/// <param name="Id">Public id, for lists and ending.</param>
/// <param name="Account">Who is signed in.</param>
/// <param name="SecretHash">SHA-256 of the secret, 64 lower-case hexadecimal digits.</param>
/// <param name="PasswordStamp">Names the password it began with; with another one it is over.</param>
/// <param name="Browser">What the browser calls itself, for the owner to recognise it; at most 200 characters.</param>
/// <param name="StartedAt">When the person signed in.</param>
/// <param name="UsedAt">Last use, to within a few minutes.</param>
/// <param name="EndsAt">When it ends whatever happens.</param>
public sealed record Session(
    string Id, UserId Account, string SecretHash, string PasswordStamp, string Browser, DateTimeOffset StartedAt, DateTimeOffset UsedAt, DateTimeOffset EndsAt);

/// <summary>Sessions within one unit of work.</summary>
public interface ISessionStore
{
    /// <summary>The session with this hash, or null. Whether it is still good is for the caller to say.</summary>
    ValueTask<Session?> FindAsync(string secretHash, CancellationToken cancellationToken);

    /// <summary>The sessions of an account, the one used last first.</summary>
    ValueTask<IReadOnlyList<Session>> ListAsync(UserId account, CancellationToken cancellationToken);

    /// <summary>Stores a new session.</summary>
    void Add(Session session);

    /// <summary>Notes a use; nothing happens if the session has ended meanwhile.</summary>
    void Use(string id, DateTimeOffset at);

    /// <summary>Ends a session; nothing happens if there is none.</summary>
    void End(string id);

    /// <summary>Ends every session of an account, but one.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="except">The id of the one that stays; null: none.</param>
    void EndAll(UserId account, string? except);

    /// <summary>Removes what ended by time of an account: sessions unused since <paramref name="unusedSince"/> or over at <paramref name="now"/>.</summary>
    void Forget(UserId account, DateTimeOffset unusedSince, DateTimeOffset now);
}

using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>Sessions of browsers, found by the hash of their secret. Reads see what is committed; nobody reads what he has just written here.</summary>
internal sealed class SessionTable : ISessionStore, IPendingWrites
{
    private const string Columns = "SELECT id, account, secret_hash, password_stamp, browser, started_at, used_at, ends_at FROM sessions";

    private static readonly SqlStatement FindBySecretHash = new(Columns + " WHERE secret_hash = $secret_hash");
    private static readonly SqlStatement ListOfAccount = new(Columns + " WHERE account = $account ORDER BY used_at DESC, key DESC");
    private static readonly SqlStatement Insert = new("""
        INSERT INTO sessions (id, account, secret_hash, password_stamp, browser, started_at, used_at, ends_at)
        VALUES ($id, $account, $secret_hash, $password_stamp, $browser, $started_at, $used_at, $ends_at)
        """);

    private static readonly SqlStatement Touch = new("UPDATE sessions SET used_at = $used_at WHERE id = $id");
    private static readonly SqlStatement Delete = new("DELETE FROM sessions WHERE id = $id");
    private static readonly SqlStatement DeleteOfAccount = new("DELETE FROM sessions WHERE account = $account AND id <> $except");
    private static readonly SqlStatement DeleteOld = new("DELETE FROM sessions WHERE account = $account AND (used_at < $unused_since OR ends_at <= $now)");

    private readonly DatabaseReader _reader;
    private readonly List<(SqlStatement Statement, object?[] Arguments)> _writes = [];

    public SessionTable(UnitOfWork unit, DatabaseReader reader)
    {
        _reader = reader;
        unit.Enlist(this);
    }

    public ValueTask<Session?> FindAsync(string secretHash, CancellationToken cancellationToken) => new(_reader.Find(FindBySecretHash, Read, secretHash));

    public ValueTask<IReadOnlyList<Session>> ListAsync(UserId account, CancellationToken cancellationToken) => new(_reader.List(ListOfAccount, Read, account.Value));

    public void Add(Session session) => _writes.Add((Insert,
    [
        session.Id, session.Account.Value, session.SecretHash, session.PasswordStamp, session.Browser,
        session.StartedAt.ToMicroseconds(), session.UsedAt.ToMicroseconds(), session.EndsAt.ToMicroseconds(),
    ]));

    public void Use(string id, DateTimeOffset at) => _writes.Add((Touch, [at.ToMicroseconds(), id]));

    public void End(string id) => _writes.Add((Delete, [id]));

    public void EndAll(UserId account, string? except) => _writes.Add((DeleteOfAccount, [account.Value, except ?? ""]));

    public void Forget(UserId account, DateTimeOffset unusedSince, DateTimeOffset now) => _writes.Add((DeleteOld, [account.Value, unusedSince.ToMicroseconds(), now.ToMicroseconds()]));

    public void WriteTo(WriteBatch batch)
    {
        foreach (var (statement, arguments) in _writes)
            batch.Add(statement, arguments);
    }

    public void Clear() => _writes.Clear();

    private static Session Read(SqlRow row) => new(
        row.GetString(0), new UserId(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetString(4), row.GetTime(5), row.GetTime(6), row.GetTime(7));
}

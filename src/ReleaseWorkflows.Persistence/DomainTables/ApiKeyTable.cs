using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Persistence.Audit;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>Keys for machines, found by the hash of their secret.</summary>
internal sealed class ApiKeyTable(DatabaseReader reader, CommittedCache<ApiKey> cache, AuditTable audit) : IPendingWrites
{
    private const string Columns = "SELECT id, account, name, secret_hash, created_at, expires_at, scopes FROM api_keys";

    private static readonly SqlStatement FindBySecretHash = new(Columns + " WHERE secret_hash = $secret_hash");
    private static readonly SqlStatement ListOfAccount = new(Columns + " WHERE account = $account ORDER BY key DESC");
    private static readonly SqlStatement Insert = new("""
        INSERT INTO api_keys (id, account, name, secret_hash, created_at, expires_at, scopes)
        VALUES ($id, $account, $name, $secret_hash, $created_at, $expires_at, $scopes)
        """);

    private static readonly SqlStatement Delete = new("DELETE FROM api_keys WHERE id = $id");

    private readonly List<ApiKey> _added = [];
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);

    public ApiKey? FindByHash(string secretHash) =>
        _added.Find(key => key.SecretHash == secretHash)
        ?? (cache.Find(secretHash, hash => reader.Find(FindBySecretHash, Read, hash)) is { } stored && !_removed.Contains(stored.Id) ? stored : null);

    public IReadOnlyList<ApiKey> List(UserId account)
    {
        var keys = reader.List(ListOfAccount, Read, account.Value);
        keys.RemoveAll(key => _removed.Contains(key.Id));
        foreach (var added in _added.Where(key => key.Account == account))
            keys.Insert(0, added);
        return keys;
    }

    public void Add(ApiKey key)
    {
        _added.Add(key);
        audit.Record(AuditEvents.OfNewKey(key));
    }

    public void Remove(string id)
    {
        audit.Record(AuditEvents.OfRevokedKey(id));
        if (_added.RemoveAll(key => key.Id == id) == 0)
            _removed.Add(id);
    }

    public void WriteTo(WriteBatch batch)
    {
        foreach (var id in _removed)
            batch.Add(Delete, id);
        // Keys are removed by their id and found by their secret, and removing one is rare.
        if (_removed.Count > 0)
            batch.OnSettled(_ => cache.Clear());
        foreach (var key in _added)
            batch.Add(Insert, key.Id, key.Account.Value, key.Name, key.SecretHash, key.CreatedAt.ToMicroseconds(), key.ExpiresAt?.ToMicroseconds(),
                key.Scopes is null ? null : string.Join(' ', key.Scopes.Select(RolePermissions.NameOf)));
    }

    public void Clear()
    {
        _added.Clear();
        _removed.Clear();
    }

    private static ApiKey Read(SqlRow row) => new(row.GetString(0), new UserId(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetTime(4), row.GetTimeOrNull(5),
        row.GetStringOrNull(6) is { } scopes ? ReadScopes(scopes) : null);

    // A permission that a later version has given up narrows nothing else.
    private static IReadOnlyList<Permission> ReadScopes(string names) =>
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(RolePermissions.Find).OfType<Permission>()];
}

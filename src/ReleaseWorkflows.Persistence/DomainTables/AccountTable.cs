using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Persistence.Audit;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>Accounts, guarded by their revision, with the keys and workspaces that belong to them.</summary>
internal sealed class AccountTable : IAccountStore, IPendingWrites
{
    private static readonly SqlStatement FindById = new("SELECT document FROM accounts WHERE id = $id");
    private static readonly SqlStatement FindByAddress = new("SELECT document FROM accounts WHERE email = $email");
    private static readonly SqlStatement ListAll = new("SELECT document FROM accounts ORDER BY email");
    private static readonly SqlStatement Insert = new("INSERT INTO accounts (id, email, revision, document) VALUES ($id, $email, $revision, $document)");
    private static readonly SqlStatement Update =
        new("UPDATE accounts SET email = $email, revision = $revision, document = $document WHERE id = $id AND revision = $stored_revision");

    private readonly DatabaseReader _reader;
    private readonly CommittedCache<Account> _cache;
    private readonly AuditTable _audit;
    private readonly ApiKeyTable _keys;
    private readonly WorkspaceTable _workspaces;
    private readonly PendingDocuments<Account> _saved = new(account => account.Id.Value, account => account.Revision);

    public AccountTable(UnitOfWork unit, DatabaseReader reader, CommittedCache<Account> cache, CommittedCache<ApiKey> keys, AuditTable audit)
    {
        _audit = audit;
        _reader = reader;
        _cache = cache;
        unit.Enlist(this);
        unit.Enlist(_keys = new ApiKeyTable(reader, keys, audit));
        unit.Enlist(_workspaces = new WorkspaceTable(reader, audit));
    }

    public ValueTask<Account?> FindAsync(UserId id, CancellationToken cancellationToken) => new(Find(id));

    public ValueTask<Account?> FindByEmailAsync(string email, CancellationToken cancellationToken)
    {
        var normalized = Normalize(email);
        if (_saved.Documents.FirstOrDefault(account => Normalize(account.Email) == normalized) is { } saved)
            return new(saved);
        return new(_reader.Find(FindByAddress, Read, normalized) is { } stored && !_saved.Contains(stored.Id.Value) ? stored : null);
    }

    public ValueTask<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken)
    {
        var accounts = _reader.List(ListAll, Read);
        if (_saved.Count == 0)
            return new(accounts);
        return new([.. accounts.Where(account => !_saved.Contains(account.Id.Value)).Concat(_saved.Documents)
            .OrderBy(account => Normalize(account.Email), StringComparer.Ordinal)]);
    }

    public void Save(Account account)
    {
        _audit.Record(AuditEvents.OfAccount(account.Revision == 1 ? null : Find(account.Id), account));
        _saved.Save(account);
    }

    public ValueTask<(ApiKey Key, Account Account)?> FindByKeyAsync(string secretHash, CancellationToken cancellationToken) =>
        new(_keys.FindByHash(secretHash) is { } key && Find(key.Account) is { } account ? (key, account) : null);

    public ValueTask<IReadOnlyList<ApiKey>> ListKeysAsync(UserId account, CancellationToken cancellationToken) => new(_keys.List(account));

    public void AddKey(ApiKey key) => _keys.Add(key);

    public void RemoveKey(string id) => _keys.Remove(id);

    public ValueTask<Workspace?> FindWorkspaceAsync(WorkspaceKey key, CancellationToken cancellationToken) => new(_workspaces.Find(key));

    public ValueTask<IReadOnlyList<Workspace>> ListWorkspacesAsync(CancellationToken cancellationToken) => new(_workspaces.List());

    public void SaveWorkspace(Workspace workspace) => _workspaces.Save(workspace);

    public void WriteTo(WriteBatch batch)
    {
        _saved.Announce(batch, _cache);
        foreach (var (account, storedRevision) in _saved.All)
        {
            var document = new Utf8Text(JsonSerializer.SerializeToUtf8Bytes(account, DomainJson.Default.Account));
            if (storedRevision == 0)
                batch.Add(Insert, account.Id.Value, Normalize(account.Email), account.Revision, document);
            else
                batch.AddGuarded($"Account {account.Id} has changed since revision {storedRevision}.", Update, Normalize(account.Email), account.Revision, document, account.Id.Value, storedRevision);
        }
    }

    public void Clear() => _saved.Clear();

    private Account? Find(UserId id) => _saved.Find(id.Value) ?? _cache.Find(id.Value, value => _reader.Find(FindById, Read, value));

    // CA1308: lower case is how people write addresses, and what they see should they look into the table.
#pragma warning disable CA1308
    private static string Normalize(string email) => email.Trim().ToLowerInvariant();
#pragma warning restore CA1308

    private static Account Read(SqlRow row) => JsonSerializer.Deserialize(row.GetUtf8(0), DomainJson.Default.Account)!;
}

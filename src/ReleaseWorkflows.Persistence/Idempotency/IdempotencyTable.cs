using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Idempotency;

/// <summary>Answers by account and key. The unique index lets one of several concurrent requests with the same key through.</summary>
internal sealed class IdempotencyTable : IIdempotencyStore, IPendingWrites
{
    private static readonly SqlStatement FindByKey = new("""
        SELECT account, request_key, request_hash, status_code, content_type, headers, body, created_at FROM idempotency_records
        WHERE account = $account AND request_key = $request_key
        """);

    private static readonly SqlStatement Insert = new("""
        INSERT INTO idempotency_records (account, request_key, request_hash, status_code, content_type, headers, body, created_at)
        VALUES ($account, $request_key, $request_hash, $status_code, $content_type, $headers, $body, $created_at)
        """);

    private readonly DatabaseReader _reader;
    private readonly List<IdempotencyRecord> _added = [];

    public IdempotencyTable(UnitOfWork unit, DatabaseReader reader)
    {
        _reader = reader;
        unit.Enlist(this);
    }

    public ValueTask<IdempotencyRecord?> FindAsync(string accountId, string key, CancellationToken cancellationToken) =>
        new(_added.Find(record => record.AccountId == accountId && record.Key == key) ?? _reader.Find(FindByKey, Read, accountId, key));

    public void Add(IdempotencyRecord record) => _added.Add(record);

    public void WriteTo(WriteBatch batch)
    {
        foreach (var record in _added)
        {
            batch.Add(Insert, record.AccountId, record.Key, record.RequestHash, record.StatusCode, record.ContentType, record.HeadersJson, record.Body.ToArray(),
                record.CreatedAt.ToMicroseconds());
        }
    }

    public void Clear() => _added.Clear();

    private static IdempotencyRecord Read(SqlRow row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetStringOrNull(4),
        row.GetString(5), row.GetBytes(6), row.GetTime(7));
}

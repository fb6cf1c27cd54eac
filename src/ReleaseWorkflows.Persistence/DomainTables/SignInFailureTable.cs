using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>Failed attempts to sign in. Reads see what is committed: they are read when the server starts.</summary>
internal sealed class SignInFailureTable : ISignInFailureStore, IPendingWrites
{
    private static readonly SqlStatement ListLatest = new("SELECT name, at FROM sign_in_failures WHERE at > $since ORDER BY at DESC LIMIT $limit");
    private static readonly SqlStatement Insert = new("INSERT INTO sign_in_failures (name, at) VALUES ($name, $at)");
    private static readonly SqlStatement DeleteOfName = new("DELETE FROM sign_in_failures WHERE name = $name");
    private static readonly SqlStatement DeleteOld = new("DELETE FROM sign_in_failures WHERE at <= $time");

    private readonly DatabaseReader _reader;
    private readonly List<(SqlStatement Statement, object?[] Arguments)> _writes = [];

    public SignInFailureTable(UnitOfWork unit, DatabaseReader reader)
    {
        _reader = reader;
        unit.Enlist(this);
    }

    public ValueTask<IReadOnlyList<SignInFailure>> ListAsync(DateTimeOffset since, int limit, CancellationToken cancellationToken)
    {
        var latest = _reader.List(ListLatest, static row => new SignInFailure(row.GetString(0), row.GetTime(1)), since.ToMicroseconds(), limit);
        latest.Reverse();
        return new(latest);
    }

    public void Add(SignInFailure failure) => _writes.Add((Insert, [failure.Name, failure.At.ToMicroseconds()]));

    public void Forget(string name) => _writes.Add((DeleteOfName, [name]));

    public void ForgetUntil(DateTimeOffset time) => _writes.Add((DeleteOld, [time.ToMicroseconds()]));

    public void WriteTo(WriteBatch batch)
    {
        foreach (var (statement, arguments) in _writes)
            batch.Add(statement, arguments);
    }

    public void Clear() => _writes.Clear();
}

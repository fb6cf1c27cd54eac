using System.Runtime.InteropServices;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Commits;

/// <summary>One write of a unit of work.</summary>
/// <param name="Statement">What to do.</param>
/// <param name="Arguments">Its arguments, in the order of the statement's parameters.</param>
/// <param name="Conflict">
/// Null: the number of rows is not looked at. Otherwise the write has to change as many as expected, and this sentence says what it means if not.
/// </param>
/// <param name="ExpectedRows">How many rows the write has to change, if <paramref name="Conflict"/> says so.</param>
internal readonly record struct PendingWrite(SqlStatement Statement, object?[] Arguments, string? Conflict, int ExpectedRows = 1);

/// <summary>The writes of one unit of work, in the order in which they are applied.</summary>
internal sealed class WriteBatch
{
    private readonly List<PendingWrite> _writes = [];
    private Action? _committing;
    private Action<bool>? _settled;

    public int Count => _writes.Count;

    public ReadOnlySpan<PendingWrite> Writes => CollectionsMarshal.AsSpan(_writes);

    public void Add(SqlStatement statement, params ReadOnlySpan<object?> arguments) =>
        _writes.Add(new PendingWrite(statement, arguments.ToArray(), null));

    /// <summary>A write that has to change so many rows; otherwise the unit lost a race and <paramref name="conflict"/> says which.</summary>
    public void AddGuarded(string conflict, int rows, SqlStatement statement, params ReadOnlySpan<object?> arguments) =>
        _writes.Add(new PendingWrite(statement, arguments.ToArray(), conflict, rows));

    /// <summary>
    /// Registers what caches have to do before the commit: from now until <see cref="OnSettled"/> the database may already say what they do not know yet.
    /// Runs on the writer's thread; it must be quick and must not fail.
    /// </summary>
    public void OnCommitting(Action action) => _committing += action;

    /// <summary>
    /// Registers what caches have to learn: true, the batch is committed; false, it is not, or nobody knows. Runs on the writer's thread, in the order of
    /// the commits, before anybody is answered; it must be quick and must not fail.
    /// </summary>
    public void OnSettled(Action<bool> action) => _settled += action;

    /// <summary>Warns the caches.</summary>
    public void Committing() => _committing?.Invoke();

    /// <summary>Tells the caches.</summary>
    public void Settle(bool isCommitted) => _settled?.Invoke(isCommitted);

    /// <summary>A write that has to change exactly one row; otherwise the unit lost a race and <paramref name="conflict"/> says which.</summary>
    public void AddGuarded(string conflict, SqlStatement statement, params ReadOnlySpan<object?> arguments) =>
        _writes.Add(new PendingWrite(statement, arguments.ToArray(), conflict));
}

/// <summary>
/// Rows that a table has collected in a unit of work. Tables enlist with <see cref="UnitOfWork"/>; at the commit each turns what it
/// collected into statements, in an order of its own that satisfies the database's constraints whatever order the calls came in.
/// </summary>
internal interface IPendingWrites
{
    /// <summary>Adds the statements for everything collected.</summary>
    void WriteTo(WriteBatch batch);

    /// <summary>Forgets what was collected; called after the commit.</summary>
    void Clear();
}

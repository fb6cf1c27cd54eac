namespace ReleaseWorkflows.Runtime.Storage;

/// <summary>
/// One durable step: everything a burst and the domain change beside it read and write.
/// </summary>
/// <remarks>
/// <para>
/// The unit of work lives in one dependency-injection scope. Stores of that scope read committed rows plus what this unit has
/// already written, and only <em>collect</em> writes; <see cref="CommitAsync"/> applies all of them in one transaction. A unit that is
/// disposed without a commit leaves no trace. Nothing that leaves the process (HTTP, e-mail) may happen inside it.
/// </para>
/// <para>
/// Rows that can be changed by two units at once carry a version. A unit that lost such a race, or that broke a uniqueness rule of
/// the database, gets a <see cref="ConcurrencyConflictException"/> from its commit and has changed nothing; <see cref="IUnitOfWorkRunner"/>
/// then runs the work again on fresh rows.
/// </para>
/// </remarks>
public interface IUnitOfWork
{
    /// <summary>Applies all collected writes in one transaction and returns when they are durable.</summary>
    /// <exception cref="ConcurrencyConflictException">Another unit changed one of the rows first; nothing was written.</exception>
    Task CommitAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Registers an action that runs once, after the commit succeeded, in the order of registration: waking a background loop, pushing to
    /// a browser. Such an action must not be needed for correctness, since a crash can prevent it.
    /// </summary>
    void OnCommitted(Action action);
}

/// <summary>Runs work in a unit of work of its own, and again when a concurrent unit was faster.</summary>
public interface IUnitOfWorkRunner
{
    /// <summary>
    /// Creates a scope, runs <paramref name="work"/> in it and commits if the work asks for it.
    /// </summary>
    /// <param name="work">
    /// The work. It gets the services of the scope. It must be repeatable: after a lost race it runs again from the start, in a new scope.
    /// </param>
    /// <param name="cancellationToken">Stops the work between two steps; a commit under way is not interrupted.</param>
    /// <typeparam name="T">What the work answers.</typeparam>
    /// <returns>The answer of the attempt that was committed or given up on purpose.</returns>
    /// <exception cref="ConcurrencyConflictException">The work lost the race on every attempt (five by default).</exception>
    Task<T> RunAsync<T>(Func<IServiceProvider, CancellationToken, Task<UnitOfWorkResult<T>>> work, CancellationToken cancellationToken);
}

/// <summary>What a unit of work answers, and whether what it collected is to be kept.</summary>
/// <param name="Value">The answer.</param>
/// <param name="IsCommitted">True: commit, then answer. False: answer, and leave no trace.</param>
/// <typeparam name="T">The type of the answer.</typeparam>
public readonly record struct UnitOfWorkResult<T>(T Value, bool IsCommitted);

/// <summary>Names the two ways a unit of work ends.</summary>
public static class UnitOfWorkResult
{
    /// <summary>Keep what was collected, then answer.</summary>
    public static UnitOfWorkResult<T> Commit<T>(T value) => new(value, true);

    /// <summary>Answer and keep nothing: a refusal, a replay, a query.</summary>
    public static UnitOfWorkResult<T> Discard<T>(T value) => new(value, false);
}

/// <summary>A concurrent unit of work changed a row first, or took a name that has to be unique. Nothing was written.</summary>
public sealed class ConcurrencyConflictException : Exception
{
    /// <summary>Creates the exception without details.</summary>
    public ConcurrencyConflictException()
    {
    }

    /// <summary>Creates the exception with what clashed.</summary>
    public ConcurrencyConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what clashed and the database's own complaint.</summary>
    public ConcurrencyConflictException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

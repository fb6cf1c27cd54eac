namespace ReleaseWorkflows.Runtime.Storage;

/// <summary>
/// How the current unit of work is to end. Scoped, like the unit: whoever runs the unit asks here after the work is done, so that an activity
/// deep inside a burst can say that its refusal leaves no trace.
/// </summary>
public sealed class UnitOfWorkDecision
{
    /// <summary>True if the unit of work is to be discarded. Default: false, it is committed.</summary>
    public bool IsDiscarded { get; private set; }

    /// <summary>Decides that nothing of this unit of work is kept. The answer it has prepared still leaves.</summary>
    public void Discard() => IsDiscarded = true;

    /// <summary>The answer, to be committed or discarded as decided.</summary>
    public UnitOfWorkResult<T> End<T>(T value) => new(value, !IsDiscarded);
}

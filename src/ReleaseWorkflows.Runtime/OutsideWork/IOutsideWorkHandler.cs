namespace ReleaseWorkflows.Runtime.OutsideWork;

/// <summary>
/// Does one kind of work that leaves the process: an HTTP call, an e-mail.
/// </summary>
/// <remarks>
/// <para>
/// The life of outside work: an activity asks for it inside its burst (<see cref="OutsideWorkExtensions.RequestOutsideWork{T}"/>). The bookmark at
/// which the activity then waits and a job row commit together with the burst. A background loop claims the job, has the handler do it outside any
/// transaction, and hands the result to the waiting activity in the unit of work that removes the job.
/// </para>
/// <para>
/// So the work is done <b>at least once outside and acts exactly once inside</b>: a crash between the two repeats the call, with the same idempotency
/// key. <b>A cancelled or ended instance drops its jobs in the same commit.</b> <b>No job is ever held in memory alone.</b>
/// </para>
/// </remarks>
public interface IOutsideWorkHandler
{
    /// <summary>The kind of work, as activities name it.</summary>
    string Kind { get; }

    /// <summary>Does the work. It can be asked again for the same job; whoever is called then sees the same key.</summary>
    /// <param name="call">What to do.</param>
    /// <param name="cancellationToken">Cancelled when the time limit of an attempt is over, or the host stops.</param>
    /// <returns>The result for the activity.</returns>
    /// <exception cref="OutsideWorkRefusedException">The work cannot succeed however often it is tried.</exception>
    /// <exception cref="Exception">The attempt failed; another one may succeed.</exception>
    Task<object?> PerformAsync(OutsideWorkCall call, CancellationToken cancellationToken);
}

/// <summary>One attempt at a job.</summary>
/// <param name="IdempotencyKey">The same for every attempt of this execution of the activity: <c>{instanceId}:{activityInstanceId}</c>.</param>
/// <param name="RequestJson">The request as the activity gave it, as JSON.</param>
/// <param name="Attempt">1 for the first attempt, counted over crashes.</param>
public sealed record OutsideWorkCall(string IdempotencyKey, string RequestJson, int Attempt);

/// <summary>What came of outside work: a value, or the reason why there is none.</summary>
/// <param name="Value">The result of the handler.</param>
/// <param name="Error">Why the work was given up; null if it succeeded.</param>
public sealed record OutsideWorkResult(object? Value, string? Error)
{
    internal const string InputName = "__OutsideWorkResult";
}

/// <summary>Outside work that cannot succeed, however often it is tried.</summary>
public sealed class OutsideWorkRefusedException : Exception
{
    /// <summary>Creates the exception without details.</summary>
    public OutsideWorkRefusedException()
    {
    }

    /// <summary>Creates the exception with the reason, a sentence for people.</summary>
    public OutsideWorkRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the reason and its cause.</summary>
    public OutsideWorkRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

namespace ReleaseWorkflows.Domain.Access;

/// <summary>An attempt to sign in that failed, kept as long as it counts, so that a restart of the server forgives nothing.</summary>
/// <param name="Name">What it is counted under: an account's address, or where in the network it came from.</param>
/// <param name="At">When it was made.</param>
public sealed record SignInFailure(string Name, DateTimeOffset At);

/// <summary>Failed attempts to sign in, within one unit of work.</summary>
public interface ISignInFailureStore
{
    /// <summary>The latest failures after <paramref name="since"/>, at most <paramref name="limit"/> of them, the oldest first.</summary>
    ValueTask<IReadOnlyList<SignInFailure>> ListAsync(DateTimeOffset since, int limit, CancellationToken cancellationToken);

    /// <summary>Keeps a failure.</summary>
    void Add(SignInFailure failure);

    /// <summary>Removes the failures of a name.</summary>
    void Forget(string name);

    /// <summary>Removes failures up to a time: those that do not count any more.</summary>
    void ForgetUntil(DateTimeOffset time);
}

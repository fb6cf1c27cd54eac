namespace ReleaseWorkflows.Server.Api.Commands;

/// <summary>
/// Lets commands to the same thing run one after the other within this process, so that many at once wait for each other instead of losing the race for
/// its revision again and again. That nothing is lost or done twice does not depend on it: the database decides, here and wherever nobody queues.
/// </summary>
internal sealed class CommandQueue
{
    // Different things that share a place wait for each other now and then, which does no harm.
    private const int Places = 256;

    private readonly SemaphoreSlim[] _places = [.. Enumerable.Range(0, Places).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Runs the work when those before it are done.</summary>
    /// <param name="subject">What the command is about.</param>
    /// <param name="work">The command. It must not queue for anything else.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> RunAsync<T>(string subject, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var place = _places[(uint)string.GetHashCode(subject, StringComparison.Ordinal) % Places];
        await place.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            place.Release();
        }
    }
}

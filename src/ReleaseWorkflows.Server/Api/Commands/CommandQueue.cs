namespace ReleaseWorkflows.Server.Api.Commands;

/// <summary>
/// Lets commands to the same thing run one after the other within this process, so that many at once wait for each other instead of losing the race for
/// its revision again and again. That nothing is lost or done twice does not depend on it: the database decides, here and wherever nobody queues.
/// </summary>
internal sealed class CommandQueue
{
    // A place for each thing that has a command under way: nobody waits for a stranger, and nothing is left behind.
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Runs the work when those before it are done.</summary>
    /// <param name="subject">What the command is about.</param>
    /// <param name="work">The command. It must not queue for anything else.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> RunAsync<T>(string subject, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var place = Enter(subject);
        try
        {
            await place.Turn.WaitAsync(cancellationToken);
            try
            {
                return await work();
            }
            finally
            {
                place.Turn.Release();
            }
        }
        finally
        {
            Leave(subject, place);
        }
    }

    private Place Enter(string subject)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue(subject, out var place))
            {
                _places.Add(subject, place = new Place());
            }

            place.Commands++;
            return place;
        }
    }

    private void Leave(string subject, Place place)
    {
        lock (_lock)
        {
            if (--place.Commands == 0)
            {
                _places.Remove(subject);
            }
        }
    }

    private sealed class Place
    {
        /// <summary>Taken by the command that is under way.</summary>
        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>Those that are here, at work or waiting.</summary>
        public int Commands { get; set; }
    }
}

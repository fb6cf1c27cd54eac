using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// Counts failed attempts to sign in per address, known or not, so that a password cannot be found by trying. In memory: a restart of the
/// server forgives.
/// </summary>
internal sealed class SignInAttempts(IOptions<AccessOptions> options, TimeProvider clock)
{
    private const int MaximumAddresses = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> _attempts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Begins an attempt, which counts as failed until <see cref="Succeed"/>: attempts at the same time cannot slip through together.</summary>
    /// <returns>Null to go on, or how long to wait.</returns>
    public TimeSpan? Begin(string email)
    {
        var (maximum, window) = (options.Value.MaximumAttempts, options.Value.AttemptWindow);
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (!_attempts.TryGetValue(email, out var times))
            {
                MakeRoom(now - window);
                _attempts[email] = times = new Queue<DateTimeOffset>();
            }

            while (times.TryPeek(out var oldest) && oldest <= now - window)
            {
                times.Dequeue();
            }

            if (times.Count >= maximum)
            {
                return times.Peek() + window - now;
            }

            times.Enqueue(now);
            return null;
        }
    }

    /// <summary>Forgets the failures of an address that has signed in.</summary>
    public void Succeed(string email)
    {
        lock (_lock)
        {
            _attempts.Remove(email);
        }
    }

    // Whoever floods the table with made-up addresses pushes out old entries, not the memory of the server.
    private void MakeRoom(DateTimeOffset forgiven)
    {
        if (_attempts.Count < MaximumAddresses)
        {
            return;
        }

        foreach (var (email, times) in _attempts)
        {
            if (times.All(time => time <= forgiven))
            {
                _attempts.Remove(email);
            }
        }

        if (_attempts.Count >= MaximumAddresses)
        {
            _attempts.Remove(_attempts.MinBy(entry => entry.Value.Last()).Key);
        }
    }
}

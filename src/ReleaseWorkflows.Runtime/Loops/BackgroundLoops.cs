using System.Collections.Concurrent;

namespace ReleaseWorkflows.Runtime.Loops;

/// <summary>How a loop is doing.</summary>
public enum LoopState
{
    /// <summary>It does not run in this process.</summary>
    NotStarted,

    /// <summary>It works, or waits for work.</summary>
    Working,

    /// <summary>Its last rounds all failed.</summary>
    Failing,

    /// <summary>It has given no sign of life for much longer than its longest pause.</summary>
    Silent,

    /// <summary>It has ended; nobody does its work any more.</summary>
    Ended,
}

/// <summary>
/// The loops that work in the background of this process: timers, work outside, what follows a commit, what is removed. Each tells here how it is doing, so
/// that a server whose requests are answered and whose timers do not fire does not count as healthy.
/// </summary>
public sealed class BackgroundLoops(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, BackgroundLoop> _loops = new(StringComparer.Ordinal);

    /// <summary>Every loop that is known, in the order of the names.</summary>
    public IReadOnlyList<BackgroundLoop> All => [.. _loops.Values.OrderBy(static loop => loop.Name, StringComparer.Ordinal)];

    /// <summary>The loop with this name; one that has not begun if it is new.</summary>
    public BackgroundLoop Find(string name) => _loops.GetOrAdd(name, key => new BackgroundLoop(key, time));
}

/// <summary>One loop. Its own task tells what happens; anybody may look.</summary>
public sealed class BackgroundLoop
{
    // One round may fail by chance: somebody held the database for a moment.
    private const int FailuresThatCount = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private TimeSpan _longestPause;
    private long _lastSign;
    private int _failures;
    private bool _hasBegun;
    private bool _hasEnded;

    internal BackgroundLoop(string name, TimeProvider time)
    {
        Name = name;
        _time = time;
    }

    /// <summary>What it is called: lower case with hyphens.</summary>
    public string Name { get; }

    /// <summary>What the last round complained about; null if it did not.</summary>
    public string? LastError { get; private set; }

    /// <summary>How it is doing now.</summary>
    public LoopState State
    {
        get
        {
            lock (_lock)
            {
                return !_hasBegun ? LoopState.NotStarted
                    : _hasEnded ? LoopState.Ended
                    : _failures >= FailuresThatCount ? LoopState.Failing
                    : _longestPause >= TimeSpan.Zero && _time.GetElapsedTime(_lastSign) > (2 * _longestPause) + Patience ? LoopState.Silent
                    : LoopState.Working;
            }
        }
    }

    /// <summary>It begins.</summary>
    /// <param name="longestPause">The longest time that it waits between two rounds; <see cref="Timeout.InfiniteTimeSpan"/>: until it is woken.</param>
    public void Begin(TimeSpan longestPause)
    {
        lock (_lock)
        {
            (_hasBegun, _hasEnded, _longestPause) = (true, false, longestPause);
            Sign(0, null);
        }
    }

    /// <summary>A round, or a part of one, came to its end.</summary>
    public void Worked()
    {
        lock (_lock)
            Sign(0, null);
    }

    /// <summary>A round failed as a whole.</summary>
    public void Failed(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        lock (_lock)
            Sign(_failures + 1, error.Message);
    }

    /// <summary>It has ended.</summary>
    public void End()
    {
        lock (_lock)
            _hasEnded = true;
    }

    private void Sign(int failures, string? error) => (_lastSign, _failures, LastError) = (_time.GetTimestamp(), failures, error);
}

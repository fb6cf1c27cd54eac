using System.Collections.Concurrent;

namespace ReleaseWorkflows.Faults.Tests.Driving;

/// <summary>Everything that was asked and answered, in the order of a clock that only counts.</summary>
internal sealed class History
{
    private readonly ConcurrentQueue<Operation> _operations = new();
    private readonly ConcurrentQueue<string> _oddities = new();
    private long _clock;
    private int _unknown;
    private int _replays;

    /// <summary>Operations that have an answer.</summary>
    public IReadOnlyCollection<Operation> Operations => _operations;

    /// <summary>Answers that no server may give, noted as they came.</summary>
    public IReadOnlyCollection<string> Oddities => _oddities;

    /// <summary>Requests whose answer never came.</summary>
    public int Unknown => _unknown;

    /// <summary>Answers that had been given before.</summary>
    public int Replays => _replays;

    public long Tick() => Interlocked.Increment(ref _clock);

    public void Completed(Operation operation) => _operations.Enqueue(operation);

    public void LostAnAnswer() => Interlocked.Increment(ref _unknown);

    public void Replayed() => Interlocked.Increment(ref _replays);

    public void Odd(string what) => _oddities.Enqueue(what);
}

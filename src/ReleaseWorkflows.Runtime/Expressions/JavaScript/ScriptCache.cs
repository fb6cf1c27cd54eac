using System.Collections.Concurrent;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// Parsed scripts by their text. Bounded: when it is full, the tenth that was used longest ago makes room. Reading takes no lock.
/// Scripts that cannot be parsed are remembered as well, so that a broken expression is cheap each time it fails.
/// </summary>
internal sealed class ScriptCache(int capacity, Func<string, PreparedScript> parse)
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _eviction = new();
    private long _clock;

    /// <summary>Number of scripts held at the moment.</summary>
    public int Count => _entries.Count;

    /// <summary>The prepared script.</summary>
    /// <exception cref="ScriptException">The script cannot be parsed.</exception>
    public PreparedScript Get(string text)
    {
        if (!_entries.TryGetValue(text, out var entry))
        {
            entry = Create(text);
            if (_entries.Count >= capacity)
                MakeRoom();
            _entries[text] = entry;
        }

        entry.LastUse = Interlocked.Increment(ref _clock);
        return entry.Script ?? throw new ScriptException(entry.Failure!.Reason, entry.Failure.Line, entry.Failure.Column);
    }

    private Entry Create(string text)
    {
        try
        {
            return new Entry(parse(text), null);
        }
        catch (ScriptException exception)
        {
            var prefix = exception.Line > 0 ? $"Line {exception.Line}, column {exception.Column}: ".Length : 0;
            return new Entry(null, new Failure(exception.Message[prefix..], exception.Line, exception.Column));
        }
    }

    private void MakeRoom()
    {
        lock (_eviction)
        {
            var excess = _entries.Count - (capacity - (capacity / 10) - 1);
            foreach (var (text, _) in _entries.ToArray().OrderBy(entry => entry.Value.LastUse).Take(Math.Max(excess, 0)))
                _entries.TryRemove(text, out _);
        }
    }

    private sealed record Failure(string Reason, int Line, int Column);

    private sealed class Entry(PreparedScript? script, Failure? failure)
    {
        public PreparedScript? Script => script;

        public Failure? Failure => failure;

        public long LastUse { get; set; }
    }
}

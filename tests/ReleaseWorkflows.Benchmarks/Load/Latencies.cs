namespace ReleaseWorkflows.Benchmarks.Load;

/// <summary>Times of single calls, in microseconds, from one or many callers.</summary>
internal sealed class Latencies
{
    private readonly List<double> _microseconds = new(4096);
    private bool _isSorted;

    public int Count => _microseconds.Count;

    public void Add(TimeSpan time)
    {
        _microseconds.Add(time.TotalMicroseconds);
        _isSorted = false;
    }

    public void AddAll(Latencies other)
    {
        _microseconds.AddRange(other._microseconds);
        _isSorted = false;
    }

    /// <summary>The time, in milliseconds, that this part of the calls stayed below; 0 without calls.</summary>
    public double Percentile(double part)
    {
        if (_microseconds.Count == 0)
            return 0;
        if (!_isSorted)
            _microseconds.Sort();
        _isSorted = true;
        return _microseconds[Math.Min(_microseconds.Count - 1, (int)(part * _microseconds.Count))] / 1000;
    }

    public double P50 => Percentile(0.5);

    public double P99 => Percentile(0.99);

    public double P999 => Percentile(0.999);

    public double Maximum => Percentile(1);
}

/// <summary>What a load came to.</summary>
/// <param name="Calls">Calls that were answered as hoped.</param>
/// <param name="Others">Calls with another status, by status.</param>
/// <param name="Elapsed">From the first call to the last answer.</param>
/// <param name="Latencies">Times of all calls.</param>
internal sealed record LoadResult(int Calls, IReadOnlyDictionary<int, int> Others, TimeSpan Elapsed, Latencies Latencies)
{
    public double PerSecond => Calls / Elapsed.TotalSeconds;

    public override string ToString() =>
        $"{PerSecond,8:F0}/s  p50 {Latencies.P50,7:F3}  p99 {Latencies.P99,7:F3}  p99.9 {Latencies.P999,7:F3} ms  n={Calls}"
        + (Others.Count == 0 ? "" : "  others " + string.Join(", ", Others.Select(other => $"{other.Key}×{other.Value}")));
}

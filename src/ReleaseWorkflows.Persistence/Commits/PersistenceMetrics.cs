using System.Diagnostics.Metrics;

namespace ReleaseWorkflows.Persistence.Commits;

/// <summary>What the writer does, as measurements of the meter <c>ReleaseWorkflows.Persistence</c>.</summary>
internal sealed class PersistenceMetrics : IDisposable
{
    internal Meter Meter { get; } = new("ReleaseWorkflows.Persistence");

    private readonly Histogram<int> _groupSize;
    private readonly Histogram<double> _groupDuration;
    private readonly Histogram<int> _pages;
    private readonly Counter<long> _conflicts;

    public PersistenceMetrics()
    {
        _groupSize = Meter.CreateHistogram<int>("releaseworkflows.commit.group_size", "{unit}", "Units of work that shared one transaction.");
        _groupDuration = Meter.CreateHistogram<double>("releaseworkflows.commit.duration", "s", "Time one transaction took, the wait for the disk included.");
        _pages = Meter.CreateHistogram<int>("releaseworkflows.commit.pages", "{page}", "Pages of 4 KB that one transaction wrote to the write-ahead log.");
        _conflicts = Meter.CreateCounter<long>("releaseworkflows.commit.conflicts", "{unit}", "Units of work that lost a race and left no trace.");
    }

    public void GroupCommitted(int units, int pages, TimeSpan duration)
    {
        _groupSize.Record(units);
        _pages.Record(pages);
        _groupDuration.Record(duration.TotalSeconds);
    }

    public void ConflictFound() => _conflicts.Add(1);

    public void Dispose() => Meter.Dispose();
}

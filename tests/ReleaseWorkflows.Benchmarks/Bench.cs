using ReleaseWorkflows.Benchmarks.Reports;

namespace ReleaseWorkflows.Benchmarks;

/// <summary>What every workload gets: how long to take, where to write, and whom to tell.</summary>
internal sealed record Bench(bool IsShort, string Folder, Report Report)
{
    /// <summary>How often a comparison is repeated; probe and product take turns.</summary>
    public int Repetitions => IsShort ? 2 : 3;

    /// <summary>How long one measurement of a comparison lasts.</summary>
    public TimeSpan Slice => TimeSpan.FromSeconds(IsShort ? 1.5 : 2.5);

    /// <summary>L1 and L32 in steps per second, as measured last; workloads that run apart measure them anew.</summary>
    public double? L1 { get; set; }

    public double? L32 { get; set; }
}

namespace ReleaseWorkflows.Runtime.Loops;

/// <summary>
/// Pauses between attempts at something that fails: each is twice as long as the one before, up to a longest one, and up to a fifth longer by chance, so that
/// what failed together does not come back together.
/// </summary>
public static class Backoff
{
    // More doublings than this only overflow.
    private const int MostDoublings = 20;

    /// <summary>The pause after an attempt that failed.</summary>
    /// <param name="failures">Attempts that have failed so far, this one included; at least 1.</param>
    /// <param name="first">The pause after the first one.</param>
    /// <param name="longest">The longest pause, without the part that chance adds.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var pause = first * Math.Pow(2, Math.Min(failures - 1, MostDoublings));
        return (pause < longest ? pause : longest) * (1 + (Random.Shared.NextDouble() / 5));
    }
}

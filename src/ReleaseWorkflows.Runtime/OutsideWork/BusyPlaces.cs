namespace ReleaseWorkflows.Runtime.OutsideWork;

/// <summary>
/// Who gets no further place for outside work as things are: kinds all of whose places are taken, and addressees of a kind that hold as many of its places as are
/// free. So one host that does not answer holds at most half of the places, a second one half of what is left, and whoever comes next still finds one.
/// </summary>
public sealed class BusyPlaces
{
    private BusyPlaces(HashSet<string> kinds, HashSet<string> addressees) => (Kinds, Addressees) = (kinds, addressees);

    /// <summary>Every place is free.</summary>
    public static BusyPlaces None { get; } = new([], []);

    /// <summary>The kinds without a free place.</summary>
    public IReadOnlyCollection<string> Kinds { get; }

    /// <summary>The addressees that have their share, each as <see cref="KeyOf"/> names it.</summary>
    public IReadOnlyCollection<string> Addressees { get; }

    /// <summary>Names an addressee of a kind; null for a job without one.</summary>
    public static string? KeyOf(string kind, string? addressee) => addressee is null ? null : $"{kind} {addressee}";

    /// <summary>Finds out who has its share.</summary>
    /// <param name="taken">Kind and addressee of each job that is under way.</param>
    /// <param name="parallelism">The places of a kind.</param>
    public static BusyPlaces Of(IReadOnlyCollection<(string Kind, string? Addressee)> taken, int parallelism)
    {
        if (taken.Count == 0)
            return None;

        var byKind = taken.CountBy(static job => job.Kind).ToDictionary(StringComparer.Ordinal);
        return new(
            [.. byKind.Where(kind => kind.Value >= parallelism).Select(static kind => kind.Key)],
            [.. taken.Where(static job => job.Addressee is not null).CountBy(static job => job)
                .Where(held => held.Value >= parallelism - byKind[held.Key.Kind])
                .Select(static held => KeyOf(held.Key.Kind, held.Key.Addressee)!)]);
    }

    /// <summary>True if there is no place for this job.</summary>
    public bool Include(OutsideJobRecord job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Kinds.Contains(job.Kind) || (KeyOf(job.Kind, job.Addressee) is { } key && Addressees.Contains(key));
    }
}

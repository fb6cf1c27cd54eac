using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Domain.Pilot;

/// <summary>
/// Changes the test group of a pilot (T12, A4): reads the list that was given, works out who comes in and who goes out, and collects the
/// new group together with its line of the log in the current unit of work. Commits nothing itself.
/// </summary>
public sealed class TesterService(ReleaseService releases, IReleaseStore store)
{
    private const int MaximumExamples = 10;

    /// <summary>Replaces, extends or reduces the test group.</summary>
    /// <remarks>
    /// Whether the actor may and whether the release is in pilot testing is asked first: a refused list is not read at all. Rows that hold
    /// no id are left out and reported. A list of nothing but such rows changes nothing, and neither does one that cannot be read to its
    /// end; replacing by a list without any row empties the group.
    /// </remarks>
    /// <param name="id">The release in pilot testing.</param>
    /// <param name="change">What the list means.</param>
    /// <param name="entries">The list, row by row. Read at most once.</param>
    /// <param name="actor">Who changes the group; needs <see cref="Permission.Testers"/>.</param>
    /// <param name="cancellationToken">Stops the reading of a long list.</param>
    /// <returns>The domain's answer, with what became of every row unless it is a refusal.</returns>
    public async ValueTask<TesterChangeResult> ChangeTestersAsync(
        ReleaseId id, TesterChange change, IEnumerable<TesterLine> entries, Actor actor, CancellationToken cancellationToken)
    {
        var preview = await releases.PreviewAsync(id, new UpdateTesters(0, 0, 0, []), actor, cancellationToken);
        if (preview.IsRefused)
        {
            return new TesterChangeResult(preview, null);
        }

        var current = await store.ListTestersAsync(id, cancellationToken);
        var group = current.ToHashSet(StringComparer.Ordinal);
        var import = Read(change, entries, group, preview.Release, cancellationToken);
        if (import.Problem is not null || import is { Accepted.Count: 0, Rejected.Count: > 0 })
        {
            return new TesterChangeResult(preview, import);
        }

        var (added, removed) = Compare(change, import.Accepted, current, group);
        var command = new UpdateTesters(added.Count, removed.Count, current.Count + added.Count - removed.Count, Examples(added, removed));
        var result = await releases.ExecuteAsync(id, command, actor, cancellationToken);
        if (result.Event is not null)
        {
            store.ChangeTesters(id, added, removed);
        }

        return new TesterChangeResult(result, import);
    }

    private static TesterImportResult Read(
        TesterChange change, IEnumerable<TesterLine> entries, HashSet<string> group, Release release, CancellationToken cancellationToken)
    {
        var kind = release.Policy.TesterIdKind;
        var lines = entries.Select(line =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return line;
        });
        return change switch
        {
            TesterChange.Replace => TesterImport.Read(lines, kind, EmptyGroup),
            TesterChange.Add => TesterImport.Read(lines, kind, group),
            TesterChange.Remove => TesterImport.Read(lines.Select(OnlyMembers), kind, EmptyGroup),
            _ => throw new ArgumentOutOfRangeException(nameof(change), change, "Unknown change of testers."),
        };

        TesterLine OnlyMembers(TesterLine line) =>
            line.Problem is null && TesterId.TryRead(line.Value, kind, out var tester, out _) && !group.Contains(tester)
                ? line with { Problem = "Not in the test group." }
                : line;
    }

    private static (IReadOnlyList<string> Added, IReadOnlyList<string> Removed) Compare(
        TesterChange change, IReadOnlyList<string> accepted, IReadOnlyList<string> current, HashSet<string> group)
    {
        switch (change)
        {
            case TesterChange.Add:
                return (accepted, []);
            case TesterChange.Remove:
                return ([], accepted);
            default:
                var wanted = accepted.ToHashSet(StringComparer.Ordinal);
                return ([.. accepted.Where(tester => !group.Contains(tester))], [.. current.Where(tester => !wanted.Contains(tester))]);
        }
    }

    private static IReadOnlyList<string> Examples(IReadOnlyList<string> added, IReadOnlyList<string> removed) =>
        [.. added.Select(tester => "+" + tester).Concat(removed.Select(tester => "-" + tester)).Take(MaximumExamples)];

    private static IReadOnlySet<string> EmptyGroup { get; } = new HashSet<string>();
}

/// <summary>What a list of testers means for the test group (A4).</summary>
public enum TesterChange
{
    /// <summary>The list is the new group; who is not on it goes out.</summary>
    Replace,

    /// <summary>Who is on the list comes in; the others stay.</summary>
    Add,

    /// <summary>Who is on the list goes out; the others stay.</summary>
    Remove,
}

/// <summary>What became of a change of testers.</summary>
/// <param name="Result">The domain's answer. Accepted without an event: the group stays as it is.</param>
/// <param name="Import">
/// What became of every row, null after a refusal. When removing, <see cref="TesterImportResult.Accepted"/> are those who go out, and a
/// row that names nobody in the group is rejected. If <see cref="TesterImportResult.Problem"/> is set, nothing was changed.
/// </param>
public sealed record TesterChangeResult(ReleaseResult Result, TesterImportResult? Import);

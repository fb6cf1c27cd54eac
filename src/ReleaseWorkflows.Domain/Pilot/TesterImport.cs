namespace ReleaseWorkflows.Domain.Pilot;

/// <summary>
/// Sorts the lines of a tester list into those to add, those already there and those that cannot be read (T12, S1).
/// </summary>
/// <remarks>
/// A list comes as lines, each with its number: typed in, sent as JSON, or read from a CSV or TXT file. Nothing is stored here; the
/// caller shows the outcome and then replaces or extends the test group with <see cref="TesterImportResult.Accepted"/>. A file of
/// 100,000 lines is ordinary: lines are taken one at a time.
/// </remarks>
public static class TesterImport
{
    /// <summary>Longest part of a rejected value that is kept, in characters.</summary>
    private const int KeptLength = 200;

    /// <summary>Reads a list to its end.</summary>
    /// <param name="lines">The lines, in their order.</param>
    /// <param name="kind">How the target app names its testers (A1).</param>
    /// <param name="existing">Ids the test group has already, as stored; empty if the list replaces the group.</param>
    /// <returns>Every line in one of three lists, or the reason why the file as a whole cannot be read.</returns>
    public static TesterImportResult Read(IEnumerable<TesterLine> lines, TesterIdKind kind, IReadOnlySet<string> existing)
    {
        var accepted = new List<string>();
        var duplicates = new List<DuplicateTester>();
        var rejected = new List<RejectedTester>();
        foreach (var row in ReadRows(lines, kind, existing))
        {
            switch (row.Outcome)
            {
                case TesterRowOutcome.Accepted:
                    accepted.Add(row.Value);
                    break;
                case TesterRowOutcome.Duplicate:
                    duplicates.Add(new DuplicateTester(row.Line, row.Value, row.FirstLine));
                    break;
                case TesterRowOutcome.Rejected:
                    rejected.Add(new RejectedTester(row.Line, row.Value, row.Reason));
                    break;
                default:
                    return new TesterImportResult([], [], [], new TesterFileProblem(row.Line, row.Reason));
            }
        }

        return new TesterImportResult(accepted, duplicates, rejected, null);
    }

    /// <summary>Reads a list row by row, holding nothing but the ids seen so far.</summary>
    /// <inheritdoc cref="Read"/>
    /// <returns>One row per line; a row with <see cref="TesterRowOutcome.Unreadable"/> is the last and makes the whole list void.</returns>
    public static IEnumerable<TesterRow> ReadRows(IEnumerable<TesterLine> lines, TesterIdKind kind, IReadOnlySet<string> existing)
    {
        var firstLines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (line.IsEndOfReading)
            {
                yield return new TesterRow(line.Number, "", TesterRowOutcome.Unreadable, line.Problem ?? "The file cannot be read.", null);
                yield break;
            }

            var id = "";
            var reason = line.Problem;
            if (reason is not null || !TesterId.TryRead(line.Value, kind, out id, out reason))
            {
                yield return new TesterRow(line.Number, Shorten(line.Value), TesterRowOutcome.Rejected, reason, null);
            }
            else if (existing.Contains(id))
            {
                yield return new TesterRow(line.Number, id, TesterRowOutcome.Duplicate, "Already in the test group.", null);
            }
            else if (!firstLines.TryAdd(id, line.Number))
            {
                yield return new TesterRow(
                    line.Number, id, TesterRowOutcome.Duplicate, $"Already in line {firstLines[id]}.", firstLines[id]);
            }
            else
            {
                yield return new TesterRow(line.Number, id, TesterRowOutcome.Accepted, "", null);
            }
        }
    }

    private static string Shorten(string value) => value.Length <= KeptLength ? value : value[..KeptLength] + "…";
}

/// <summary>One line of a tester list before it is looked at.</summary>
/// <param name="Number">Number of the line in its source, from 1.</param>
/// <param name="Value">What the line gives as the id.</param>
/// <param name="Problem">A sentence if the line could not be taken apart; else null.</param>
/// <param name="IsEndOfReading">True if <paramref name="Problem"/> is about the whole file, which cannot be read further.</param>
public readonly record struct TesterLine(int Number, string Value, string? Problem = null, bool IsEndOfReading = false)
{
    /// <summary>Numbers values that did not come from a file: the first is line 1.</summary>
    public static IEnumerable<TesterLine> FromValues(IEnumerable<string> values) =>
        values.Select((value, index) => new TesterLine(index + 1, value));
}

/// <summary>What became of one line.</summary>
public enum TesterRowOutcome
{
    /// <summary>A new tester.</summary>
    Accepted,

    /// <summary>In the test group already, or earlier in the list.</summary>
    Duplicate,

    /// <summary>No id.</summary>
    Rejected,

    /// <summary>The list cannot be read from here on, and nothing of it counts.</summary>
    Unreadable,
}

/// <summary>A line after it was looked at.</summary>
/// <param name="Line">Number of the line.</param>
/// <param name="Value">The id, or for a rejected line what was given, at most 200 characters of it.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">A sentence that says why, empty for an accepted line.</param>
/// <param name="FirstLine">For a duplicate within the list, the line that has the id first.</param>
public readonly record struct TesterRow(int Line, string Value, TesterRowOutcome Outcome, string Reason, int? FirstLine);

/// <summary>The outcome of a whole list.</summary>
/// <param name="Accepted">New ids, in the order of the list, each once.</param>
/// <param name="Duplicates">Lines whose id was there before.</param>
/// <param name="Rejected">Lines that hold no id.</param>
/// <param name="Problem">Why the file as a whole cannot be read, or null. If it is set, the lists are empty.</param>
public sealed record TesterImportResult(
    IReadOnlyList<string> Accepted,
    IReadOnlyList<DuplicateTester> Duplicates,
    IReadOnlyList<RejectedTester> Rejected,
    TesterFileProblem? Problem);

/// <summary>A line whose id was there before.</summary>
/// <param name="Line">Number of the line.</param>
/// <param name="Value">The id.</param>
/// <param name="FirstLine">The line of this list that has the id first, or null if the test group has it already.</param>
public sealed record DuplicateTester(int Line, string Value, int? FirstLine);

/// <summary>A line that holds no id.</summary>
/// <param name="Line">Number of the line.</param>
/// <param name="Value">What was given, at most 200 characters of it.</param>
/// <param name="Reason">A sentence that says what is wrong.</param>
public sealed record RejectedTester(int Line, string Value, string Reason);

/// <summary>Why a file cannot be read at all.</summary>
/// <param name="Line">Number of the line where it became clear.</param>
/// <param name="Message">A sentence that says what is wrong and what would be right.</param>
public sealed record TesterFileProblem(int Line, string Message);

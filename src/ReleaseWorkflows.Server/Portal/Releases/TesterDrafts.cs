using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Api;
using ReleaseWorkflows.Server.Hosting;

namespace ReleaseWorkflows.Server.Portal.Releases;

/// <summary>A list of testers that was read and is not confirmed: nothing of it counts yet.</summary>
/// <param name="Id">32 hexadecimal digits that nobody can guess.</param>
/// <param name="Release">For which release.</param>
/// <param name="By">Who gave it; nobody else sees it.</param>
/// <param name="Change">What the list means.</param>
/// <param name="Source">The name of the file, or what else it came from.</param>
/// <param name="Accepted">How many entries can be used.</param>
/// <param name="Duplicates">How many were there before.</param>
/// <param name="Rejected">How many are no ids.</param>
/// <param name="Examples">The first of each, to be looked at.</param>
internal sealed record TesterDraft(
    string Id, ReleaseId Release, UserId By, TesterChange Change, string Source, int Accepted, int Duplicates, int Rejected, IReadOnlyList<TesterDraftRow> Examples);

/// <summary>A row of a list as it is shown.</summary>
/// <param name="Line">Its number in the list; 0 where that does not matter.</param>
/// <param name="Value">What it says.</param>
/// <param name="Outcome">What becomes of it.</param>
/// <param name="Reason">Why.</param>
internal sealed record TesterDraftRow(int Line, string Value, TesterRowOutcome Outcome, string Reason);

/// <summary>
/// Keeps lists of testers between reading and confirming, as files below the data directory: a list may have a million rows. They go after an hour.
/// </summary>
internal sealed class TesterDrafts(DataFolder data, TimeProvider clock)
{
    private const int Shown = 100;
    private const int MostKept = 100;

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private string Folder => data.Combine("drafts");

    /// <summary>Keeps a list that was read.</summary>
    public async Task<TesterDraft> KeepAsync(
        ReleaseId release, UserId by, TesterChange change, string source, TesterImportResult import, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        RemoveOld();
        TesterDraftRow[] examples =
        [
            .. import.Rejected.Take(Shown).Select(row => new TesterDraftRow(row.Line, row.Value, TesterRowOutcome.Rejected, row.Reason)),
            .. import.Duplicates.Take(Shown).Select(row => new TesterDraftRow(
                row.Line, row.Value, TesterRowOutcome.Duplicate, row.FirstLine is { } first ? $"Already in line {first.ToString(CultureInfo.InvariantCulture)}." : "Already in the test group.")),
            .. import.Accepted.Take(Shown).Select(value => new TesterDraftRow(0, value, TesterRowOutcome.Accepted, "")),
        ];
        var draft = new TesterDraft(
            RandomNumberGenerator.GetHexString(32, lowercase: true), release, by, change, source, import.Accepted.Count, import.Duplicates.Count, import.Rejected.Count, examples);
        await File.WriteAllLinesAsync(PathOf(draft.Id, "accepted.txt"), import.Accepted, cancellationToken);
        await File.WriteAllLinesAsync(PathOf(draft.Id, "rejected.csv"), import.Rejected.Select(LineOf).Prepend("userId,line,reason"), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), cancellationToken);

        // Last, so that a list that is found is whole.
        await File.WriteAllTextAsync(PathOf(draft.Id, "json"), JsonSerializer.Serialize(draft, ApiJson.Options), cancellationToken);
        return draft;
    }

    /// <summary>The list if it is still there, belongs to the release, and was given by this person.</summary>
    public async Task<TesterDraft?> FindAsync(string? id, ReleaseId release, UserId by, CancellationToken cancellationToken)
    {
        if (id is not { Length: 32 } || !id.All(char.IsAsciiHexDigitLower) || !File.Exists(PathOf(id, "json")))
        {
            return null;
        }

        var draft = JsonSerializer.Deserialize<TesterDraft>(await File.ReadAllTextAsync(PathOf(id, "json"), cancellationToken), ApiJson.Options);
        return draft is not null && draft.Release == release && draft.By == by ? draft : null;
    }

    /// <summary>What can be used of a list.</summary>
    public Task<string[]> ReadAcceptedAsync(TesterDraft draft, CancellationToken cancellationToken) => File.ReadAllLinesAsync(PathOf(draft.Id, "accepted.txt"), cancellationToken);

    /// <summary>What cannot, as a CSV file that can be mended and given again.</summary>
    public Stream OpenRejected(TesterDraft draft) => File.OpenRead(PathOf(draft.Id, "rejected.csv"));

    private void RemoveOld()
    {
        var oldest = clock.GetUtcNow() - Lifetime;
        foreach (var (file, place) in new DirectoryInfo(Folder).EnumerateFiles().OrderByDescending(file => file.LastWriteTimeUtc).Select((file, index) => (file, index)).ToList())
        {
            // Three files make a list.
            if (place >= (MostKept - 1) * 3 || file.LastWriteTimeUtc < oldest.UtcDateTime)
            {
                file.Delete();
            }
        }
    }

    private string PathOf(string id, string kind) => Path.Combine(Folder, $"{id}.{kind}");

    private static string LineOf(RejectedTester row) => $"{Cell(row.Value)},{row.Line.ToString(CultureInfo.InvariantCulture)},{Cell(row.Reason)}";

    // A value that a spreadsheet would take for a formula gets an apostrophe.
    private static string Cell(string text)
    {
        var safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text;
        return $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}

using System.Security.Cryptography;
using System.Text;
using ReleaseWorkflows.Runtime.Definitions.Validation;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>Publishes the definitions of a folder: what is new or changed, never over what was changed elsewhere.</summary>
internal sealed class DefinitionFolder(
    IWorkflowDefinitions definitions,
    Func<string, CancellationToken, Task<IReadOnlyList<WorkflowDefinitionRecord>>> listVersions)
{
    private const int MaxBytes = 3 * DefinitionBounds.MaxLength;

    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<FileReport>> LoadAsync(string folder, CancellationToken cancellationToken)
    {
        var reports = new List<FileReport>();
        if (!Directory.Exists(folder))
            return reports;

        foreach (var file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            reports.Add(await LoadFileAsync(file, Path.GetRelativePath(folder, file), cancellationToken));

        // A definition may use one whose file comes later.
        for (var hasProgress = reports.Exists(static report => report.Outcome == FileOutcome.Published); hasProgress;)
        {
            hasProgress = false;
            for (var index = 0; index < reports.Count; index++)
            {
                if (reports[index] is not { Outcome: FileOutcome.Refused } refused)
                    continue;

                reports[index] = await LoadFileAsync(Path.Combine(folder, refused.Path), refused.Path, cancellationToken);
                hasProgress |= reports[index].Outcome == FileOutcome.Published;
            }
        }

        return reports;
    }

    private async Task<FileReport> LoadFileAsync(string file, string path, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(file).Length > MaxBytes)
                return Refused(path, null, $"The file is larger than {MaxBytes / 1024 / 1024} MB.");
            bytes = await File.ReadAllBytesAsync(file, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Refused(path, null, $"The file cannot be read: {exception.Message}");
        }

        var json = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        var check = definitions.Check(json);
        if (check.Graph is not { } graph)
            return new FileReport(path, FileOutcome.Refused, null, check.Findings);

        var definitionId = graph.Workflow.Identity.DefinitionId;
        if (!_owners.TryAdd(definitionId, path) && _owners[definitionId] != path)
            return Refused(path, definitionId, $"The definition '{definitionId}' is in the file '{_owners[definitionId]}' too.");

        return await LoadDefinitionAsync(path, definitionId, json, Convert.ToHexStringLower(SHA256.HashData(bytes)), check.Findings, cancellationToken);
    }

    private async Task<FileReport> LoadDefinitionAsync(
        string path, string definitionId, string json, string hash, IReadOnlyList<DefinitionFinding> findings, CancellationToken cancellationToken)
    {
        var versions = await listVersions(definitionId, cancellationToken);
        var latest = versions.MaxBy(static version => version.Version);

        if (latest?.SourceHash == hash)
            return new FileReport(path, FileOutcome.Unchanged, definitionId, findings);

        if (latest is { SourceHash: null })
        {
            // Whoever edits a definition in Studio and leaves its file alone has nothing to be told.
            if (versions.Any(version => version.SourceHash == hash))
                return new FileReport(path, FileOutcome.Unchanged, definitionId, findings);

            return new FileReport(path, FileOutcome.Superseded, definitionId,
            [
                .. findings,
                DefinitionReader.Warning(
                    null,
                    $"The file has changed, but version {latest.Version} of '{definitionId}' was made elsewhere and is newer. The file was not loaded: "
                    + "import it in Studio to use it, or export the definition over the file to keep what is there."),
            ]);
        }

        var publication = await definitions.PublishAsync(json, hash, cancellationToken);
        return new FileReport(
            path, publication.Definition is null ? FileOutcome.Refused : FileOutcome.Published, definitionId, publication.Findings);
    }

    private static FileReport Refused(string path, string? definitionId, string reason) =>
        new(path, FileOutcome.Refused, definitionId, [DefinitionReader.Error(null, reason)]);
}

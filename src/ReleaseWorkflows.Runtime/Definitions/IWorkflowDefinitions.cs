using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>
/// The workflow definitions: read from files or Studio as Elsa's JSON, checked, stored as versions, compiled once per version and shared.
/// </summary>
/// <remarks>
/// Life of a version: text → findings, or a compiled graph → stored, and published: triggers replaced, new instances start on it. Instances
/// that run keep the version they started on. Safe for concurrent use; a singleton.
/// </remarks>
public interface IWorkflowDefinitions
{
    /// <summary>The compiled published version of a definition; null if there is none.</summary>
    ValueTask<WorkflowGraph?> FindPublishedAsync(string definitionId, CancellationToken cancellationToken = default);

    /// <summary>The compiled version with this id; null if there is none.</summary>
    ValueTask<WorkflowGraph?> FindVersionAsync(string versionId, CancellationToken cancellationToken = default);

    /// <summary>Reads and compiles a definition without storing it.</summary>
    DefinitionCheck Check(string json);

    /// <summary>
    /// Checks a definition, stores it as the next version and publishes it, in a unit of work of its own. A definition with errors is
    /// refused as a whole: nothing changes.
    /// </summary>
    /// <param name="json">The definition, in Elsa's format. Its <c>definitionId</c> decides which definition gets the version.</param>
    /// <param name="sourceHash">SHA-256 of the file it comes from; null if it was made in Studio or in code.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    Task<Publication> PublishAsync(string json, string? sourceHash = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Publishes every <c>*.json</c> below a folder that is new or has changed since it was loaded last. A version made elsewhere (in
    /// Studio) is never overwritten: its file is reported instead. A bad file does not keep the others from loading.
    /// </summary>
    /// <returns>One report per file, in the order of their paths.</returns>
    Task<IReadOnlyList<FileReport>> LoadAsync(string folder, CancellationToken cancellationToken = default);

    /// <summary>
    /// Publishes a new version of every published definition that uses an older version of this one as an activity; it uses the published version then.
    /// Happens by itself when a definition with <c>options.autoUpdateConsumingWorkflows</c> is published.
    /// </summary>
    /// <param name="definitionId">The definition that is used.</param>
    /// <param name="cancellationToken">Ends the work. What was published by then stays.</param>
    /// <returns>One entry per definition that uses an older version.</returns>
    Task<IReadOnlyList<ReferenceUpdate>> UpdateReferencesAsync(string definitionId, CancellationToken cancellationToken = default);

    /// <summary>Forgets what is cached about a definition, after its rows were changed elsewhere.</summary>
    void Invalidate(string definitionId);

    /// <summary>Raised after the triggers of a definition were replaced and the change is durable.</summary>
    event EventHandler<TriggersChangedEventArgs>? TriggersChanged;
}

/// <summary>How grave a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>The definition runs, but perhaps not as meant.</summary>
    Warning,

    /// <summary>The definition is refused.</summary>
    Error,
}

/// <summary>Something wrong with a definition.</summary>
/// <param name="Severity">How grave it is.</param>
/// <param name="Node">Id of the activity, or the path of the JSON member, it is about; null if it is about the whole.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record DefinitionFinding(FindingSeverity Severity, string? Node, string Reason);

/// <summary>The result of reading a definition.</summary>
/// <param name="Graph">The compiled workflow; null if a finding is an error.</param>
/// <param name="Findings">What is wrong with it.</param>
public sealed record DefinitionCheck(WorkflowGraph? Graph, IReadOnlyList<DefinitionFinding> Findings)
{
    /// <summary>True if the definition can run.</summary>
    public bool IsValid => Graph is not null;
}

/// <summary>The result of publishing a definition.</summary>
/// <param name="Definition">The stored version; null if the definition was refused.</param>
/// <param name="Findings">What is wrong with it.</param>
public sealed record Publication(WorkflowDefinitionRecord? Definition, IReadOnlyList<DefinitionFinding> Findings);

/// <summary>What became of a definition that uses another one, when that was published anew.</summary>
/// <param name="Former">The version that uses the older one.</param>
/// <param name="Publication">The version that was to follow it; null if there is a draft, which is not passed over.</param>
public sealed record ReferenceUpdate(WorkflowDefinitionRecord Former, Publication? Publication)
{
    /// <summary>Why the definition stays as it was; none if a new version was published.</summary>
    public IEnumerable<DefinitionFinding> Complaints()
    {
        if (Publication?.Definition is not null)
            yield break;

        var reason = Publication is null
            ? "it has a draft."
            : string.Join(" ", Publication.Findings.Where(static finding => finding.Severity == FindingSeverity.Error).Select(static finding => finding.Reason));
        yield return new DefinitionFinding(
            FindingSeverity.Warning, null, $"The definition '{Former.DefinitionId}' keeps the version of this workflow that it uses: {reason}");
    }
}

/// <summary>What became of a file.</summary>
public enum FileOutcome
{
    /// <summary>A new version was published.</summary>
    Published,

    /// <summary>The file is as it was when it was loaded last.</summary>
    Unchanged,

    /// <summary>The definition was changed elsewhere since; the file was left alone.</summary>
    Superseded,

    /// <summary>The file has errors.</summary>
    Refused,
}

/// <summary>What became of a file when a folder was loaded.</summary>
/// <param name="Path">Path of the file below the folder.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="DefinitionId">The definition it holds; null if that could not be read.</param>
/// <param name="Findings">What is wrong with it.</param>
public sealed record FileReport(string Path, FileOutcome Outcome, string? DefinitionId, IReadOnlyList<DefinitionFinding> Findings);

/// <summary>Says whose triggers changed.</summary>
/// <param name="definitionId">The definition.</param>
public sealed class TriggersChangedEventArgs(string definitionId) : EventArgs
{
    /// <summary>The definition.</summary>
    public string DefinitionId { get; } = definitionId;
}

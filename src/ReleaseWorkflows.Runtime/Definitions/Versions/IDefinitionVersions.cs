using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Definitions.Versions;

/// <summary>
/// The versions of definitions as editors see them: drafts, publication, history.
/// </summary>
/// <remarks>
/// <para>
/// Life of a version: it is saved as a <b>draft</b>, which may be broken and is changed in place by further saves → it is <b>published</b>, if
/// nothing is wrong with it: new instances run on it, the former published version steps back → from now on its text is frozen, since instances
/// run on it: saving makes the next draft, with a number and an id of its own → it is <b>retracted</b>, or a later version takes its place →
/// it may be <b>reverted</b> to, which copies it into a new draft. A draft on which an instance runs is frozen as well.
/// </para>
/// <para>
/// Each method is a unit of work of its own and keeps who did it. Safe for concurrent use; a singleton. A save that was made on a text which
/// somebody else has changed meanwhile is refused (<see cref="VersionOutcome.Outdated"/>): nothing is overwritten silently.
/// </para>
/// </remarks>
public interface IDefinitionVersions
{
    /// <summary>A version of a definition; null if there is none.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="versions">Which one. <see cref="VersionSelection.LatestOrPublished"/> and <see cref="VersionSelection.All"/> give the newest.</param>
    /// <param name="number">With <see cref="VersionSelection.Number"/>: which number.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    Task<WorkflowDefinitionRecord?> FindAsync(string definitionId, VersionSelection versions, int number = 0, CancellationToken cancellationToken = default);

    /// <summary>The version with this id; null if there is none.</summary>
    Task<WorkflowDefinitionRecord?> FindVersionAsync(string versionId, CancellationToken cancellationToken = default);

    /// <summary>All versions of a definition with their texts, the newest first.</summary>
    Task<IReadOnlyList<WorkflowDefinitionRecord>> ListVersionsAsync(string definitionId, CancellationToken cancellationToken = default);

    /// <summary>Versions for a list, without their texts.</summary>
    Task<DefinitionList> ListAsync(DefinitionQuery query, CancellationToken cancellationToken = default);

    /// <summary>What was done to a definition and by whom, the newest first.</summary>
    Task<IReadOnlyList<DefinitionChangeRecord>> ListChangesAsync(string definitionId, int limit, CancellationToken cancellationToken = default);

    /// <summary>True if no other definition has this name in its newest version.</summary>
    Task<bool> IsNameUniqueAsync(string name, string? exceptDefinitionId, CancellationToken cancellationToken = default);

    /// <summary>Stores a draft, or changes it; publishes it too if asked.</summary>
    Task<VersionChange> SaveAsync(DefinitionDraft draft, CancellationToken cancellationToken = default);

    /// <summary>Publishes the newest version. <see cref="VersionOutcome.Unchanged"/> if it is published already.</summary>
    Task<VersionChange> PublishAsync(string definitionId, DefinitionAuthor author, CancellationToken cancellationToken = default);

    /// <summary>Takes the published version out of use: no new instance runs on it. Instances that run go on.</summary>
    Task<VersionChange> RetractAsync(string definitionId, DefinitionAuthor author, CancellationToken cancellationToken = default);

    /// <summary>Makes a new draft from an older version.</summary>
    Task<VersionChange> RevertAsync(string definitionId, int number, DefinitionAuthor author, CancellationToken cancellationToken = default);

    /// <summary>Makes a new definition from the published version of another one, and publishes it.</summary>
    /// <param name="sourceId">The definition to copy.</param>
    /// <param name="definitionId">Id of the new one. <see cref="VersionOutcome.Refused"/> if it exists.</param>
    /// <param name="name">Its name.</param>
    /// <param name="author">Who does it.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    Task<VersionChange> CopyAsync(string sourceId, string definitionId, string name, DefinitionAuthor author, CancellationToken cancellationToken = default);

    /// <summary>Deletes all versions of a definition, unless something needs it.</summary>
    Task<VersionChange> DeleteAsync(string definitionId, DefinitionAuthor author, CancellationToken cancellationToken = default);

    /// <summary>Deletes a version, unless something needs it. The newest one that is left becomes the latest.</summary>
    Task<VersionChange> DeleteVersionAsync(string versionId, DefinitionAuthor author, CancellationToken cancellationToken = default);

    /// <summary>Makes sure that every published workflow that may be used as an activity is among the activity types.</summary>
    ValueTask PrepareTypesAsync(CancellationToken cancellationToken = default);

    /// <summary>Ids of the definitions whose newest or published version uses this one as an activity.</summary>
    Task<IReadOnlyList<string>> ListConsumersAsync(string definitionId, CancellationToken cancellationToken = default);
}

/// <summary>Who changes something.</summary>
/// <param name="Id">Id of the account.</param>
/// <param name="Name">Its name, kept with the version.</param>
public sealed record DefinitionAuthor(string? Id, string? Name);

/// <summary>A text to be stored.</summary>
/// <param name="Model">The definition in Elsa's format. Without <c>definitionId</c> it becomes a new definition.</param>
/// <param name="Author">Who saves it.</param>
public sealed record DefinitionDraft(JsonObject Model, DefinitionAuthor Author)
{
    /// <summary>True: publish it too. If it has errors, nothing is stored.</summary>
    public bool Publish { get; init; }

    /// <summary>True: it comes from a file. It never changes a draft in place, so that nothing is lost.</summary>
    public bool IsImport { get; init; }
}

/// <summary>What became of a change.</summary>
public enum VersionOutcome
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>There was nothing to do.</summary>
    Unchanged,

    /// <summary>There is no such definition or version.</summary>
    NotFound,

    /// <summary>The definition is not published.</summary>
    NotPublished,

    /// <summary>The text has errors: see the findings.</summary>
    Refused,

    /// <summary>Somebody else has changed the text since it was read.</summary>
    Outdated,

    /// <summary>The definition is made elsewhere, for example in code.</summary>
    IsReadonly,

    /// <summary>Something needs the version.</summary>
    InUse,
}

/// <summary>The result of a change.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Version">The version as it is now; null if there is none.</param>
/// <param name="Findings">What is wrong with its text.</param>
/// <param name="Reason">Why it was not done, in a sentence for people.</param>
public sealed record VersionChange(
    VersionOutcome Outcome, WorkflowDefinitionRecord? Version = null, IReadOnlyList<DefinitionFinding>? Findings = null, string? Reason = null)
{
    /// <summary>What is wrong with its text.</summary>
    public IReadOnlyList<DefinitionFinding> Findings { get; } = Findings ?? [];
}

/// <summary>Something outside the engine that depends on a published definition. A host registers one implementation or more.</summary>
public interface IDefinitionUsage
{
    /// <summary>Who uses a definition; empty if nobody does. Asked inside a unit of work, in its scope, before a definition is retracted or deleted.</summary>
    ValueTask<IReadOnlyList<DefinitionUser>> ListUsersAsync(string definitionId, CancellationToken cancellationToken);
}

/// <summary>Something that depends on a definition.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Name">Its name for people.</param>
public sealed record DefinitionUser(string Key, string Name);

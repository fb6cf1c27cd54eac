namespace ReleaseWorkflows.Runtime.Storage;

/// <summary>Which versions of definitions are asked for.</summary>
public enum VersionSelection
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>The newest one of each definition, draft or not.</summary>
    Latest,

    /// <summary>The published ones.</summary>
    Published,

    /// <summary>The newest and the published ones.</summary>
    LatestOrPublished,

    /// <summary>Those that are both the newest and published.</summary>
    LatestAndPublished,

    /// <summary>The newest ones that are not published.</summary>
    Draft,

    /// <summary>Those with one number.</summary>
    Number,
}

/// <summary>How a list of definitions is sorted. Equal ones follow each other by definition and version.</summary>
public enum DefinitionOrder
{
    /// <summary>By the time they were created.</summary>
    Created,

    /// <summary>By name, without regard to case.</summary>
    Name,

    /// <summary>By number of the version.</summary>
    Version,
}

/// <summary>A question for a list of definition versions. What is null or empty does not narrow it.</summary>
public sealed record DefinitionQuery
{
    /// <summary>Which versions.</summary>
    public VersionSelection Versions { get; init; } = VersionSelection.All;

    /// <summary>With <see cref="VersionSelection.Number"/>: which one.</summary>
    public int VersionNumber { get; init; }

    /// <summary>Only these definitions.</summary>
    public IReadOnlyCollection<string> DefinitionIds { get; init; } = [];

    /// <summary>Only versions with these ids.</summary>
    public IReadOnlyCollection<string> Ids { get; init; } = [];

    /// <summary>Without these definitions: those that the asker is not to see.</summary>
    public IReadOnlyCollection<string> HiddenDefinitionIds { get; init; } = [];

    /// <summary>Part of name or description, without regard to case, or the whole id of definition or version.</summary>
    public string? SearchTerm { get; init; }

    /// <summary>The whole name, without regard to case.</summary>
    public string? Name { get; init; }

    /// <summary>Only system definitions, or none of them.</summary>
    public bool? IsSystem { get; init; }

    /// <summary>Only those that Studio shows without letting change them, or none of them.</summary>
    public bool? IsReadonly { get; init; }

    /// <summary>How the list is sorted.</summary>
    public DefinitionOrder Order { get; init; }

    /// <summary>True: from the end.</summary>
    public bool IsDescending { get; init; }

    /// <summary>Entries passed over. 0 or more.</summary>
    public int Skip { get; init; }

    /// <summary>Most entries to answer. Default: 100.</summary>
    public int Take { get; init; } = 100;
}

/// <summary>A page of a list of definition versions.</summary>
/// <param name="Items">Its entries; <see cref="WorkflowDefinitionRecord.Json"/> is empty in all of them.</param>
/// <param name="TotalCount">Entries of all pages.</param>
public sealed record DefinitionList(IReadOnlyList<WorkflowDefinitionRecord> Items, int TotalCount);

/// <summary>What was done to a version.</summary>
public enum DefinitionAction
{
    /// <summary>A draft was stored, or changed.</summary>
    Saved,

    /// <summary>It was read from a file or another platform.</summary>
    Imported,

    /// <summary>It was made from an older version.</summary>
    Reverted,

    /// <summary>It was published.</summary>
    Published,

    /// <summary>It was taken out of use.</summary>
    Retracted,

    /// <summary>It was deleted.</summary>
    Deleted,
}

/// <summary>Who did what to a version of a definition.</summary>
/// <param name="DefinitionId">The definition.</param>
/// <param name="VersionId">Id of the version.</param>
/// <param name="Version">Number of the version.</param>
/// <param name="Action">What was done.</param>
/// <param name="AuthorId">Account that did it; null for the platform itself.</param>
/// <param name="AuthorName">Name of the account at that time.</param>
/// <param name="At">When.</param>
public sealed record DefinitionChangeRecord(
    string DefinitionId, string VersionId, int Version, DefinitionAction Action, string? AuthorId, string? AuthorName, DateTimeOffset At);

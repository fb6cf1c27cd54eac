using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Domain.Audit;

/// <summary>
/// What somebody did, to be kept. The stores record it where a thing is saved, in the same transaction, so that no way of changing something goes round the
/// trail; what changes nothing in a store (signing in, exporting) is recorded where it happens. Releases and workflow definitions keep logs of their own,
/// committed with what they tell: the trail reads those and does not write them twice.
/// </summary>
/// <param name="Action">What was done: kind of thing and verb, for example <c>app.changed</c>; see <see cref="AuditActions"/>.</param>
/// <param name="SubjectKind">What kind of thing it was done to: the first word of <paramref name="Action"/> or, for members, <c>account</c>.</param>
/// <param name="Subject">Which: its key or id.</param>
/// <param name="Workspace">Whose admins see it; null: the platform's administrators alone.</param>
/// <param name="Text">The same as a sentence.</param>
/// <param name="Changes">What became different, field by field. Secrets are never in it.</param>
public sealed record AuditEvent(
    string Action, string SubjectKind, string Subject, WorkspaceKey? Workspace, string Text, IReadOnlyList<AuditChange> Changes);

/// <summary>Who did it, and from where.</summary>
/// <param name="Id">The account; <see cref="UserId.System"/> for the platform itself.</param>
/// <param name="Name">What people read.</param>
/// <param name="Origin">With which credentials and from which address; null if that is not known.</param>
public sealed record AuditAuthor(UserId Id, string Name, string? Origin)
{
    /// <summary>The platform itself.</summary>
    public static AuditAuthor Platform { get; } = new(UserId.System, Actor.System.Name, null);
}

/// <summary>Says who acts in the present unit of work.</summary>
public interface IAuditAuthor
{
    /// <summary>The account of the request; the platform itself where there is none.</summary>
    AuditAuthor Current { get; }
}

/// <summary>One line of the trail.</summary>
/// <param name="At">When it was done.</param>
/// <param name="By">Who did it.</param>
/// <param name="What">What was done.</param>
/// <param name="OtherWorkspace">Of a release: the workspace of the target app, whose admins see it as well.</param>
public sealed record AuditEntry(DateTimeOffset At, AuditAuthor By, AuditEvent What, WorkspaceKey? OtherWorkspace = null);

/// <summary>Which lines to list; what is null does not narrow.</summary>
public sealed record AuditQuery
{
    /// <summary>Done by this account.</summary>
    public UserId? Actor { get; init; }

    /// <summary>This action, or all of a kind: <c>app.changed</c> or <c>app</c>.</summary>
    public string? Action { get; init; }

    /// <summary>Done to the thing with this key or id.</summary>
    public string? Subject { get; init; }

    /// <summary>Only what the admins of these workspaces see; null: everything.</summary>
    public AuditScope? Scope { get; init; }

    /// <summary>Not before this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Where the last page ended (<see cref="AuditPage.Next"/>); null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>How many, 1 to 500. Default: 50.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>What the admins of workspaces see.</summary>
/// <param name="Workspaces">The workspaces.</param>
/// <param name="Definitions">The workflow definitions that belong to their apps.</param>
public sealed record AuditScope(IReadOnlyList<WorkspaceKey> Workspaces, IReadOnlyList<string> Definitions);

/// <summary>One page of the trail.</summary>
/// <param name="Items">The lines, the latest first.</param>
/// <param name="Next">Where to go on; null on the last page.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Items, string? Next);

/// <summary>The trail within one unit of work.</summary>
public interface IAuditTrail
{
    /// <summary>Adds a line, committed with everything else of the unit.</summary>
    /// <param name="what">What was done.</param>
    /// <param name="by">Who did it; null: who acts in this unit of work.</param>
    void Record(AuditEvent what, AuditAuthor? by = null);

    /// <summary>Committed lines, the latest first.</summary>
    /// <exception cref="FormatException"><see cref="AuditQuery.After"/> is not the end of a page.</exception>
    ValueTask<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken);
}

/// <summary>Hears of what was recorded, after the commit. Called on the thread that committed; must be quick and must not fail.</summary>
public interface IAuditObserver
{
    /// <summary>What was done.</summary>
    void Recorded(AuditEvent what);
}

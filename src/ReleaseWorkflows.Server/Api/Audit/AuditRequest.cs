using System.Globalization;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Api.Audit;

/// <summary>What somebody asks of the audit trail, read from the address, and how much of it the roles show: for the endpoints and the page.</summary>
internal static class AuditRequest
{
    /// <summary>The parameters of the address.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["actor", "action", "subject", "workspace", "from", "to"];

    /// <summary>Reads the question.</summary>
    /// <returns>The question, narrowed to what the actor may see; or why it is not answered.</returns>
    public static async ValueTask<(AuditQuery? Query, Problem? Problem)> ReadAsync(
        IQueryCollection address, Actor actor, IAccountStore accounts, ITargetAppStore apps, CancellationToken cancellationToken)
    {
        if (!actor.MaySomewhere(Permission.ViewAudit))
        {
            return (null, Problem.Forbidden(Permission.ViewAudit));
        }

        var errors = new Dictionary<string, IReadOnlyList<string>>();
        var (from, until) = (ReadTime("from"), ReadTime("to"));
        var limit = 50;
        if (Text("limit") is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > 500))
        {
            errors["limit"] = ["limit is a whole number from 1 to 500."];
        }

        var action = Text("action");
        if (action is not null && !AuditActions.Kinds.Contains(action.Split('.')[0], StringComparer.Ordinal))
        {
            errors["action"] = [$"There is nothing recorded under “{action}”; kinds are {string.Join(", ", AuditActions.Kinds)}, each alone or with what was done: app.changed."];
        }

        var cursor = Text("cursor");
        if (cursor is not null && (cursor.Split('.') is not { Length: 3 } parts || !parts.All(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _))))
        {
            errors["cursor"] = ["Take cursor from next of the page before, or leave it out."];
        }

        if (errors.Count > 0)
        {
            return (null, Problem.From(Refusal.Invalid("Some parts of the query cannot be used as they are.", errors)));
        }

        var workspace = Text("workspace") is { } key ? new WorkspaceKey(key) : (WorkspaceKey?)null;
        if (workspace is { } named && !actor.May(Permission.ViewAudit, new Subject(named, null, null)))
        {
            return (null, Problem.Forbidden(Permission.ViewAudit));
        }

        var query = new AuditQuery
        {
            // People know each other by their addresses.
            Actor = Text("actor") is { } who ? (await accounts.FindByEmailAsync(who, cancellationToken))?.Id ?? new UserId(who) : null,
            Action = action,
            Subject = Text("subject"),
            Scope = await ScopeAsync(actor, workspace, apps, cancellationToken),
            From = from,
            Until = until,
            After = cursor,
            Limit = limit,
        };
        return (query, null);

        string? Text(string name) => address[name].ToString().Trim() is { Length: > 0 and <= 300 } value ? value : null;

        // A day alone is its beginning; as the end, it is still within.
        DateTimeOffset? ReadTime(string name)
        {
            if (Text(name) is not { } value)
            {
                return null;
            }

            if (DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                return new DateTimeOffset((name == "to" ? day.AddDays(1) : day).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            }

            if (DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return time;
            }

            errors[name] = [$"{name} is a day or a time in UTC, for example 2026-01-31 or 2026-01-31T12:00:00Z."];
            return null;
        }
    }

    // An administrator sees all, the platform's own lines included; others what concerns the workspaces that they run.
    private static async ValueTask<AuditScope?> ScopeAsync(Actor actor, WorkspaceKey? workspace, ITargetAppStore apps, CancellationToken cancellationToken)
    {
        if (workspace is null && actor.May(Permission.ViewAudit, default))
        {
            return null;
        }

        IReadOnlyList<WorkspaceKey> workspaces = workspace is { } named
            ? [named]
            : [.. actor.Grants.Select(grant => grant.Workspace).Distinct().Where(key => actor.May(Permission.ViewAudit, new Subject(key, null, null)))];
        var definitions = (await apps.ListAsync(cancellationToken)).Where(app => workspaces.Contains(app.Workspace)).Select(app => app.OwnWorkflowDefinitionId).OfType<string>();
        return new AuditScope(workspaces, [.. definitions]);
    }
}

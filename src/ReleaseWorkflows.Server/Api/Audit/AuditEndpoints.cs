using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;

namespace ReleaseWorkflows.Server.Api.Audit;

/// <summary>
/// <c>GET /api/audit</c>: who did what, the latest first, page by page; administrators of the platform see everything, admins of a workspace what concerns it.
/// <c>GET /api/audit/export</c> writes all of it to a file as it is read, and is itself recorded.
/// </summary>
internal static class AuditEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("Audit");
        audit.MapGet("", ListAsync).WithSummary("List who did what, the latest first.").Produces<AuditPageAnswer>();
        audit.MapGet("/export", ExportAsync).WithSummary("Write what was done to a file: format=csv or format=jsonl.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IAuditTrail trail, IAccountStore accounts, ITargetAppStore apps, CancellationToken cancellationToken)
    {
        var (query, problem) = await AuditRequest.ReadAsync(context.Request.Query, CurrentActor.Of(context), accounts, apps, cancellationToken);
        if (query is null)
        {
            return problem!;
        }

        var page = await trail.ListAsync(query, cancellationToken);
        return Results.Ok(new AuditPageAnswer([.. page.Items.Select(AuditAnswer.From)], page.Next));
    }

    private static async Task<IResult> ExportAsync(
        HttpContext context, string? format, IAuditTrail trail, IAccountStore accounts, ITargetAppStore apps, IUnitOfWorkRunner units, CancellationToken cancellationToken)
    {
        var (query, problem) = await AuditRequest.ReadAsync(context.Request.Query, CurrentActor.Of(context), accounts, apps, cancellationToken);
        if (query is null)
        {
            return problem!;
        }

        if (AuditFile.Of(format ?? "csv") is not { } file)
        {
            return Problems.Problem.From(Domain.Refusal.InvalidField("format", "There are the formats csv and jsonl."));
        }

        // Who takes everything away is recorded before the first line leaves.
        var wanted = string.Join(", ", AuditRequest.Fields.Where(field => context.Request.Query[field].Count > 0).Select(field => $"{field}={context.Request.Query[field]}"));
        await units.RunAsync(
            (services, _) =>
            {
                services.GetRequiredService<IAuditTrail>().Record(new AuditEvent(
                    AuditActions.Exported, "audit", file.Extension, null, $"The audit trail was exported ({(wanted.Length > 0 ? wanted : "all of it")}).", []));
                return Task.FromResult(UnitOfWorkResult.Commit(true));
            },
            cancellationToken);
        return file.Stream(trail, query);
    }
}

/// <summary>One page of the trail as an answer.</summary>
/// <param name="Items">The lines, the latest first.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
internal sealed record AuditPageAnswer(IReadOnlyList<AuditAnswer> Items, string? Next);

/// <summary>One line as an answer.</summary>
/// <param name="At">When it was done.</param>
/// <param name="ActorId">Who did it.</param>
/// <param name="Actor">The name.</param>
/// <param name="Origin">With which credentials, from which address.</param>
/// <param name="Action">What was done.</param>
/// <param name="SubjectKind">To what kind of thing.</param>
/// <param name="Subject">To which.</param>
/// <param name="Workspace">Whose admins see it.</param>
/// <param name="OtherWorkspace">Of a release: the workspace of the target app.</param>
/// <param name="Text">As a sentence.</param>
/// <param name="Changes">What became different.</param>
internal sealed record AuditAnswer(
    DateTimeOffset At, UserId ActorId, string Actor, string? Origin, string Action, string SubjectKind, string Subject,
    WorkspaceKey? Workspace, WorkspaceKey? OtherWorkspace, string Text, IReadOnlyList<AuditChange> Changes)
{
    /// <summary>The line as an answer.</summary>
    public static AuditAnswer From(AuditEntry entry) => new(
        entry.At, entry.By.Id, entry.By.Name, entry.By.Origin, entry.What.Action, entry.What.SubjectKind, entry.What.Subject,
        entry.What.Workspace, entry.OtherWorkspace, entry.What.Text, entry.What.Changes);
}

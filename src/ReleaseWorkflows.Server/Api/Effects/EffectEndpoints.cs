using System.Diagnostics;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Effects;
using ReleaseWorkflows.Runtime.Resumption;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Releases;

namespace ReleaseWorkflows.Server.Api.Effects;

/// <summary>
/// What releases set off outside the platform: <c>GET /api/releases/{id}/effects</c> for whoever sees the release, and
/// <c>/api/dead-letters</c> for administrators, who have what was given up sent again.
/// </summary>
internal static class EffectEndpoints
{
    private const int Limit = 200;

    /// <summary>Adds the endpoints.</summary>
    public static void MapEffects(this IEndpointRouteBuilder api)
    {
        api.MapGet("/releases/{id}/effects", ListAsync).WithTags("Releases")
            .WithSummary("Lists what a release set off outside the platform: planned, sent, acknowledged or given up.").Produces<Listing<EffectView>>();
        var dead = api.MapGroup("/dead-letters").WithTags("Operations");
        dead.MapGet("/", ListDeadAsync).WithSummary("Lists the messages that were given up, the latest first.").Produces<Listing<DeadLetterView>>();
        dead.MapPost("/{key}/resend", ResendAsync).WithSummary("Has a message that was given up sent again, under the same key.").Produces<DeadLetterView>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IReleaseStore releases, EffectLedger ledger, string id) =>
        await ReleaseEndpoints.FindVisibleAsync(releases, id, CurrentActor.Of(context), context.RequestAborted) is { } release
            ? TypedResults.Ok(Listing.Of(ledger.List(release.Id.Value, release.WorkflowInstanceId).Select(EffectView.Of)))
            : ReleaseEndpoints.NotFound();

    private static async Task<IResult> ListDeadAsync(HttpContext context, IOutboxAdministration outbox, IUnheardStimuli stimuli)
    {
        if (Refuse(CurrentActor.Of(context)) is { } refused)
        {
            return refused;
        }

        var messages = (await outbox.ListDeadAsync(Limit, context.RequestAborted)).Select(DeadLetterView.Of);
        var unheard = (await stimuli.ListAsync(Limit, context.RequestAborted)).Select(DeadLetterView.Of);
        return TypedResults.Ok(Listing.Of(messages.Concat(unheard).OrderByDescending(letter => letter.GivenUpAt).Take(Limit)));
    }

    private static Task<IResult> ResendAsync(HttpContext context, string key)
    {
        var actor = CurrentActor.Of(context);
        return CommandEndpoint.RunAsync(context, (services, cancellationToken) => SendAgainAsync(services, actor, key, cancellationToken));
    }

    /// <summary>Has a message that was given up sent again, within a unit of work.</summary>
    internal static async Task<CommandResponse> SendAgainAsync(IServiceProvider services, Actor actor, string key, CancellationToken cancellationToken)
    {
        if (Refuse(actor) is { } refused)
        {
            return CommandResponse.Refuse(refused);
        }

        var stimuli = services.GetRequiredService<IUnheardStimuli>();
        if (await stimuli.FindAsync(key, cancellationToken) is { } stimulus)
        {
            return TellAgain(services, stimuli, stimulus);
        }

        var outbox = services.GetRequiredService<IOutboxAdministration>();
        if (await outbox.FindAsync(key, cancellationToken) is not { } message)
        {
            return CommandResponse.Refuse(Problem.NotFound("There is no such message. GET /api/dead-letters lists those that were given up."));
        }

        if (message.DeadAt is null)
        {
            return NotGivenUp(message.CompletedAt is null ? "This message is still being tried; it needs no help." : "This message is done already.");
        }

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        outbox.SendAgain(message, now);
        services.GetRequiredService<IAuditTrail>().Record(new AuditEvent(
            AuditActions.SentAgain, "message", message.Key, null, $"A message of the kind {message.Kind} that was given up is sent again.", []));
        return CommandResponse.Ok(DeadLetterView.Of(message with { Attempts = 0, DueAt = now, DeadAt = null }));
    }

    private static CommandResponse TellAgain(IServiceProvider services, IUnheardStimuli stimuli, FanOutRecord stimulus)
    {
        if (stimulus.DeadAt is null)
        {
            return NotGivenUp("This stimulus is still being told; it needs no help.");
        }

        services.GetRequiredService<IAuditTrail>().Record(new AuditEvent(
            AuditActions.SentAgain, "message", stimulus.Id, null, "A stimulus that was given up is told again to the workflow that waits for it.", []));
        return CommandResponse.Ok(DeadLetterView.Of(stimuli.TellAgain(stimulus)));
    }

    private static CommandResponse NotGivenUp(string sentence) => CommandResponse.Refuse(new Problem(StatusCodes.Status409Conflict, "not-given-up", sentence));

    // Messages of all workspaces: the platform's own business.
    private static Problem? Refuse(Actor actor) => actor.May(Permission.ManagePlatform, default)
        ? null
        : Problem.Forbidden(Permission.ManagePlatform);
}

/// <summary>One effect as clients see it.</summary>
/// <param name="Key">Every attempt carries it.</param>
/// <param name="Kind">What is done.</param>
/// <param name="State">Planned, Sent, Acknowledged or Dead.</param>
/// <param name="PlannedAt">When it was committed.</param>
/// <param name="DueAt">When it is tried next.</param>
/// <param name="Attempts">Failed attempts.</param>
/// <param name="LastError">What the last one complained about.</param>
/// <param name="AcknowledgedAt">When it was acknowledged.</param>
/// <param name="GivenUpAt">When it was given up.</param>
/// <param name="TraceId">The request it comes from, as in the log.</param>
internal sealed record EffectView(
    string Key, string Kind, EffectState State, DateTimeOffset PlannedAt, DateTimeOffset? DueAt, int Attempts, string? LastError,
    DateTimeOffset? AcknowledgedAt, DateTimeOffset? GivenUpAt, string? TraceId)
{
    /// <summary>The effect as clients see it.</summary>
    public static EffectView Of(Effect effect) => new(
        effect.Key, effect.Kind, effect.State, effect.PlannedAt, effect.DueAt, effect.Attempts, effect.LastError, effect.AcknowledgedAt, effect.GivenUpAt,
        TraceIdOf(effect.TraceParent));

    /// <summary>The id of the trace in a W3C <c>traceparent</c>, or null.</summary>
    internal static string? TraceIdOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, out var context) ? context.TraceId.ToHexString() : null;
}

/// <summary>A message that was given up. What it says stays inside: it may be somebody's e-mail.</summary>
/// <param name="Key">Names it.</param>
/// <param name="Kind">What was to be done.</param>
/// <param name="ReleaseId">The release it belongs to.</param>
/// <param name="PlannedAt">When it was committed.</param>
/// <param name="Attempts">Failed attempts.</param>
/// <param name="LastError">What the last one complained about.</param>
/// <param name="GivenUpAt">When it was given up; null once it is sent again.</param>
/// <param name="TraceId">The request it comes from, as in the log.</param>
internal sealed record DeadLetterView(
    string Key, string Kind, string? ReleaseId, DateTimeOffset PlannedAt, int Attempts, string? LastError, DateTimeOffset? GivenUpAt, string? TraceId)
{
    /// <summary>The message as administrators see it.</summary>
    public static DeadLetterView Of(OutboxMessage message) => new(
        message.Key, message.Kind, message.ReleaseId, message.CreatedAt, message.Attempts, message.LastError, message.DeadAt, EffectView.TraceIdOf(message.TraceParent));

    /// <summary>A stimulus that a workflow waits for and could not be told.</summary>
    public static DeadLetterView Of(FanOutRecord stimulus) => new(
        stimulus.Id, "stimulus", null, stimulus.Range.CreatedBy, stimulus.Attempts, stimulus.LastError, stimulus.DeadAt, null);
}

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Notifications;
using ReleaseWorkflows.Domain.Outbox;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>
/// Carries a decision out: loads what it needs, asks <see cref="ReleaseDecider"/>, and collects the new state, its log line and what
/// follows from it (a build, a decision e-mail, an archived predecessor) in the current unit of work. Commits nothing itself.
/// </summary>
public sealed class ReleaseService(
    IReleaseStore releases, IMiniProgramStore miniPrograms, ITargetAppStore apps, IOutbox outbox, TimeProvider clock)
{
    // What was accepted last in this unit of work, while nothing has changed in it since: a command is looked at before its workflow wakes, and again when
    // the workflow has it carried out.
    private (Release Release, ReleaseCommand Command, Actor Actor, ReleaseResult Result)? _decided;

    /// <summary>The release as it is in this unit of work, or null.</summary>
    public ValueTask<Release?> FindAsync(ReleaseId id, CancellationToken cancellationToken) => releases.FindAsync(id, cancellationToken);

    /// <summary>T1: creates the release and asks for its first build.</summary>
    public async ValueTask<ReleaseResult> CreateAsync(CreateRelease command, Actor actor, CancellationToken cancellationToken)
    {
        var context = new CreationContext
        {
            MiniProgram = await miniPrograms.FindAsync(command.Key.MiniProgram, cancellationToken),
            Version = await miniPrograms.FindVersionAsync(command.Key.MiniProgram, command.Key.Version, cancellationToken),
            App = await apps.FindAsync(command.Key.App, cancellationToken),
            Earlier = await releases.FindByKeyAsync(command.Key, cancellationToken),
        };
        var decision = ReleaseDecider.Create(command, context, actor, clock.GetUtcNow());
        if (decision.IsRefused)
        {
            return ReleaseResult.Refuse(null, decision.Refusal);
        }

        _decided = null;
        var created = (ReleaseCreated)decision.Event!;
        var release = Release.Begin(created);
        releases.Save(release, created);
        RequestBuild(release);
        return ReleaseResult.Accept(release, created);
    }

    /// <summary>What would happen, without doing it.</summary>
    public async ValueTask<ReleaseResult> PreviewAsync(ReleaseId id, ReleaseCommand command, Actor actor, CancellationToken cancellationToken)
    {
        if (await releases.FindAsync(id, cancellationToken) is not { } release)
        {
            return ReleaseResult.Refuse(null, NotFound);
        }

        // The very same objects, which never change: the decision would be the same, since the rules are pure.
        if (_decided is { } decided && ReferenceEquals(decided.Release, release) && ReferenceEquals(decided.Command, command) && ReferenceEquals(decided.Actor, actor))
        {
            return decided.Result;
        }

        var decision = ReleaseDecider.Decide(release, command, await ReadContextAsync(release, cancellationToken), actor, clock.GetUtcNow());
        if (decision.IsRefused)
        {
            return ReleaseResult.Refuse(release, decision.Refusal);
        }

        var result = ReleaseResult.Accept(release, decision.Event);
        _decided = (release, command, actor, result);
        return result;
    }

    /// <summary>Decides and, if the answer is yes, collects the change and its consequences.</summary>
    public async ValueTask<ReleaseResult> ExecuteAsync(ReleaseId id, ReleaseCommand command, Actor actor, CancellationToken cancellationToken)
    {
        var preview = await PreviewAsync(id, command, actor, cancellationToken);
        return preview.IsRefused || preview.Event is null ? preview : await CarryOutAsync(preview.Release, preview.Event, cancellationToken);
    }

    /// <summary>Notes which workflow instance carries the release.</summary>
    public void AttachWorkflow(ReleaseId id, string workflowInstanceId, string definitionId, int definitionVersion) =>
        releases.SetWorkflow(id, workflowInstanceId, definitionId, definitionVersion);

    private static Refusal NotFound { get; } = new(RefusalCodes.NotFound, "There is no such release that you may see.");

    private async ValueTask<ReleaseResult> CarryOutAsync(Release release, ReleaseEvent happened, CancellationToken cancellationToken)
    {
        _decided = null;
        var superseded = happened is WentLive ? await ArchivePredecessorAsync(release, cancellationToken) : null;
        var next = release.Apply(happened);
        releases.Save(next, happened);
        switch (happened)
        {
            case ConfigurationEdited or PackageBuildRetried:
                RequestBuild(next);
                break;
        }

        await TellApplicantAsync(next, happened, cancellationToken);
        if (ExposureNotice.For(next, happened) is { } notice)
        {
            await TellAppAsync(next, notice, cancellationToken);
        }

        return ReleaseResult.Accept(next, happened) with { Superseded = superseded };
    }

    // The key holds the revision, so that each change is told once, and a receiver knows a repeat by its id.
    private async ValueTask TellAppAsync(Release release, ExposureNotice notice, CancellationToken cancellationToken)
    {
        if ((await apps.FindAsync(release.Key.App, cancellationToken))?.Webhook is null)
        {
            return;
        }

        var body = JsonSerializer.Serialize(notice, DeliveryJson.Default.ExposureNotice);
        outbox.Add(new OutboxMessage(
            $"exposure:{release.Id}:{release.Revision}",
            OutboxKinds.Webhook,
            release.Id.Value,
            JsonSerializer.Serialize(new WebhookMessage(release.Key.App, body), DeliveryJson.Default.WebhookMessage),
            release.UpdatedAt));
    }

    private void RequestBuild(Release release) => outbox.Add(new OutboxMessage(
        $"build:{release.Id}:{release.Revision}",
        OutboxKinds.PackageBuild,
        release.Id.Value,
        JsonSerializer.Serialize(new PackageBuildRequest(release.Id, release.Effective.Hash()), OutboxJson.Default.PackageBuildRequest),
        release.UpdatedAt));

    // I9: the key of a decision holds the request, that of anything else the revision, so each is told exactly once however often this runs.
    private async ValueTask TellApplicantAsync(Release release, ReleaseEvent happened, CancellationToken cancellationToken)
    {
        if (NotificationKinds.Of(happened) is not { } kind || release.Request is not { ApplicantEmail: { } address } request)
        {
            return;
        }

        var settings = (await apps.FindAsync(release.Key.App, cancellationToken))?.Notifications ?? NotificationSettings.Default;
        if (settings.EmailFor(release, happened, address) is { } email)
        {
            outbox.Add(new OutboxMessage(
                NotificationKinds.Always.Contains(kind) ? $"decision:{request.Id}" : $"notify:{release.Id}:{release.Revision}",
                OutboxKinds.Email,
                release.Id.Value,
                JsonSerializer.Serialize(email, OutboxJson.Default.EmailMessage),
                release.UpdatedAt));
        }
    }

    // T22: the newer full release takes the place of the older one, which leaves first: at no moment are two live on one target.
    private async ValueTask<Release?> ArchivePredecessorAsync(Release release, CancellationToken cancellationToken) =>
        await releases.FindLiveAsync(release.Key.MiniProgram, release.Key.App, release.Key.Environment, cancellationToken) is { } live
            ? (await ExecuteAsync(live.Id, new Archive(release.Id), Actor.System, cancellationToken)).Release
            : null;

    private async ValueTask<ReleaseContext> ReadContextAsync(Release release, CancellationToken cancellationToken)
    {
        var app = await apps.FindAsync(release.Key.App, cancellationToken);
        var miniProgram = await miniPrograms.FindAsync(release.Key.MiniProgram, cancellationToken)
            ?? throw new InvalidOperationException($"Release {release.Id} belongs to {release.Key.MiniProgram}, which is gone.");
        return new ReleaseContext
        {
            Policy = app?.PolicyFor(release.Key.Environment),
            Freeze = app?.FreezeAt(release.Key.Environment, clock.GetUtcNow()),
            GlobalConfiguration = miniProgram.Configuration,
            // A22: where this release is active, no other one is.
            Occupant = release.IsActive ? null : await releases.FindActiveAsync(release.Key.MiniProgram, release.Key.App, release.Key.Environment, cancellationToken),
            HasLiveRelease = release.Policy.FirstVersionMustBeFull && await releases.FindLiveAsync(release.Key.MiniProgram, release.Key.App, release.Key.Environment, cancellationToken) is not null,
        };
    }
}

/// <summary>The domain's answer with the release it is about.</summary>
public sealed record ReleaseResult
{
    private ReleaseResult(Release? release, ReleaseEvent? happened, Refusal? refusal)
    {
        Release = release;
        Event = happened;
        Refusal = refusal;
    }

    /// <summary>The release as it is now; null only if there is none.</summary>
    public Release? Release { get; }

    /// <summary>What happened; null if nothing needed to.</summary>
    public ReleaseEvent? Event { get; }

    /// <summary>The release that this one took the place of when it went live (T22), archived by now; null if there was none.</summary>
    public Release? Superseded { get; init; }

    /// <summary>Why not; null if the command was accepted.</summary>
    public Refusal? Refusal { get; }

    /// <summary>True if the answer is no.</summary>
    [MemberNotNullWhen(true, nameof(Refusal))]
    [MemberNotNullWhen(false, nameof(Release))]
    public bool IsRefused => Refusal is not null;

    /// <summary>Yes; the release as it is after the event, if there was one.</summary>
    public static ReleaseResult Accept(Release release, ReleaseEvent? happened) => new(release, happened, null);

    /// <summary>No; the release as it stays.</summary>
    public static ReleaseResult Refuse(Release? release, Refusal refusal) => new(release, null, refusal);
}

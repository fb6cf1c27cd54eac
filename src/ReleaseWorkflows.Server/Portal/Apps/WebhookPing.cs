using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Server.Api.Apps;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Portal.Apps;

/// <summary>A notice of the type <c>ping</c>, for who sets a webhook up: signed and repeated as any other.</summary>
internal static class WebhookPing
{
    /// <summary>Sends one in a unit of work.</summary>
    public static async Task<CommandResponse> SendAsync(IServiceProvider services, Actor actor, string key, CancellationToken cancellationToken)
    {
        if (await services.GetRequiredService<ITargetAppStore>().FindAsync(new AppKey(key), cancellationToken) is not { } app)
        {
            return CommandResponse.Refuse(AppEndpoints.NotFound(key));
        }

        if (!actor.May(Permission.Define, new Subject(null, null, app.Workspace)))
        {
            return CommandResponse.Refuse(Problem.Forbidden(Permission.Define));
        }

        if (app.Webhook is null)
        {
            return CommandResponse.Refuse(new Problem(StatusCodes.Status409Conflict, "no-webhook", "The app has no webhook any more. Set one first."));
        }

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var body = JsonSerializer.Serialize(new { type = "ping", at = now, app = app.Key.Value });
        services.GetRequiredService<IOutbox>().Add(new OutboxMessage(
            $"webhook-ping:{Guid.NewGuid():n}", OutboxKinds.Webhook, null, JsonSerializer.Serialize(new WebhookMessage(app.Key, body), DeliveryJson.Default.WebhookMessage), now));
        services.GetRequiredService<IAuditTrail>().Record(new AuditEvent("app.webhook-tested", "app", key, app.Workspace, $"A test notice was sent to the webhook of {key}.", []));
        return CommandResponse.NoContent();
    }
}

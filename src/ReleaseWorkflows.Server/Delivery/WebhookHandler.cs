using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Outbox;

namespace ReleaseWorkflows.Server.Delivery;

/// <summary>
/// Tells a super app who has which version now: a POST to the address of the app's webhook, signed, with the same <c>webhook-id</c> at every attempt. An
/// answer other than 2xx is a failed attempt. An app without webhook is told nothing.
/// </summary>
internal sealed class WebhookHandler(IUnitOfWorkRunner units, IOutgoingHttp http, WebhookSecrets secrets, TimeProvider clock) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => OutboxKinds.Webhook;

    /// <inheritdoc/>
    public string? AddresseeOf(OutboxMessage message) => Read(message).App.Value;

    /// <inheritdoc/>
    public async Task<OutboxCompletion?> HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var notice = Read(message);
        var app = await units.RunAsync(
            async (services, stop) => UnitOfWorkResult.Discard(await services.GetRequiredService<ITargetAppStore>().FindAsync(notice.App, stop)), cancellationToken);
        if (app?.Webhook is not { } webhook)
        {
            return null;
        }

        var id = "msg_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message.Key)))[..32];
        var now = clock.GetUtcNow();
        var status = await http.PostAsync(
            new Uri(webhook.Url),
            new Dictionary<string, string>
            {
                ["Content-Type"] = "application/json",
                ["User-Agent"] = "ReleaseWorkflows",
                ["webhook-id"] = id,
                ["webhook-timestamp"] = WebhookSignature.Seconds(now),
                ["webhook-signature"] = WebhookSignature.Sign(secrets.Open(webhook.ProtectedSecret!), id, now, notice.Body),
            },
            Encoding.UTF8.GetBytes(notice.Body),
            id,
            cancellationToken);
        return status is >= 200 and < 300 ? null : throw new HttpRequestException($"The webhook of {notice.App} answered {status}.");
    }

    private static WebhookMessage Read(OutboxMessage message) => JsonSerializer.Deserialize(message.PayloadJson, DeliveryJson.Default.WebhookMessage)
        ?? throw new InvalidOperationException($"Outbox message {message.Key} has no payload.");
}

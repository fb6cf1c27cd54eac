using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Outbox;

namespace ReleaseWorkflows.Server.Notifications;

/// <summary>Hands an e-mail over, under an id that stays the same when it is handed over again.</summary>
internal interface IEmailSender
{
    /// <summary>Sends the message.</summary>
    /// <param name="message">What to send.</param>
    /// <param name="messageId">Stable id without angle brackets; the same for a repeat, so that mailboxes can drop it.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    Task SendAsync(EmailMessage message, string messageId, CancellationToken cancellationToken);
}

/// <summary>Sends the e-mails of the outbox.</summary>
internal sealed class EmailHandler(IEmailSender sender) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => OutboxKinds.Email;

    /// <inheritdoc/>
    public async Task<OutboxCompletion?> HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var email = JsonSerializer.Deserialize(message.PayloadJson, OutboxJson.Default.EmailMessage)
            ?? throw new InvalidOperationException($"Outbox message {message.Key} has no payload.");
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message.Key)))[..32];
        await sender.SendAsync(email, $"{id}@releaseworkflows", cancellationToken);
        return null;
    }
}

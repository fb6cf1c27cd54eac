using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Runtime.AspNetCore.Email;
using ReleaseWorkflows.Server.Outbox;

namespace ReleaseWorkflows.Server.Notifications;

/// <summary>Sends the e-mails of the outbox.</summary>
internal sealed class EmailHandler(IEmailTransport transport) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => OutboxKinds.Email;

    /// <inheritdoc/>
    public async Task<OutboxCompletion?> HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var email = JsonSerializer.Deserialize(message.PayloadJson, OutboxJson.Default.EmailMessage)
            ?? throw new InvalidOperationException($"Outbox message {message.Key} has no payload.");
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message.Key)))[..32];
        var letter = new EmailLetter { To = [email.To], Subject = email.Subject, Body = email.Text };
        await transport.SendAsync(letter, $"{id}@releaseworkflows", cancellationToken);
        return null;
    }
}

using System.Text;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime.AspNetCore.Email;

/// <summary>
/// Writes e-mails as files that any mail program opens: <c>{name of the message id}.eml</c>. A repeat finds the file there, so that an e-mail stands
/// there once.
/// </summary>
internal sealed class PickupFolder(IOptions<EmailOptions> options, TimeProvider time) : IEmailTransport
{
    public async Task SendAsync(EmailLetter letter, string messageId, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var folder = Directory.CreateDirectory(settings.PickupDirectory is { Length: > 0 } given ? given : "mail");
        var path = Path.Combine(folder.FullName, messageId[..messageId.IndexOf('@', StringComparison.Ordinal)] + ".eml");
        if (File.Exists(path))
            return;

        var message = EmailMessageWriter.Write(letter, EmailMessageWriter.ReadAddress(letter.From ?? settings.From), messageId, time.GetUtcNow());
        var temporary = path + ".writing";
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(message), cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}

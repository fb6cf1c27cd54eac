using System.Globalization;
using System.Net.Mail;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.OutsideWork;

namespace ReleaseWorkflows.Runtime.AspNetCore.Email;

/// <summary>Hands e-mails to a mail server (RFC 5321), a connection each, with TLS and sign-in.</summary>
/// <remarks>
/// An answer of the 400s or a broken connection is worth another attempt; one of the 500s is not. If the connection breaks after the message was sent
/// and before the server answered, nobody knows whether it has it: it is sent again, with the same <c>Message-ID</c>.
/// </remarks>
internal sealed class SmtpTransport(IOptions<EmailOptions> options, TimeProvider time) : IEmailTransport
{
    /// <summary>Looks at the certificate of the server; null for the usual way. For tests, whose server signs its own.</summary>
    internal RemoteCertificateValidationCallback? CheckCertificate { get; init; }

    public async Task SendAsync(EmailLetter letter, string messageId, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var from = EmailMessageWriter.ReadAddress(letter.From ?? settings.From);
        var recipients = letter.To.Concat(letter.Cc).Concat(letter.Bcc).Select(EmailMessageWriter.ReadAddress).DistinctBy(address => address.Address).ToList();
        if (recipients.Count == 0)
            throw new OutsideWorkRefusedException("The e-mail has no recipient.");
        var message = EmailMessageWriter.Write(letter, from, messageId, time.GetUtcNow());

        using var limit = new CancellationTokenSource(settings.TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await SendAsync(settings, from, recipients, message, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server {settings.Host} did not take the e-mail within {settings.TimeLimit}.");
        }
    }

    private async Task SendAsync(EmailOptions settings, MailAddress from, List<MailAddress> recipients, string message, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(settings.Host!, settings.Port, cancellationToken);
        Stream plain = client.GetStream();
        await using var stream = settings.Security == SmtpSecurity.Tls ? await ProtectAsync(plain, settings, cancellationToken) : plain;
        var dialogue = new SmtpDialogue(stream);
        await dialogue.ExpectAsync(220, cancellationToken);
        var features = await GreetAsync(dialogue, cancellationToken);

        if (settings.Security == SmtpSecurity.StartTls)
        {
            if (!features.Any(static feature => feature.Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
                throw new OutsideWorkRefusedException($"The mail server {settings.Host} does not offer STARTTLS.");
            await dialogue.SayAsync("STARTTLS", 220, cancellationToken);
            await using var secure = await ProtectAsync(stream, settings, cancellationToken);

            // What came in the clear does not count: a new dialogue with an empty buffer, and a new greeting.
            dialogue = new SmtpDialogue(secure);
            features = await GreetAsync(dialogue, cancellationToken);
            await HandOverAsync(dialogue, features, settings, from, recipients, message, cancellationToken);
            return;
        }

        await HandOverAsync(dialogue, features, settings, from, recipients, message, cancellationToken);
    }

    private static Task<IReadOnlyList<string>> GreetAsync(SmtpDialogue dialogue, CancellationToken cancellationToken) =>
        dialogue.SayAsync($"EHLO {(Environment.MachineName.All(char.IsAsciiLetterOrDigit) ? Environment.MachineName : "localhost")}", 250, cancellationToken);

    private static async Task HandOverAsync(
        SmtpDialogue dialogue,
        IReadOnlyList<string> features,
        EmailOptions settings,
        MailAddress from,
        List<MailAddress> recipients,
        string message,
        CancellationToken cancellationToken)
    {
        if (settings.UserName is { Length: > 0 } user)
            await SignInAsync(dialogue, features, user, settings.Password ?? "", cancellationToken);

        await dialogue.SayAsync($"MAIL FROM:<{from.Address}>", 250, cancellationToken);
        foreach (var recipient in recipients)
            await dialogue.SayAsync($"RCPT TO:<{recipient.Address}>", 250, cancellationToken);
        await dialogue.SayAsync("DATA", 354, cancellationToken);

        // A line that begins with a dot gets a second one, or it would end the message. The message ends with a line end of its own.
        var stuffed = message.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        await dialogue.SayAsync((stuffed.StartsWith('.') ? "." : "") + stuffed + ".", 250, cancellationToken);

        // The server has the message. Whatever happens to the goodbye does not change that.
        try
        {
            await dialogue.SayAsync("QUIT", 221, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or OutsideWorkRefusedException or OperationCanceledException)
        {
        }
    }

    private static async Task SignInAsync(
        SmtpDialogue dialogue, IReadOnlyList<string> features, string user, string password, CancellationToken cancellationToken)
    {
        var ways = features.FirstOrDefault(static feature => feature.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))?.Split(' ') ?? [];
        if (ways.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            await dialogue.SayAsync($"AUTH PLAIN {Base64($"\0{user}\0{password}")}", 235, cancellationToken);
        }
        else if (ways.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            await dialogue.SayAsync("AUTH LOGIN", 334, cancellationToken);
            await dialogue.SayAsync(Base64(user), 334, cancellationToken);
            await dialogue.SayAsync(Base64(password), 235, cancellationToken);
        }
        else
        {
            throw new OutsideWorkRefusedException("The mail server offers no way to sign in that is known here: PLAIN or LOGIN.");
        }
    }

    private async Task<SslStream> ProtectAsync(Stream stream, EmailOptions settings, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = settings.Host, RemoteCertificateValidationCallback = CheckCertificate }, cancellationToken);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>Commands and their answers, one at a time.</summary>
    private sealed class SmtpDialogue(Stream stream)
    {
        private const int LongestLine = 4096;
        private const int MostLines = 100;

        private readonly byte[] _buffer = new byte[4096];
        private int _next;
        private int _end;

        public async Task<IReadOnlyList<string>> SayAsync(string command, int expected, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            return await ExpectAsync(expected, cancellationToken);
        }

        public async Task<IReadOnlyList<string>> ExpectAsync(int expected, CancellationToken cancellationToken)
        {
            var lines = new List<string>();
            while (true)
            {
                var line = await ReadLineAsync(cancellationToken);
                if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) || lines.Count >= MostLines)
                    throw new IOException("The mail server does not speak SMTP.");

                lines.Add(line.Length > 4 ? line[4..].Trim() : "");
                if (line.Length > 3 && line[3] == '-')
                    continue;
                if (code == expected || (expected == 250 && code == 251))
                    return lines;

                var answer = $"The mail server answered {code}: {string.Join(' ', lines)}";
                throw code is >= 500 and < 600 ? new OutsideWorkRefusedException(answer) : new IOException(answer);
            }
        }

        private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
        {
            var line = new StringBuilder();
            while (line.Length < LongestLine)
            {
                if (_next == _end)
                {
                    (_next, _end) = (0, await stream.ReadAsync(_buffer, cancellationToken));
                    if (_end == 0)
                        throw new IOException("The mail server closed the connection.");
                }

                var character = (char)_buffer[_next++];
                if (character == '\n')
                    return line.ToString().TrimEnd('\r');
                line.Append(character);
            }

            throw new IOException("The mail server does not speak SMTP.");
        }
    }
}

using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Server.Notifications;

/// <summary>Settings of e-mail, in the section <c>ReleaseWorkflows:Email</c>.</summary>
internal sealed class EmailOptions
{
    /// <summary>Address that e-mails come from. Default: <c>releases@localhost</c>.</summary>
    public string From { get; set; } = "releases@localhost";

    /// <summary>Folder that e-mails are written to, one file each. Default: <c>mail</c> in the data directory.</summary>
    public string PickupDirectory { get; set; } = "";
}

/// <summary>
/// Writes e-mails as files that any mail program opens: <c>{message id}.eml</c>. A repeat writes the same file again, so that an e-mail
/// stands there once.
/// </summary>
internal sealed class PickupFolder(IOptions<EmailOptions> options, TimeProvider clock) : IEmailSender
{
    private const int EncodedLineLength = 76;

    // With "=?utf-8?B?", "?=" and the header's name before the first one, a line stays within 76 characters.
    private const int EncodedWordBytes = 39;

    /// <inheritdoc/>
    public async Task SendAsync(EmailMessage message, string messageId, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(options.Value.PickupDirectory);
        var path = Path.Combine(folder.FullName, messageId[..messageId.IndexOf('@', StringComparison.Ordinal)] + ".eml");
        if (File.Exists(path))
        {
            return;
        }

        var temporary = path + ".writing";
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(Format(message, messageId)), cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    // RFC 5322 with UTF-8 bodies in Base64: nothing in a name or a reason can break out of its header or its line.
    private string Format(EmailMessage message, string messageId)
    {
        var body = Convert.ToBase64String(Encoding.UTF8.GetBytes(message.Text.ReplaceLineEndings("\r\n")));
        var lines = body.Chunk(EncodedLineLength).Select(chunk => new string(chunk));
        return string.Join("\r\n",
            [
                $"Message-ID: <{messageId}>",
                $"Date: {clock.GetUtcNow().ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture)}",
                $"From: {OneLine(options.Value.From)}",
                $"To: {OneLine(message.To)}",
                $"Subject: {EncodeWords(message.Subject)}",
                "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: base64",
                "",
                .. lines,
                "",
            ]);
    }

    private static string OneLine(string text) => new([.. text.Where(character => !char.IsControl(character))]);

    // RFC 2047: encoded words of at most 75 characters, split between code points.
    private static string EncodeWords(string text)
    {
        if (text.All(character => character is >= ' ' and <= '~') && !text.Contains("=?", StringComparison.Ordinal))
        {
            return text;
        }

        var words = new List<string>();
        var pending = new List<byte>();
        foreach (var rune in OneLine(text).EnumerateRunes())
        {
            var encoded = Encoding.UTF8.GetBytes(rune.ToString());
            if (pending.Count + encoded.Length > EncodedWordBytes)
            {
                Flush();
            }

            pending.AddRange(encoded);
        }

        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            if (pending.Count > 0)
            {
                words.Add($"=?utf-8?B?{Convert.ToBase64String([.. pending])}?=");
                pending.Clear();
            }
        }
    }
}

using System.Globalization;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using ReleaseWorkflows.Runtime.OutsideWork;

namespace ReleaseWorkflows.Runtime.AspNetCore.Email;

/// <summary>
/// Writes letters as RFC 5322 messages: UTF-8 bodies in Base64, other than plain ASCII in headers as encoded words. Nothing in a name, a subject or
/// a body can break out of its header or its line.
/// </summary>
internal static class EmailMessageWriter
{
    private const int EncodedLineLength = 76;
    private const int LongestFileName = 100;

    // With "=?utf-8?B?", "?=" and the header's name before the first one, a line stays within 76 characters.
    private const int EncodedWordBytes = 39;

    /// <summary>The message with CRLF line ends. Recipients of blind copies are not in it.</summary>
    public static string Write(EmailLetter letter, MailAddress from, string messageId, DateTimeOffset date)
    {
        List<string> lines =
        [
            $"Message-ID: <{OneLine(messageId)}>",
            $"Date: {date.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} +0000",
            $"From: {Address(from)}",
            .. Recipients("To", letter.To),
            .. Recipients("Cc", letter.Cc),
            $"Subject: {EncodeWords(letter.Subject)}",
            "MIME-Version: 1.0",
        ];
        var type = letter.IsHtml ? "text/html" : "text/plain";
        if (letter.Attachments.Count == 0)
        {
            lines.AddRange(Part($"{type}; charset=utf-8", null, Encoding.UTF8.GetBytes(letter.Body.ReplaceLineEndings("\r\n"))));
            return string.Join("\r\n", [.. lines, ""]);
        }

        // Base64 never has an underscore, so the boundary cannot occur in a part. A repeat gives the same message.
        var boundary = "=_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)))[..24];
        lines.AddRange([$"Content-Type: multipart/mixed; boundary=\"{boundary}\"", "", "--" + boundary]);
        lines.AddRange(Part($"{type}; charset=utf-8", null, Encoding.UTF8.GetBytes(letter.Body.ReplaceLineEndings("\r\n"))));
        foreach (var file in letter.Attachments)
        {
            lines.Add("--" + boundary);
            var fileType = System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(file.ContentType, out var parsed) ? parsed.ToString() : "application/octet-stream";
            lines.AddRange(Part(OneLine(fileType), file.FileName, file.Content));
        }

        return string.Join("\r\n", [.. lines, $"--{boundary}--", ""]);
    }

    /// <summary>Reads addresses; one that is none is refused for good.</summary>
    public static MailAddress ReadAddress(string text) =>
        !text.Any(char.IsControl) && MailAddress.TryCreate(text, out var address) && address.Address.All(char.IsAscii)
            ? address
            : throw new OutsideWorkRefusedException($"'{OneLine(text)}' is no e-mail address that can be written to.");

    private static IEnumerable<string> Recipients(string header, IReadOnlyList<string> recipients) =>
        recipients.Count == 0 ? [] : [$"{header}: {string.Join(",\r\n ", recipients.Select(recipient => Address(ReadAddress(recipient))))}"];

    private static string Address(MailAddress address) =>
        address.DisplayName.Length == 0 ? address.Address
        : address.DisplayName.All(char.IsAscii) ? $"\"{OneLine(address.DisplayName).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\" <{address.Address}>"
        : $"{EncodeWords(address.DisplayName)} <{address.Address}>";

    private static IEnumerable<string> Part(string type, string? fileName, byte[] content)
    {
        yield return $"Content-Type: {type}";
        yield return "Content-Transfer-Encoding: base64";
        if (fileName is not null)
            yield return $"Content-Disposition: attachment; filename*=utf-8''{EncodeFileName(fileName)}";
        yield return "";
        foreach (var line in Convert.ToBase64String(content).Chunk(EncodedLineLength))
            yield return new string(line);
    }

    private static string EncodeFileName(string fileName)
    {
        var name = string.Concat(fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..].EnumerateRunes().Take(LongestFileName).Select(rune => rune.ToString()));
        return Uri.EscapeDataString(name);
    }

    private static string OneLine(string text) => new([.. text.Where(character => !char.IsControl(character))]);

    // RFC 2047: encoded words of at most 75 characters, split between code points.
    private static string EncodeWords(string text)
    {
        if (text.Length <= EncodedLineLength - "Subject: ".Length && text.All(character => character is >= ' ' and <= '~') && !text.Contains("=?", StringComparison.Ordinal))
            return text;

        var words = new List<string>();
        var pending = new List<byte>();
        foreach (var rune in OneLine(text).EnumerateRunes())
        {
            var encoded = Encoding.UTF8.GetBytes(rune.ToString());
            if (pending.Count + encoded.Length > EncodedWordBytes)
                Flush();
            pending.AddRange(encoded);
        }

        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            if (pending.Count == 0)
                return;
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. pending])}?=");
            pending.Clear();
        }
    }
}

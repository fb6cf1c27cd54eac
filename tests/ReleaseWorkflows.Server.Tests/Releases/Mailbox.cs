using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>An e-mail of the pickup folder, as a mail program reads it.</summary>
/// <param name="Headers">The unfolded headers by name.</param>
/// <param name="Subject">The subject in clear.</param>
/// <param name="Text">The text in clear.</param>
public sealed record ReceivedEmail(IReadOnlyDictionary<string, string> Headers, string Subject, string Text);

/// <summary>Reads the pickup folder of a server.</summary>
public static partial class Mailbox
{
    /// <summary>The e-mails about a release, once there are as many as expected.</summary>
    public static async Task<IReadOnlyList<ReceivedEmail>> WaitAsync(TestServer server, string release, int count)
    {
        await Eventually.BeTrueAsync(() => Read(server, release).Count >= count, $"{count} e-mails about {release}");
        return Read(server, release);
    }

    /// <summary>The e-mails about a release.</summary>
    public static IReadOnlyList<ReceivedEmail> Read(TestServer server, string release)
    {
        var folder = Path.Combine(server.DataFolder, "mail");
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.eml").Select(Parse).Where(email => email.Text.Contains(release, StringComparison.Ordinal))]
            : [];
    }

    /// <summary>Parses a file by the rules of RFC 5322, 2045 and 2047, and fails where it breaks them.</summary>
    public static ReceivedEmail Parse(string path)
    {
        var bytes = File.ReadAllBytes(path);
        Assert.All(bytes, character => Assert.InRange(character, (byte)'\n', (byte)'~'));
        var text = Encoding.ASCII.GetString(bytes);
        Assert.DoesNotContain('\n', text.Replace("\r\n", "", StringComparison.Ordinal));
        var (head, body) = (text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)], text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.All(text.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
        Assert.All(text.Split("\r\n").Where(line => line.Contains("=?", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 76));

        var headers = head.Replace("\r\n ", " ", StringComparison.Ordinal).Split("\r\n").Select(line => line.Split(": ", 2)).ToDictionary(part => part[0], part => part[1]);
        Assert.Equal("1.0", headers["MIME-Version"]);
        Assert.Equal("text/plain; charset=utf-8", headers["Content-Type"]);
        Assert.Equal("base64", headers["Content-Transfer-Encoding"]);
        Assert.Matches(@"^<[^<>@\s]+@[^<>@\s]+>$", headers["Message-ID"]);
        DateTimeOffset.ParseExact(headers["Date"], "ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        Assert.All(body.Split("\r\n"), line => Assert.InRange(line.Length, 0, 76));

        var subject = EncodedWord().Replace(
            headers["Subject"].Replace("?= =?", "?==?", StringComparison.Ordinal),
            word => Encoding.UTF8.GetString(Convert.FromBase64String(word.Groups[1].Value)));
        return new ReceivedEmail(headers, subject, Encoding.UTF8.GetString(Convert.FromBase64String(body)).ReplaceLineEndings("\n"));
    }

    [GeneratedRegex(@"=\?utf-8\?B\?([A-Za-z0-9+/=]*)\?=")]
    private static partial Regex EncodedWord();
}

using System.Net;
using System.Text.RegularExpressions;

namespace ReleaseWorkflows.Server.Tests.Portal;

/// <summary>What a page says to those who read it.</summary>
internal static partial class PortalText
{
    /// <summary>The text of a page without markup, with single blanks.</summary>
    public static async Task<string> ReadTextAsync(this HttpResponseMessage page)
    {
        var html = await page.Content.ReadAsStringAsync();
        var main = html.IndexOf("<main", StringComparison.Ordinal);
        return Blanks().Replace(WebUtility.HtmlDecode(Tags().Replace(main < 0 ? html : html[main..], " ")), " ");
    }

    /// <summary>Where an answer leads, as path and query.</summary>
    public static string Target(this HttpResponseMessage answer) =>
        answer.Headers.Location is { } address ? address.IsAbsoluteUri ? address.PathAndQuery + address.Fragment : address.OriginalString : throw new InvalidOperationException($"{answer.StatusCode} leads nowhere.");

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}

namespace ReleaseWorkflows.Server.Portal.Access;

/// <summary>What people call a browser, from what it calls itself.</summary>
internal static class BrowserName
{
    // In the order of checking: each of the later names is also part of what an earlier one sends.
    private static readonly (string Token, string Name)[] Browsers =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Token, string Name)[] Systems =
        [("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"), ("Linux", "Linux")];

    /// <summary>For example <c>Firefox on Windows</c>.</summary>
    public static string Of(string userAgent) => (Find(Browsers, userAgent), Find(Systems, userAgent)) switch
    {
        ({ } browser, { } system) => $"{browser} on {system}",
        ({ } browser, null) => browser,
        (null, { } system) => $"A browser on {system}",
        _ => "A browser",
    };

    private static string? Find((string Token, string Name)[] known, string userAgent) =>
        Array.Find(known, entry => userAgent.Contains(entry.Token, StringComparison.Ordinal)).Name;
}

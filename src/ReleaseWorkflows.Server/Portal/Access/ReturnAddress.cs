namespace ReleaseWorkflows.Server.Portal.Access;

/// <summary>Where to go after signing in: a page of this server, or the first page. An address of elsewhere would make the sign-in page a tool of phishers.</summary>
internal static class ReturnAddress
{
    /// <summary>The page to sign in.</summary>
    public const string SignInPage = "/sign-in";

    private const int MaximumLength = 2_000;

    /// <summary>The sign-in page, with the way back to what the request wanted.</summary>
    public static string SignIn(HttpRequest request)
    {
        // The forms of a page go to the page itself.
        var isPage = HttpMethods.IsGet(request.Method) || (HttpMethods.IsPost(request.Method) && PortalPages.IsPage(request.HttpContext.GetEndpoint()));
        var wanted = isPage ? request.PathBase + request.Path + request.QueryString : "/";
        return wanted is "/" || wanted.Length > MaximumLength ? SignInPage : $"{SignInPage}?returnUrl={Uri.EscapeDataString(wanted)}";
    }

    /// <summary>The address if it lies on this server, otherwise the first page.</summary>
    public static string Check(string? address) => address is { Length: > 0 and <= MaximumLength } && IsLocal(address) ? address : "/";

    // "/x" is ours; "//host", "/\host" and everything with a scheme is not. Browsers drop tabs and line breaks inside addresses, so none may be there.
    private static bool IsLocal(string address) =>
        address[0] == '/'
        && (address.Length == 1 || (address[1] != '/' && address[1] != '\\'))
        && !address.Any(char.IsControl)
        && !address.StartsWith(SignInPage, StringComparison.Ordinal);
}

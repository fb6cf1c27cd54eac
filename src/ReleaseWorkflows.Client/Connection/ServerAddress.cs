namespace ReleaseWorkflows.Client.Connection;

/// <summary>Where the platform is, and who asks.</summary>
/// <param name="Url">Address of the server.</param>
/// <param name="Key">The API key; never shown.</param>
internal sealed record ServerAddress(Uri Url, string Key)
{
    /// <summary>Name of the environment variable with the address.</summary>
    public const string UrlVariable = "RW_SERVER";

    /// <summary>Name of the environment variable with the API key.</summary>
    public const string KeyVariable = "RW_API_KEY";

    private const string DefaultUrl = "http://localhost:5080";

    /// <summary>Takes options first, then environment variables, then the address of a server on this machine.</summary>
    /// <exception cref="RwException">The address is none, would send the key unprotected over a network, or there is no key.</exception>
    public static ServerAddress Read(string? url, string? key, Func<string, string?> environment)
    {
        var text = Blank(url) ?? Blank(environment(UrlVariable)) ?? DefaultUrl;
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new RwException(ExitCode.Usage, $"“{text}” is no address of a server; write one such as https://releases.example.com in --server or {UrlVariable}.");
        }

        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
        {
            throw new RwException(ExitCode.Usage, $"{address.Host} is not this machine, and http:// would show your key on the way. Write https:// in --server or {UrlVariable}.");
        }

        return new ServerAddress(
            address,
            Blank(key) ?? Blank(environment(KeyVariable)) ?? throw new RwException(ExitCode.Forbidden, $"There is no API key. Put it into the environment as {KeyVariable}, or give --key."));
    }

    /// <summary>Leaves the key out.</summary>
    public override string ToString() => Url.ToString();

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

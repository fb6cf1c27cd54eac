namespace ReleaseWorkflows.Domain.Apps;

/// <summary>Where a super app hears who has which version.</summary>
/// <param name="Url">The address, http or https.</param>
/// <param name="ProtectedSecret">What notices are signed with, encrypted by the host; null in answers.</param>
public sealed record AppWebhook(string Url, string? ProtectedSecret)
{
    /// <summary>The webhook as it may be shown.</summary>
    public AppWebhook WithoutSecret() => this with { ProtectedSecret = null };

    /// <summary>What is wrong with an address; null if nothing.</summary>
    public static string? ProblemOf(string url) =>
        url.Length <= 2_000
        && !url.Any(character => char.IsWhiteSpace(character) || char.IsControl(character))
        && Uri.TryCreate(url, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
        && address.UserInfo.Length == 0
            ? null
            : "Write the address in full, for example https://hooks.example.com/releases, without user name and password.";
}

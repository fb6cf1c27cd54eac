using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseWorkflows.Server.Delivery;

/// <summary>
/// Signs webhooks as the Standard Webhooks specification has it: HMAC-SHA256 over id, time and body, so that a receiver can tell who sent it, and refuse what
/// is old or comes twice.
/// </summary>
internal static class WebhookSignature
{
    private const string SecretPrefix = "whsec_";

    /// <summary>A new secret of 256 random bits.</summary>
    public static string NewSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    /// <param name="secret">The secret that both sides know.</param>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="at">The time of <c>webhook-timestamp</c>.</param>
    /// <param name="body">The body as sent.</param>
    public static string Sign(string secret, string id, DateTimeOffset at, string body)
    {
        var key = Convert.FromBase64String(secret[SecretPrefix.Length..]);
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{Seconds(at)}.{body}")));
    }

    /// <summary>The value of <c>webhook-timestamp</c>: seconds since 1970.</summary>
    public static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}

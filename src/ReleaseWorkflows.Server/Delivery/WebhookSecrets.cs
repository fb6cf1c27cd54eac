using Microsoft.AspNetCore.DataProtection;

namespace ReleaseWorkflows.Server.Delivery;

/// <summary>Keeps the secrets of webhooks encrypted with the keys of the server: whoever reads the database alone signs nothing.</summary>
internal sealed class WebhookSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("ReleaseWorkflows.Webhooks");

    /// <summary>What is stored.</summary>
    public string Close(string secret) => _protector.Protect(secret);

    /// <summary>The secret itself.</summary>
    public string Open(string stored) => _protector.Unprotect(stored);
}

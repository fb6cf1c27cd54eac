using ReleaseWorkflows.Server.Portal.Components;

namespace ReleaseWorkflows.Server.Portal.Access;

/// <summary>The parts of the own account.</summary>
internal static class AccountTabs
{
    /// <summary>The tabs.</summary>
    public static IReadOnlyList<PageTab> All { get; } = [new("account", "Roles, password, sessions", "/account"), new("keys", "API keys", "/account/keys")];
}

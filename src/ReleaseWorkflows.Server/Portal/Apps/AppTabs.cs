using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Server.Portal.Components;

namespace ReleaseWorkflows.Server.Portal.Apps;

/// <summary>The parts of an app.</summary>
internal static class AppTabs
{
    /// <summary>The address of an app, or of a part of it.</summary>
    public static string Address(AppKey key, string? part = null) => $"{AppPage.List}/{Uri.EscapeDataString(key.Value)}{(part is null ? null : "/" + part)}";

    /// <summary>The tabs.</summary>
    public static IReadOnlyList<PageTab> Of(TargetApp app) =>
    [
        new("environments", "Environments", Address(app.Key), app.Environments.Count),
        new("workflow", "Workflow", Address(app.Key, "workflow")),
        new("reviewers", "Reviewers", Address(app.Key, "reviewers")),
        new("freezes", "Freezes", Address(app.Key, "freezes"), app.Freezes.Count),
        new("webhook", "Webhook", Address(app.Key, "webhook"), app.Webhook is null ? 0 : 1),
        new("notifications", "E-mails", Address(app.Key, "notifications"), app.Notifications.Kinds.Count),
        new("settings", "Settings", Address(app.Key, "settings")),
    ];
}

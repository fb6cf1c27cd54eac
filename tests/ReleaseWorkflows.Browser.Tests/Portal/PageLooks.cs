using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Browser.Tests.Portal;

/// <summary>One look at a page.</summary>
/// <param name="Pattern">The page, as its route says.</param>
/// <param name="Name">Names the pictures.</param>
/// <param name="Role">Who looks; null: nobody who has signed in.</param>
/// <param name="Address">Where. What <see cref="PageLooks.All"/> does not know before stands in braces.</param>
/// <param name="Text">What stands there once it is complete.</param>
internal sealed record PageLook(string Pattern, string Name, Role? Role, string Address, string Text);

/// <summary>
/// Every page of the server with who looks at it, some in several states. A page without a row fails <see cref="EveryPageTests"/>: whoever adds one says here
/// what there is to see. The page of a release is looked at in each status by <see cref="ReleaseStoryTests"/>, what Studio draws by its own tests.
/// </summary>
internal static class PageLooks
{
    private const string MiniProgram = "/mini-programs/coffee";
    private const string App = "/apps/superapp-b";

    /// <summary>The looks.</summary>
    public static IReadOnlyList<PageLook> All { get; } =
    [
        new("/sign-in", "sign-in", null, "/sign-in", "E-mail address"),

        new("/", "my-work", Role.DeveloperAdmin, "/", "Waits on others"),
        new("/mini-programs", "mini-programs", Role.DeveloperAdmin, "/mini-programs", "Coffee"),
        new("/mini-programs", "mini-programs-none", Role.DeveloperAdmin, "/mini-programs?query=nothing", "Nothing here is called"),
        new("/new-mini-program", "new-mini-program", Role.DeveloperAdmin, "/new-mini-program", "New mini program"),
        new("/mini-programs/{Key}", "versions-of-coffee", Role.DeveloperAdmin, MiniProgram, "1.0.0"),
        new("/mini-programs/{Key}/live", "mini-program-live", Role.DeveloperAdmin, MiniProgram + "/live", "Live now"),
        new("/mini-programs/{Key}/configuration", "mini-program-configuration", Role.DeveloperAdmin, MiniProgram + "/configuration", "global configuration"),
        new("/mini-programs/{Key}/information", "mini-program-information", Role.DeveloperAdmin, MiniProgram + "/information", "Service contacts"),
        new("/mini-programs/{Key}/members", "mini-program-members", Role.DeveloperAdmin, MiniProgram + "/members", "Dan Developer"),
        new("/mini-programs/{Key}/upload", "upload-of-coffee", Role.DeveloperAdmin, MiniProgram + "/upload", "Package"),
        new("/mini-programs/{Key}/versions/{Number}/select-app", "select-app-of-coffee", Role.DeveloperAdmin, MiniProgram + "/versions/1.0.0/select-app", "Select App for"),
        new("/releases", "releases", Role.DeveloperAdmin, "/releases", "Every version on its way"),
        new("/releases", "releases-none", Role.DeveloperAdmin, "/releases?status=Canceled&miniProgram=nothing", "No release fits"),
        new("/releases/{id}", "release-of-others", Role.DeveloperAdmin, "/releases/{release}", "What happens next"),
        new("/approvals/my-requests", "my-requests", Role.DeveloperAdmin, "/approvals/my-requests", "what became of it"),
        new("/search", "search", Role.DeveloperAdmin, "/search?query=coffee", "Mini programs by name or key"),
        new("/search", "search-none", Role.DeveloperAdmin, "/search?query=nothing-of-the-kind", "Nothing fits"),
        new("/account", "account", Role.DeveloperAdmin, "/account", "Where you are signed in"),
        new("/account/keys", "account-keys", Role.DeveloperAdmin, "/account/keys", "Make a key"),

        new("/", "reviewer-work", Role.Reviewer, "/", "Decide on the request"),
        new("/approvals", "approvals", Role.Reviewer, "/approvals", "Waits for my decision"),
        new("/approvals/{Id}", "request", Role.Reviewer, "/approvals/{release}", "What the checks found"),

        new("/apps", "apps", Role.WorkspaceAdmin, "/apps", "The super apps"),
        new("/new-app", "app-new", Role.WorkspaceAdmin, "/new-app", "Add an app"),
        new("/apps/{Key}", "app-environments", Role.WorkspaceAdmin, App, "Save the rules"),
        new("/apps/{Key}/workflow", "app-workflow", Role.WorkspaceAdmin, App + "/workflow", "Releases to this app run on"),
        new("/apps/{Key}/reviewers", "app-reviewers", Role.WorkspaceAdmin, App + "/reviewers", "Rita Reviewer"),
        new("/apps/{Key}/freezes", "app-freezes", Role.WorkspaceAdmin, App + "/freezes", "Add a freeze"),
        new("/apps/{Key}/webhook", "app-webhook", Role.WorkspaceAdmin, App + "/webhook", "Set a webhook"),
        new("/apps/{Key}/notifications", "app-notifications", Role.WorkspaceAdmin, App + "/notifications", "What applicants are told"),
        new("/apps/{Key}/settings", "app-settings", Role.WorkspaceAdmin, App + "/settings", "Testers are known by"),

        new("/administration", "administration-workspaces", Role.Administrator, "/administration", "Add a workspace"),
        new("/administration/workspaces/{Key}", "administration-workspace", Role.Administrator, "/administration/workspaces/acme", "Add a member"),
        new("/administration/users", "administration-users", Role.Administrator, "/administration/users", "Add a user"),
        new("/administration/users/{Id}", "administration-user", Role.Administrator, "/administration/users/{user}", "Signed in"),
        new("/administration/audit", "administration-audit", Role.Administrator, "/administration/audit", "Who did what"),
        new("/administration/emails", "administration-emails", Role.Administrator, "/administration/emails", "What the platform sent"),

        new("/studio/definitions", "studio-definitions", Role.WorkspaceAdmin, "/studio/definitions", "Super App A releases by"),
        new("/studio/definitions/{Id}", "studio-definition", Role.WorkspaceAdmin, "/studio/definitions/release-pipeline", "New releases to"),
        new("/studio/instances", "studio-instances", Role.WorkspaceAdmin, "/studio/instances", "Each release is one instance"),
        new("/studio/instances/{Id}", "studio-instance", Role.WorkspaceAdmin, "/studio/instances/{instance}", "The release"),
        new("/studio/workflows/definitions/{Id}/edit", "studio-definition-of-its-own-address", Role.WorkspaceAdmin, "/studio/workflows/definitions/release-pipeline/edit", "New releases to"),
        new("/studio/workflows/instances/{Id}/view", "studio-instance-of-its-own-address", Role.WorkspaceAdmin, "/studio/workflows/instances/{instance}/view", "The release"),
    ];
}

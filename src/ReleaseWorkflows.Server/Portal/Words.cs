using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Server.Portal;

/// <summary>Names of the code as people read them.</summary>
internal static class Words
{
    /// <summary>“WorkspaceAdmin” reads “Workspace Admin”.</summary>
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum =>
        string.Concat(value.ToString().Select((letter, index) => index > 0 && char.IsUpper(letter) ? " " + letter : letter.ToString()));

    /// <summary>What a role may do, in a sentence.</summary>
    public static string Meaning(Role role) => role switch
    {
        Role.Administrator => "Runs the platform; decides on no review.",
        Role.WorkspaceAdmin => "All mini programs and apps of the workspace, its members, and reviews for its apps.",
        Role.WorkspaceDeveloper => "Releases the mini programs assigned.",
        Role.Reviewer => "Decides on requests to the apps of the workspace.",
        Role.DeveloperAdmin => "All mini programs of the workspace, and its members.",
        _ => "Releases the mini programs assigned.",
    };

    /// <summary>What a permission allows, in a few words.</summary>
    public static string Meaning(Permission permission) => permission switch
    {
        Permission.ViewReleases => "See mini programs and releases",
        Permission.Prepare => "Upload versions, prepare releases",
        Permission.Apply => "Apply to release",
        Permission.Withdraw => "Withdraw own requests",
        Permission.Review => "Approve and reject requests",
        Permission.Testers => "Name testers, complete testing",
        Permission.GoLive => "Go live, raise the percentage",
        Permission.Cancel => "Cancel releases",
        Permission.ManageMiniPrograms => "Manage mini programs",
        Permission.Define => "Manage apps and workflows",
        Permission.OverrideFreeze => "Let releases pass a freeze",
        Permission.ManageMembers => "Manage members",
        Permission.ViewAudit => "Read the audit trail",
        _ => "Run the platform",
    };
}

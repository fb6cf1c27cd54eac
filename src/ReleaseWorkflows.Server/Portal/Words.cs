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
}

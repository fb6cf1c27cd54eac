using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Portal.Components;

namespace ReleaseWorkflows.Server.Portal.Administration;

/// <summary>
/// Running workspaces and the platform: workspaces with their members, accounts, what was done by whom, e-mails. Admins of a workspace find theirs here;
/// accounts and e-mails are the platform's.
/// </summary>
internal static class AdministrationTabs
{
    /// <summary>Address of the workspaces, where Administration begins.</summary>
    public const string Workspaces = "/administration";

    /// <summary>Address of the accounts.</summary>
    public const string Users = "/administration/users";

    /// <summary>Address of the audit trail.</summary>
    public const string Audit = "/administration/audit";

    /// <summary>Address of the e-mails.</summary>
    public const string Emails = "/administration/emails";

    /// <summary>What the actor may open.</summary>
    public static IEnumerable<PageTab> For(Actor actor)
    {
        yield return new PageTab("workspaces", "Workspaces", Workspaces);
        if (actor.MaySomewhere(Permission.ManagePlatform))
        {
            yield return new PageTab("users", "Users", Users);
        }

        if (actor.MaySomewhere(Permission.ViewAudit))
        {
            yield return new PageTab("audit", "Audit", Audit);
        }

        if (actor.MaySomewhere(Permission.ManagePlatform))
        {
            yield return new PageTab("emails", "E-mails", Emails);
        }
    }

    /// <summary>The address of a workspace.</summary>
    public static string Address(WorkspaceKey key) => $"{Workspaces}/workspaces/{Uri.EscapeDataString(key.Value)}";

    /// <summary>The address of an account.</summary>
    public static string Address(UserId id) => $"{Users}/{Uri.EscapeDataString(id.Value)}";
}

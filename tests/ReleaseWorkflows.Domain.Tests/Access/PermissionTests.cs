using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Tests.Access;

/// <summary>
/// Who may do what where, as one table. A cell lists the things a role may use the permission on:
/// a an assigned mini program of the own workspace, u another one of it, w the own workspace as a whole, b an assigned mini program on its way to an
/// app of the own workspace, t somebody else's mini program on its way to an app of the own workspace, o an app of the own workspace,
/// f what belongs to others altogether. A dot is nothing.
/// </summary>
public sealed class PermissionTests
{
    private const string Table = """
                          | Administrator | WorkspaceAdmin | WorkspaceDeveloper | Reviewer | DeveloperAdmin | Developer
        ViewReleases      | auwbtof       | auwbto         | awb                | auwbto   | auwb           | awb
        Prepare           | auwbtof       | auwb           | awb                | .        | auwb           | awb
        Apply             | auwbtof       | auwb           | awb                | .        | auwb           | awb
        Withdraw          | auwbtof       | auwb           | awb                | .        | auwb           | awb
        Review            | .             | bto            | .                  | bto      | .              | .
        Testers           | auwbtof       | auwb           | awb                | .        | auwb           | awb
        GoLive            | auwbtof       | auwb           | awb                | .        | auwb           | awb
        Cancel            | auwbtof       | auwb           | awb                | .        | auwb           | awb
        ManageMiniPrograms| auwbtof       | auwb           | .                  | .        | auwb           | .
        Define            | auwbtof       | bto            | .                  | .        | .              | .
        OverrideFreeze    | auwbtof       | bto            | .                  | .        | .              | .
        ManageMembers     | auwbtof       | auwb           | .                  | .        | auwb           | .
        ViewAudit         | auwbtof       | auwb           | .                  | .        | auwb           | .
        ManagePlatform    | auwbtof       | .              | .                  | .        | .              | .
        """;

    private static readonly WorkspaceKey Own = new("own");
    private static readonly WorkspaceKey Other = new("other");
    private static readonly MiniProgramKey Assigned = new("assigned");

    private static readonly Dictionary<char, Subject> Things = new()
    {
        ['a'] = new(Own, Assigned, Other),
        ['u'] = new(Own, new("unassigned"), Other),
        ['w'] = new(Own, null, null),
        ['b'] = new(Own, Assigned, Own),
        ['t'] = new(Other, new("foreign"), Own),
        ['o'] = new(null, null, Own),
        ['f'] = new(Other, new("foreign"), Other),
    };

    public static IEnumerable<object[]> Cells
    {
        get
        {
            var lines = Table.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
            return
                from line in lines.Skip(1)
                from column in Enumerable.Range(1, lines[0].Length - 1)
                select new object[] { Enum.Parse<Role>(lines[0][column]), Enum.Parse<Permission>(line[0]), line[column] };
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_role_may_do_what_its_cell_says_and_nothing_else(Role role, Permission permission, string things)
    {
        var actor = new Actor(new("someone"), "Someone", null, [new Grant(role, Own, [Assigned])]);

        Assert.Equal(things.Replace(".", ""), string.Concat(Things.Where(thing => actor.May(permission, thing.Value)).Select(thing => thing.Key)));
        Assert.Equal(things != ".", actor.MaySomewhere(permission));
    }

    [Fact]
    public void The_table_has_every_role_and_every_permission() =>
        Assert.Equal(Enum.GetValues<Role>().Length * Enum.GetValues<Permission>().Length, Cells.Count());

    [Fact]
    public void Roles_in_several_workspaces_add_up_and_do_not_mix()
    {
        var actor = new Actor(new("someone"), "Someone", null, [new Grant(Role.Developer, Own, [Assigned]), new Grant(Role.Reviewer, Other, [])]);

        Assert.True(actor.May(Permission.Apply, new(Own, Assigned, Other)));
        Assert.True(actor.May(Permission.Review, new(Own, Assigned, Other)));
        Assert.False(actor.May(Permission.Review, new(Own, Assigned, Own)));
        Assert.False(actor.May(Permission.Apply, new(Other, Assigned, Other)));
    }

    [Fact]
    public void An_assignment_counts_only_within_the_workspace_of_the_role()
    {
        var actor = new Actor(new("someone"), "Someone", null, [new Grant(Role.Developer, Own, [new("foreign")])]);

        Assert.False(actor.May(Permission.ViewReleases, new(Other, new("foreign"), Other)));
    }

    [Fact]
    public void Without_a_role_nothing_is_permitted_not_even_to_the_platform()
    {
        foreach (var permission in Enum.GetValues<Permission>())
        {
            Assert.All(Things.Values, thing => Assert.False(Actor.System.May(permission, thing)));
            Assert.False(Actor.System.MaySomewhere(permission));
        }
    }

    [Fact]
    public void Every_permission_has_a_name_of_its_own()
    {
        var names = Enum.GetValues<Permission>().Select(RolePermissions.NameOf).ToList();

        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches(@"^[a-z-]+\.[a-z-]+$", name));
        Assert.Throws<ArgumentOutOfRangeException>(() => RolePermissions.NameOf((Permission)99));
    }
}

using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Tests.Access;

/// <summary>Credentials that may less than their owner.</summary>
public sealed class ScopeTests
{
    private static readonly WorkspaceKey Acme = new("acme");
    private static readonly Subject Coffee = new(Acme, new MiniProgramKey("coffee"), new("superapp"));
    private static readonly Actor Owner = new(new("ci"), "CI", null, [new Grant(Role.DeveloperAdmin, Acme, [])]);

    [Fact]
    public void A_scope_takes_away_and_never_gives()
    {
        var narrow = Owner with { Scope = new HashSet<Permission> { Permission.Prepare, Permission.Review } };

        Assert.True(narrow.May(Permission.Prepare, Coffee));
        Assert.False(narrow.May(Permission.Apply, Coffee));
        Assert.False(narrow.MaySomewhere(Permission.Apply));
        Assert.False(narrow.May(Permission.Review, Coffee));
    }

    [Fact]
    public void Seeing_is_in_every_scope() => Assert.True((Owner with { Scope = new HashSet<Permission>() }).May(Permission.ViewReleases, Coffee));

    [Fact]
    public void Only_full_credentials_change_what_the_account_signs_in_with()
    {
        Assert.True(Owner.MayManageOwnAccount);
        Assert.False((Owner with { Scope = Enum.GetValues<Permission>().ToHashSet() }).MayManageOwnAccount);
    }

    [Fact]
    public void Every_permission_is_found_by_its_name()
    {
        Assert.All(Enum.GetValues<Permission>(), permission => Assert.Equal(permission, RolePermissions.Find(RolePermissions.NameOf(permission))));
        Assert.Null(RolePermissions.Find("release.everything"));
    }
}

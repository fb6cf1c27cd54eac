using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Access;

public sealed class ReleaseVisibilityTests
{
    private static readonly (MiniProgramKey Key, WorkspaceKey Workspace)[] MiniPrograms =
        [(new("coffee"), People.Acme), (new("tea"), People.Acme), (new("loyalty"), People.SuperApp), (new("games"), People.SuperApp), (new("news"), People.Elsewhere)];

    private static readonly WorkspaceKey[] AppWorkspaces = [People.SuperApp, People.Elsewhere];

    public static IEnumerable<object[]> Persons => People.Everybody.Where(actor => !actor.IsSystem).Select(actor => new object[] { actor.Id.Value });

    [Theory]
    [MemberData(nameof(Persons))]
    public void A_list_shows_exactly_what_may_be_seen_one_by_one(string person)
    {
        var actor = People.Everybody.Single(actor => actor.Id.Value == person);
        var visibility = ReleaseVisibility.Of(actor);

        foreach (var (miniProgram, workspace) in MiniPrograms)
        {
            foreach (var appWorkspace in AppWorkspaces)
            {
                var isListed = visibility is null
                    || visibility.MiniProgramWorkspaces.Contains(workspace)
                    || visibility.AppWorkspaces.Contains(appWorkspace)
                    || visibility.MiniPrograms.Contains(miniProgram);

                Assert.True(
                    isListed == actor.May(Permission.ViewReleases, new Subject(workspace, miniProgram, appWorkspace)),
                    $"{person} and a release of {miniProgram} to an app of {appWorkspace}");
            }
        }
    }

    [Fact]
    public void The_platform_and_the_administrator_see_everything()
    {
        Assert.Null(ReleaseVisibility.Of(Actor.System));
        Assert.Null(ReleaseVisibility.Of(People.Administrator));
    }
}

using System.Text;
using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>Releases that began to wait under an earlier version of the platform go on.</summary>
public sealed class EarlierReleaseTests
{
    [Fact]
    public async Task A_release_that_waits_with_a_bookmark_per_command_takes_its_command()
    {
        await using var server = await TestServer.StartAsync();
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Production");
        await RewriteBookmarkAsync(scene, id, "apply");

        (await scene.DoAsync(id, "apply")).Stands("UnderReview", "InReview", "A reviewer of superapp-a decides.");

        (await scene.DoAsync(id, "withdraw")).Stands("NewVersionCreated", "Withdrawn", "A developer applies to release.");
    }

    // The one bookmark of today becomes what the bookmark of this command was.
    private static async Task RewriteBookmarkAsync(ReleaseScene scene, string id, string command)
    {
        var instanceId = (await scene.InstanceAsync(id)).Id;
        await scene.Server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(async (services, stop) =>
        {
            var store = services.GetRequiredService<IWorkflowStore>();
            var instance = (await store.FindInstanceAsync(instanceId, stop))!;
            var bookmark = Assert.Single(await store.FindInstanceBookmarksAsync(instanceId, stop));
            var hash = services.GetRequiredService<IStimulusHasher>().Hash(bookmark.Name, new SingleCommandStimulus(id, command));
            store.RemoveBookmark(instanceId, bookmark.Id);
            store.AddBookmark(bookmark with { Hash = hash });
            var state = Encoding.UTF8.GetString(instance.State.Span).Replace(bookmark.Hash, hash, StringComparison.Ordinal);
            store.SaveInstance(instance with { State = Encoding.UTF8.GetBytes(state) });
            return UnitOfWorkResult.Commit(true);
        }, CancellationToken.None);
    }
}

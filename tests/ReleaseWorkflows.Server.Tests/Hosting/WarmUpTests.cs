using ReleaseWorkflows.Server.Hosting;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Hosting;

public sealed class WarmUpTests
{
    [Fact]
    public async Task A_step_is_taken_and_nothing_of_it_is_kept()
    {
        await using var server = await TestServer.StartAsync();
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Production");

        await LeavesNoTraceAsync();
        await scene.DoAsync(id, "apply");
        await LeavesNoTraceAsync();
        await scene.DoAsync(id, "approve");
        await LeavesNoTraceAsync();

        async Task LeavesNoTraceAsync()
        {
            var before = await scene.PictureAsync(id);
            Assert.True(await WarmUp.RunAsync(server.Services, CancellationToken.None));
            Assert.Equal(before, await scene.PictureAsync(id));
        }
    }

    [Fact]
    public async Task Where_nothing_waits_there_is_nothing_to_take()
    {
        await using var server = await TestServer.StartAsync();

        Assert.False(await WarmUp.RunAsync(server.Services, CancellationToken.None));
    }
}

using System.Net;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Api;

public sealed class CommandQueueTests
{
    private readonly CommandQueue _queue = new();

    [Fact]
    public async Task Commands_to_the_same_thing_run_one_after_the_other()
    {
        var first = new TaskCompletionSource<int>();
        var secondHasBegun = false;

        var one = _queue.RunAsync("a", () => first.Task, CancellationToken.None);
        var two = _queue.RunAsync("a", () => Task.FromResult(secondHasBegun = true), CancellationToken.None);

        Assert.False(secondHasBegun);
        first.SetResult(1);
        Assert.Equal(1, await one);
        Assert.True(await two);
    }

    [Fact]
    public async Task Commands_to_different_things_do_not_wait_for_each_other()
    {
        var hold = new TaskCompletionSource<int>();
        var held = Enumerable.Range(0, 1_000).Select(i => _queue.RunAsync($"thing {i}", () => hold.Task, CancellationToken.None)).ToList();

        var strangers = Enumerable.Range(1_000, 1_000).Select(i => _queue.RunAsync($"thing {i}", () => Task.FromResult(i), CancellationToken.None)).ToList();

        Assert.All(strangers, stranger => Assert.True(stranger.IsCompletedSuccessfully));
        hold.SetResult(0);
        await Task.WhenAll(held);
    }

    [Fact]
    public async Task A_command_that_fails_lets_the_next_one_in()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => _queue.RunAsync<int>("a", () => throw new InvalidOperationException(), CancellationToken.None));

        Assert.Equal(2, await _queue.RunAsync("a", () => Task.FromResult(2), CancellationToken.None));
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_leaves_the_queue()
    {
        using var patience = new CancellationTokenSource();
        var first = new TaskCompletionSource<int>();
        var one = _queue.RunAsync("a", () => first.Task, CancellationToken.None);
        var two = _queue.RunAsync("a", () => Task.FromResult(2), patience.Token);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        first.SetResult(1);
        await one;
        Assert.Equal(3, await _queue.RunAsync("a", () => Task.FromResult(3), CancellationToken.None));
    }

    [Fact]
    public async Task Many_changes_of_one_release_at_once_are_all_carried_out()
    {
        await using var server = await TestServer.StartAsync();
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Production");
        var before = (await scene.LogAsync(id)).Count;

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => scene.Developer.PutAsync(
            $"/api/releases/{id}/basic-information",
            new { name = "Coffee", description = "Order coffee ahead.", category = "Food and drink", releaseNotes = $"Edit {i}" })));

        Assert.All(answers, answer => answer.Is(HttpStatusCode.OK));
        Assert.Equal(before + 40, (await scene.LogAsync(id)).Count);
    }
}

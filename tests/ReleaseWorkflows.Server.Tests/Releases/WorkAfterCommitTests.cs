using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Runtime.AspNetCore.Email;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>What follows a commit (builds, e-mails) happens, whatever fails and wherever the server stops; its consequences happen once.</summary>
public sealed class WorkAfterCommitTests
{
    private const string QuickRetry = "--ReleaseWorkflows:Outbox:FirstDelay=00:00:00.010";

    [Fact]
    public async Task A_build_that_waits_while_the_server_stops_is_done_after_the_start()
    {
        var gate = new BuildGate();
        await using var server = await TestServer.StartAsync(gate.AddTo);
        var scene = ReleaseScene.Coffee(server);
        gate.Close();
        var id = (await scene.TriggerAsync("Sandbox")).Is(System.Net.HttpStatusCode.Created).Text("id")!;

        await server.StopAsync();
        gate.Open();
        await server.RestartAsync();

        await scene.BuiltAsync(id);
        Assert.Equal(["ReleaseCreated", "PackageBuilt"], await scene.LogAsync(id));
        await scene.DoAsync(id, "apply");
    }

    [Fact]
    public async Task An_email_whose_sending_was_not_noted_is_sent_again_under_the_same_id()
    {
        var post = new PostOffice { Then = stop => Task.Delay(Timeout.Infinite, stop) };
        await using var server = await TestServer.StartAsync(post.AddTo);
        var (scene, id) = await RejectedAsync(server);
        await Eventually.BeTrueAsync(() => !post.Sent.IsEmpty, "the first attempt");

        // It left, and the server stopped before it could be noted.
        await server.StopAsync();
        post.Then = _ => Task.CompletedTask;
        await server.RestartAsync();

        var message = await DoneAsync(scene, id);
        Assert.NotNull(message.CompletedAt);
        Assert.Equal(2, post.Sent.Count);
        Assert.Single(post.Sent.Distinct());

        // Once noted it is never sent again.
        await server.RestartAsync();
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "reject", new { reason = "Again.", category = "Details" });
        await Eventually.BeTrueAsync(() => post.Sent.Count == 3, "the second decision");
        Assert.Equal(2, post.Sent.Distinct().Count());
    }

    [Fact]
    public async Task A_mail_server_that_refuses_three_times_gets_the_email_once_in_the_end()
    {
        var refusals = 3;
        var post = new PostOffice { First = () => Interlocked.Decrement(ref refusals) >= 0 ? throw new IOException("The mail server is away.") : Task.CompletedTask };
        await using var server = await TestServer.StartAsync(post.AddTo, null, QuickRetry);

        var (scene, id) = await RejectedAsync(server);

        var message = await DoneAsync(scene, id);
        Assert.Equal((3, null), (message.Attempts, message.LastError));
        Assert.NotNull(message.CompletedAt);
        Assert.Single(post.Sent);
    }

    [Fact]
    public async Task An_email_that_is_given_up_stays_with_its_error_and_the_release_goes_on()
    {
        var post = new PostOffice { First = () => throw new IOException("No such mailbox.") };
        await using var server = await TestServer.StartAsync(post.AddTo, null, QuickRetry, "--ReleaseWorkflows:Outbox:MaximumAttempts=3");

        var (scene, id) = await RejectedAsync(server);

        var message = await DoneAsync(scene, id);
        Assert.Equal((3, "No such mailbox."), (message.Attempts, message.LastError));
        Assert.NotNull(message.DeadAt);
        Assert.Null(message.CompletedAt);
        Assert.Contains(server.Log.Errors, line => line.Contains($"{message.Key} was given up after 3 attempts", StringComparison.Ordinal));
        await scene.DoAsync(id, "apply");
    }

    [Fact]
    public async Task A_mail_server_that_does_not_answer_keeps_no_package_from_being_built()
    {
        var post = new PostOffice { First = () => Task.Delay(Timeout.Infinite) };
        await using var server = await TestServer.StartAsync(post.AddTo, null, "--ReleaseWorkflows:Outbox:Parallelism=1");
        await RejectedAsync(server);
        await RejectedAsync(server);

        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");

        await scene.ReleaseAsync("Test");
        Assert.Empty(post.Sent);
        post.First = () => Task.CompletedTask;
    }

    [Fact]
    public async Task Many_builds_at_once_are_all_done_once()
    {
        var gate = new BuildGate();
        await using var server = await TestServer.StartAsync(gate.AddTo);
        string[] versions = [.. Enumerable.Range(1, 12).Select(number => $"{number}.0.0")];
        var scene = await ReleaseScene.CreateAsync(server, versions);
        gate.Close();
        var ids = new List<string>();
        foreach (var version in versions)
        {
            ids.Add((await scene.TriggerAsync("Test", version)).Is(System.Net.HttpStatusCode.Created).Text("id")!);
        }

        gate.Open();

        foreach (var id in ids)
        {
            await scene.BuiltAsync(id);
            Assert.Equal(["ReleaseCreated", "PackageBuilt"], await scene.LogAsync(id));
        }
    }

    private static async Task<(ReleaseScene Scene, string Id)> RejectedAsync(TestServer server)
    {
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "reject", new { reason = "Too hot.", category = "Details" });
        return (scene, id);
    }

    // The e-mail about the release, once nothing more will happen to it.
    private static Task<OutboxMessage> DoneAsync(ReleaseScene scene, string id) => Eventually.ReadAsync(
        async () => (await scene.AskAsync<IOutbox, IReadOnlyList<OutboxMessage>>(outbox => outbox.ListAsync(id, CancellationToken.None)))
            .Single(message => message.Kind == OutboxKinds.Email),
        message => message.CompletedAt is not null || message.DeadAt is not null,
        "the e-mail to be done");

    /// <summary>Stands in for the mail server.</summary>
    private sealed class PostOffice : IEmailTransport
    {
        /// <summary>What happens before an e-mail is taken; by default nothing.</summary>
        public Func<Task> First { get; set; } = () => Task.CompletedTask;

        /// <summary>What happens after it was taken and before the server hears of it; by default nothing.</summary>
        public Func<CancellationToken, Task> Then { get; set; } = _ => Task.CompletedTask;

        /// <summary>The ids of the e-mails taken.</summary>
        public ConcurrentQueue<string> Sent { get; } = new();

        public async Task SendAsync(EmailLetter letter, string messageId, CancellationToken cancellationToken)
        {
            await First().WaitAsync(cancellationToken);
            Sent.Enqueue(messageId);
            await Then(cancellationToken);
        }

        public void AddTo(WebApplicationBuilder builder) => builder.Services.Replace(ServiceDescriptor.Singleton<IEmailTransport>(this));
    }
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>A database that fails in the middle of a step says nothing about the workflow: nothing is done, nothing is faulted, and the same request succeeds later.</summary>
public sealed class StoreFailureTests
{
    [Fact]
    public async Task A_decision_that_meets_a_full_disk_is_not_taken_and_can_be_taken_again()
    {
        var disk = new Disk();
        await using var server = await TestServer.StartAsync(disk.AddTo);
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        var before = await scene.PictureAsync(id);

        disk.FailsAt = typeof(RequestApproved);
        var answer = (await scene.SendAsync(id, "approve")).Is(HttpStatusCode.InsufficientStorage, "disk-full");

        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(before, await scene.PictureAsync(id));
        disk.FailsAt = null;
        (await scene.DoAsync(id, "approve")).Stands("PilotTesting", "Approved", "A developer adds testers.");
        Assert.Single(await Mailbox.WaitAsync(server, id, 1));
    }

    [Fact]
    public async Task A_form_of_a_page_that_meets_a_full_disk_is_answered_by_a_page_and_can_be_sent_again()
    {
        var disk = new Disk();
        await using var server = await TestServer.StartAsync(disk.AddTo);
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        using var reviewer = new BrowserClient(server);
        await reviewer.SignInAsync(server.DemoUser(Role.Reviewer));
        var page = await (await reviewer.OpenAsync($"/releases/{id}")).Content.ReadAsStringAsync();

        disk.FailsAt = typeof(RequestApproved);
        var answer = await reviewer.SubmitMarkupAsync($"/releases/{id}", page, "name=\"_form\" value=\"approve\"");

        Assert.Equal(HttpStatusCode.InsufficientStorage, answer.StatusCode);
        Assert.Contains("nothing was done", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        disk.FailsAt = null;
        Assert.Equal(HttpStatusCode.Redirect, (await reviewer.SubmitMarkupAsync($"/releases/{id}", page, "name=\"_form\" value=\"approve\"")).StatusCode);
        Assert.Equal("PilotTesting", (await scene.ReadAsync(id)).Text("status"));
    }

    [Fact]
    public async Task A_step_of_the_platform_that_meets_a_full_disk_takes_the_decision_before_it_back()
    {
        var disk = new Disk();
        await using var server = await TestServer.StartAsync(disk.AddTo);
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        var before = await scene.PictureAsync(id);

        disk.FailsAt = typeof(PilotStarted);
        (await scene.SendAsync(id, "approve", key: "once")).Is(HttpStatusCode.InsufficientStorage, "disk-full");

        Assert.Equal(before, await scene.PictureAsync(id));
        Assert.Empty(Mailbox.Read(server, id));
        disk.FailsAt = null;
        Assert.False((await scene.SendAsync(id, "approve", key: "once")).Is(HttpStatusCode.OK).IsReplay);
    }

    [Fact]
    public async Task A_trigger_that_meets_a_full_disk_creates_nothing()
    {
        var disk = new Disk();
        await using var server = await TestServer.StartAsync(disk.AddTo);
        var scene = ReleaseScene.Coffee(server);

        disk.FailsAt = typeof(ReleaseCreated);
        (await scene.TriggerAsync("Sandbox")).Is(HttpStatusCode.InsufficientStorage, "disk-full");

        Assert.Empty((await scene.Developer.GetAsync("/api/releases")).Items);
        disk.FailsAt = null;
        await scene.ReleaseAsync("Sandbox");
    }

    [Fact]
    public async Task A_build_that_meets_a_full_disk_is_done_again()
    {
        var disk = new Disk();
        await using var server = await TestServer.StartAsync(disk.AddTo, null, "--ReleaseWorkflows:Outbox:FirstDelay=00:00:00.010");
        var scene = ReleaseScene.Coffee(server);
        disk.FailsAt = typeof(PackageBuilt);

        var id = (await scene.TriggerAsync("Sandbox")).Is(HttpStatusCode.Created).Text("id")!;
        await Eventually.BeTrueAsync(() => disk.Failures > 2, "builds that fail");
        disk.FailsAt = null;

        await scene.BuiltAsync(id);
        Assert.Equal(["ReleaseCreated", "PackageBuilt"], await scene.LogAsync(id));
        await scene.DoAsync(id, "apply");
    }

    /// <summary>Fills up when a certain event is to be stored.</summary>
    private sealed class Disk
    {
        private volatile Type? _failsAt;
        private int _failures;

        public Type? FailsAt
        {
            get => _failsAt;
            set => _failsAt = value;
        }

        public int Failures => Volatile.Read(ref _failures);

        public void AddTo(WebApplicationBuilder builder)
        {
            var table = builder.Services.Single(service => service.ServiceType == typeof(IReleaseStore)).ImplementationType!;
            builder.Services.Replace(ServiceDescriptor.Scoped<IReleaseStore>(provider => new Store(this, (IReleaseStore)ActivatorUtilities.CreateInstance(provider, table))));
        }

        private void Write(ReleaseEvent happened)
        {
            if (happened.GetType() == _failsAt)
            {
                Interlocked.Increment(ref _failures);
                throw new DatabaseUnavailableException(DatabaseFailure.DiskFull, "The disk is full.");
            }
        }

        private sealed class Store(Disk disk, IReleaseStore releases) : IReleaseStore
        {
            public ValueTask<Release?> FindAsync(ReleaseId id, CancellationToken cancellationToken) => releases.FindAsync(id, cancellationToken);

            public ValueTask<Release?> FindByKeyAsync(ReleaseKey key, CancellationToken cancellationToken) => releases.FindByKeyAsync(key, cancellationToken);

            public ValueTask<Release?> FindActiveAsync(MiniProgramKey miniProgram, AppKey app, ReleaseEnvironment environment, CancellationToken cancellationToken) =>
                releases.FindActiveAsync(miniProgram, app, environment, cancellationToken);

            public ValueTask<Release?> FindLiveAsync(MiniProgramKey miniProgram, AppKey app, ReleaseEnvironment environment, CancellationToken cancellationToken) =>
                releases.FindLiveAsync(miniProgram, app, environment, cancellationToken);

            public ValueTask<ReleasePage> ListAsync(ReleaseQuery query, CancellationToken cancellationToken) => releases.ListAsync(query, cancellationToken);

            public void Save(Release release, ReleaseEvent happened)
            {
                disk.Write(happened);
                releases.Save(release, happened);
            }

            public void SetWorkflow(ReleaseId id, string workflowInstanceId, string definitionId, int definitionVersion) =>
                releases.SetWorkflow(id, workflowInstanceId, definitionId, definitionVersion);

            public ValueTask<IReadOnlyList<ReleaseEvent>> ListLogAsync(ReleaseId id, CancellationToken cancellationToken) => releases.ListLogAsync(id, cancellationToken);

            public ValueTask<IReadOnlyList<string>> ListTestersAsync(ReleaseId id, CancellationToken cancellationToken) => releases.ListTestersAsync(id, cancellationToken);

            public void ChangeTesters(ReleaseId id, IReadOnlyList<string> added, IReadOnlyList<string> removed) => releases.ChangeTesters(id, added, removed);
        }
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>
/// Every definition of the product along all its paths: releases are walked until each connection that is drawn has been gone along, which the
/// executions in their instances tell. A clock that is turned makes days pass in milliseconds.
/// </summary>
public sealed class DefinitionPathTests
{
    private static readonly object Mend = new { reason = "Mend it.", category = "Details" };

    [Fact]
    public async Task The_default_pipeline()
    {
        await using var walk = await Walk.StartAsync("release-pipeline.json", "release-pipeline");
        await walk.AppAsync("rich", new
        {
            Development = new { },
            Test = new { },
            Sandbox = new { review = "Manual", pilot = "Offered" },
            Production = new { review = "Manual", pilot = "Offered" },
        });
        await walk.AppAsync("bare", new { Sandbox = new { review = "Auto" }, Production = new { review = "Manual" } });

        await walk.GoAsync("rich", "Development", "apply");
        await walk.GoAsync("rich", "Test", "apply");
        await walk.GoAsync("rich", "Sandbox", "apply", "reject", "apply", "withdraw", "apply", "approve", "complete-pilot");
        await walk.GoAsync("rich", "Sandbox", "apply", "approve", "cancel");
        await walk.GoAsync("bare", "Sandbox", "apply");
        await walk.GoAsync("rich", "Production", "apply", "reject", "apply", "withdraw", "apply", "approve", "complete-pilot", "full");
        await walk.GoAsync("rich", "Production", "apply", "approve", "cancel");
        await walk.GoAsync("bare", "Production", "apply", "approve", "grayscale", "10", "100");
        await walk.GoAsync("bare", "Production", "apply", "approve", "cancel");
        await walk.GoAsync("bare", "Production", "apply", "approve", "grayscale", "10", "cancel");
        await walk.FailToBuildAsync("rich", "Test");

        await walk.HasGoneEverywhereAsync();
    }

    [Fact]
    public async Task The_pipeline_of_superapp_b()
    {
        await using var walk = await Walk.StartAsync("superapp-b/release-pipeline.json", "superapp-b-pipeline");
        await walk.AppAsync("b", new { Test = new { }, Production = new { review = "Manual" } });

        await walk.GoAsync("b", "Test", "apply");
        await walk.GoAsync("b", "Production", "apply", "reject", "apply", "withdraw", "apply", "approve", "full");
        await walk.GoAsync("b", "Production", "apply", "approve", "grayscale", "10", "100");
        await walk.GoAsync("b", "Production", "apply", "approve", "cancel");
        await walk.GoAsync("b", "Production", "apply", "approve", "grayscale", "10", "cancel");
        await walk.FailToBuildAsync("b", "Test");

        await walk.HasGoneEverywhereAsync();
    }

    [Fact]
    public async Task The_minimal_definition()
    {
        await using var walk = await Walk.StartAsync("minimal/minimal-release.json", "minimal-release");
        await walk.AppAsync("small", new { Production = new { review = "Manual" } });

        await walk.GoAsync("small", "Production", "apply", "reject", "apply", "withdraw", "apply", "approve", "grayscale", "100");

        await walk.HasGoneEverywhereAsync();
    }

    [Fact]
    public async Task Two_stages_with_their_clocks()
    {
        await using var walk = await Walk.StartAsync("two-stage-review/two-stage-review.json", "two-stage-review");
        await walk.AppAsync("careful", new { Test = new { }, Production = new { review = "Manual" } });

        await walk.GoAsync("careful", "Test", "apply");
        var id = await walk.GoAsync("careful", "Production", "apply", "reject", "apply", "withdraw", "apply");
        await PassAsync(id, "RequestExpired", 1);
        await walk.DoAsync(id, "apply", "approve", "second-reject", "apply", "approve", "withdraw", "apply", "approve");
        await PassAsync(id, "RequestExpired", 2);
        await walk.DoAsync(id, "apply", "approve", "second-approve", "grayscale", "100");

        await walk.HasGoneEverywhereAsync();

        // A reminder after a day, further reviewers after two, back to the applicant after three.
        async Task PassAsync(string release, string happened, int times)
        {
            for (var day = 1; day <= 3; day++)
            {
                var before = await walk.JournalAsync(release);
                walk.Server.Clock.Advance(TimeSpan.FromDays(1));
                await Eventually.BeTrueAsync(async () => (await walk.JournalAsync(release)).Count > before.Count, $"day {day}");
            }

            await Eventually.BeTrueAsync(async () => (await walk.Scene.LogAsync(release)).Count(line => line == happened) == times, happened);
        }
    }

    [Fact]
    public async Task A_schedule_with_its_measurements()
    {
        await using var peer = await HttpPeer.StartAsync();
        await using var away = await HttpPeer.StartAsync();
        var answer = "well";
        peer.Answer = context => Volatile.Read(ref answer) switch
        {
            "well" => context.Response.WriteAsJsonAsync(new { errorRate = 0.01 }),
            "ill" => context.Response.WriteAsJsonAsync(new { errorRate = 0.5 }),
            "silent" => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted),
            _ => Task.FromResult(context.Response.StatusCode = StatusCodes.Status500InternalServerError),
        };
        await using var folder = new DefinitionFolder();
        Measure(peer.Url);
        await using var walk = await Walk.StartAsync(
            "scheduled-rollout/scheduled-rollout.json", "scheduled-rollout", folder.Setting, peer.Setting, "--ReleaseWorkflows:OutgoingHttp:TimeLimit=00:00:00.500");
        await walk.AppAsync("slow", new { Production = new { review = "Manual" } });

        await walk.GoAsync("slow", "Production", "apply", "reject", "apply", "withdraw", "apply", "approve", "full");
        await walk.GoAsync("slow", "Production", "apply", "approve", "cancel");
        await walk.GoAsync("slow", "Production", "apply", "approve", "grayscale", "full");
        await walk.GoAsync("slow", "Production", "apply", "approve", "grayscale", "cancel");
        await walk.GoAsync("slow", "Production", "apply", "approve", "grayscale", "1", "100");
        await walk.GoAsync("slow", "Production", "apply", "approve", "grayscale", "1", "cancel");

        // Each bad answer holds the rollout; somebody resumes it, and an hour later it is measured again.
        var id = await walk.GoAsync("slow", "Production", "apply", "approve", "grayscale", "1");
        foreach (var (bad, held) in ((string, int)[])[("ill", 1), ("broken", 2), ("silent", 3)])
        {
            Volatile.Write(ref answer, bad);
            walk.Server.Clock.Advance(held == 1 ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1));
            await HappenedAsync(id, "RolloutHeld", held);
            await WaitsAsync(id, "later");
            await walk.DoAsync(id, "resume");
        }

        // Held by a person while all is well: the schedule looks again later. Then it goes on to the end.
        Volatile.Write(ref answer, "well");
        await walk.DoAsync(id, "hold");
        var asked = peer.Requests.Count;
        walk.Server.Clock.Advance(TimeSpan.FromHours(1));
        await Eventually.BeTrueAsync(() => peer.Requests.Count > asked, "a measurement");
        await WaitsAsync(id, "later");
        await walk.DoAsync(id, "resume");
        walk.Server.Clock.Advance(TimeSpan.FromHours(1));
        foreach (var raised in (int[])[2, 3, 4])
        {
            await HappenedAsync(id, "PercentageRaised", raised);
            await WaitsAsync(id, "soak");
            walk.Server.Clock.Advance(TimeSpan.FromDays(1));
        }

        await HappenedAsync(id, "WentLive", 1);

        // Nothing to measure; and somebody to measure who is not there.
        Measure(null);
        await walk.Server.RestartAsync();
        id = await walk.GoAsync("slow", "Production", "apply", "approve", "grayscale", "1");
        walk.Server.Clock.Advance(TimeSpan.FromDays(1));
        await HappenedAsync(id, "PercentageRaised", 2);
        await walk.DoAsync(id, "cancel");
        Measure(away.Url);
        await away.DisposeAsync();
        await walk.Server.RestartAsync();
        id = await walk.GoAsync("slow", "Production", "apply", "approve", "grayscale", "1");
        walk.Server.Clock.Advance(TimeSpan.FromDays(1));
        await HappenedAsync(id, "RolloutHeld", 1);

        await walk.HasGoneEverywhereAsync();

        void Measure(Uri? address) => folder.Change(
            "scheduled-rollout/scheduled-rollout.json", root => root["variables"]![0]!["value"] = address?.ToString() ?? "", ofWhole: true);

        Task HappenedAsync(string release, string happened, int times) =>
            Eventually.BeTrueAsync(async () => (await walk.Scene.LogAsync(release)).Count(line => line == happened) == times, $"{times} times {happened}");

        Task WaitsAsync(string release, string activity) => Eventually.BeTrueAsync(
            async () => (await walk.JournalAsync(release)).LastOrDefault(line => line.Activity == activity).Event == "Suspended", $"{activity} to wait");
    }

    /// <summary>A server with apps on one definition, and the releases that go along it.</summary>
    private sealed class Walk : IAsyncDisposable
    {
        private readonly JsonObject _root;
        private readonly string _definitionId;
        private readonly List<string> _releases = [];
        private int _versions;

        private Walk(TestServer server, ReleaseScene scene, JsonObject root, string definitionId)
        {
            Server = server;
            Scene = scene;
            _root = root;
            _definitionId = definitionId;
        }

        public TestServer Server { get; }

        public ReleaseScene Scene { get; }

        public static async Task<Walk> StartAsync(string file, string definitionId, params string[] settings)
        {
            var definition = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "workflows", file)))!;
            var server = await TestServer.StartAsync(null, null, settings);
            return new Walk(server, await ReleaseScene.CreateAsync(server), definition["root"]!.AsObject(), definitionId);
        }

        public async Task AppAsync(string key, object environments) =>
            (await Server.As(Role.WorkspaceAdmin).PostAsync("/api/apps", new { key, name = key, workflowDefinitionId = _definitionId, environments })).Is(HttpStatusCode.Created);

        /// <summary>Releases a new version and does the steps.</summary>
        public async Task<string> GoAsync(string app, string environment, params string[] steps)
        {
            var version = $"1.{++_versions}.0";
            await Scene.UploadAsync(version);
            var id = await Scene.ReleaseAsync(environment, version, app);
            _releases.Add(id);
            await DoAsync(id, steps);
            return id;
        }

        /// <summary>Does steps: a command, a percentage, or <c>second-…</c> by another reviewer than the first.</summary>
        public async Task DoAsync(string id, params string[] steps)
        {
            foreach (var step in steps)
            {
                switch (step)
                {
                    case "full" or "grayscale":
                        await Scene.DoAsync(id, "go-live", new { type = step == "full" ? "Full" : "Grayscale" });
                        break;
                    case var number when int.TryParse(number, out var percentage):
                        await Scene.DoAsync(id, "grayscale", new { percentage });
                        break;
                    case "second-approve" or "second-reject":
                        var command = step["second-".Length..];
                        (await Server.As(Role.WorkspaceAdmin).PostAsync($"/api/releases/{id}/{command}", command == "reject" ? Mend : null)).Is(HttpStatusCode.OK);
                        break;
                    default:
                        await Scene.DoAsync(id, step, step switch { "reject" => Mend, "hold" or "resume" => new { reason = "Because." }, _ => null });
                        break;
                }
            }
        }

        /// <summary>Releases a version whose upload has got lost, which is then there again.</summary>
        public async Task FailToBuildAsync(string app, string environment)
        {
            var upload = await Scene.Developer.UploadAsync(Scene.MiniProgram, "9.0.0", ApiClient.Sample("parcel"));
            var digest = upload.Is(HttpStatusCode.Created).Text("digest");
            var file = Directory.EnumerateFiles(Path.Combine(Server.DataFolder, "packages"), digest + ".zip", SearchOption.AllDirectories).Single();
            var content = await File.ReadAllBytesAsync(file);
            File.Delete(file);
            var id = (await Scene.TriggerAsync(environment, "9.0.0", app)).Is(HttpStatusCode.Created).Text("id")!;
            _releases.Add(id);
            await Scene.BuildingAsync(id, "BuildFailed");
            await File.WriteAllBytesAsync(file, content);
            await Scene.DoAsync(id, "retry-build");
            await Scene.BuiltAsync(id);
            await Scene.DoAsync(id, "apply");
        }

        /// <summary>What happened in the instance of a release: activity and event.</summary>
        public async Task<IReadOnlyList<(string Activity, string Event)>> JournalAsync(string id)
        {
            var journal = await Instances.ReadJournalAsync(await InstanceAsync(id), new JournalQuery { Take = 10_000 }, CancellationToken.None);
            return [.. journal.Items.Select(line => (line.ActivityId, line.EventName))];
        }

        /// <summary>Asserts that every connection of the definition has been gone along.</summary>
        public async Task HasGoneEverywhereAsync()
        {
            var gone = new HashSet<string>();
            foreach (var id in _releases)
            {
                var executions = await Instances.ReadExecutionsAsync(await InstanceAsync(id), CancellationToken.None);
                gone.UnionWith(executions.Where(execution => execution.Status == "Completed")
                    .SelectMany(execution => ExitsOf(execution.DetailsJson).Select(exit => $"{execution.ActivityId}: {exit}")));
            }

            var drawn = _root["connections"]!.AsArray().Select(connection => $"{connection!["source"]!["activity"]}: {connection["source"]!["port"] ?? "Done"}");
            Assert.Empty(drawn.Except(gone));
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        private IInstanceReader Instances => Server.Services.GetRequiredService<IInstanceReader>();

        private async Task<string> InstanceAsync(string id) => (await Scene.ReadAsync(id)).Text("workflowInstanceId")!;

        private static string[] ExitsOf(string? details) =>
            details is not null && JsonNode.Parse(details)!["journal"]?["Outcomes"] is JsonArray outcomes ? [.. outcomes.Select(outcome => (string)outcome!)] : ["Done"];
    }
}

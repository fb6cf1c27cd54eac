using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime.AspNetCore.Email;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>The ledger of what a release set off outside, and what becomes of letters that nobody took.</summary>
public sealed class EffectTests
{
    private static readonly string[] QuicklyGivenUp = ["--ReleaseWorkflows:Outbox:FirstDelay=00:00:00.010", "--ReleaseWorkflows:Outbox:MaximumAttempts=2"];

    [Fact]
    public async Task The_ledger_tells_what_was_planned_and_what_was_acknowledged_with_the_trace_of_the_request()
    {
        await using var server = await TestServer.StartAsync();
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/releases/{id}/reject")
        {
            Content = new StringContent("""{ "reason": "No.", "category": "Details" }""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.Add("Authorization", "ApiKey " + server.DemoUser(Role.Reviewer).ApiKey);
        (await server.Http.SendAsync(request)).EnsureSuccessStatusCode();

        var effects = await EffectsAsync(scene, id, effects => effects.All(effect => effect.GetProperty("state").GetString() == "Acknowledged"));

        Assert.Equal(["email", "package-build"], effects.Select(effect => effect.GetProperty("kind").GetString()));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", effects[0].GetProperty("traceId").GetString());
        Assert.All(effects, effect => Assert.NotEqual(JsonValueKind.Null, effect.GetProperty("acknowledgedAt").ValueKind));
    }

    [Fact]
    public async Task The_ledger_is_for_those_who_see_the_release()
    {
        await using var server = await TestServer.StartAsync();
        (await server.As(Role.Developer).GetAsync("/api/releases/nothing/effects")).Is(HttpStatusCode.NotFound);
        (await server.Anonymous.GetAsync("/api/releases/nothing/effects")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_letter_that_was_given_up_is_listed_and_arrives_once_after_it_is_sent_again()
    {
        var post = new PostOffice { IsClosed = true };
        await using var server = await TestServer.StartAsync(post.AddTo, null, QuicklyGivenUp);
        var (scene, id) = await RejectedAsync(server);
        var dead = Assert.Single(await EffectsAsync(scene, id, effects => effects.Any(IsDead)), IsDead);
        var administrator = server.As(Role.Administrator);
        var letter = Assert.Single((await administrator.GetAsync("/api/dead-letters")).Is(HttpStatusCode.OK).Items);
        Assert.Equal(dead.GetProperty("key").GetString(), letter.GetProperty("key").GetString());
        Assert.Equal("The post office is closed.", letter.GetProperty("lastError").GetString());
        var path = $"/api/dead-letters/{letter.GetProperty("key").GetString()}/resend";

        post.IsClosed = false;
        (await administrator.PostAsync(path, key: "again")).Is(HttpStatusCode.OK);
        var repeat = (await administrator.PostAsync(path, key: "again")).Is(HttpStatusCode.OK);

        Assert.True(repeat.IsReplay);
        await EffectsAsync(scene, id, effects => effects.All(effect => effect.GetProperty("state").GetString() == "Acknowledged"));
        Assert.Equal(1, post.Taken);
        Assert.Empty((await administrator.GetAsync("/api/dead-letters")).Items);
        (await administrator.PostAsync(path)).Is(HttpStatusCode.Conflict, "not-given-up");
    }

    [Fact]
    public async Task A_stimulus_that_was_given_up_is_listed_told_again_on_request_and_audited()
    {
        await using var server = await TestServer.StartAsync();
        var administrator = server.As(Role.Administrator);
        var now = DateTimeOffset.UnixEpoch.AddYears(60);
        await server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            (services, _) =>
            {
                services.GetRequiredService<IWorkflowStore>().AddFanOut(new FanOutRecord
                {
                    Id = "s1",
                    Range = new BookmarkRange("nobody", null, 0, 1, now),
                    Attempts = 20,
                    DueAt = now,
                    LastError = "Somebody else was always faster.",
                    DeadAt = now,
                });
                return Task.FromResult(UnitOfWorkResult.Commit(true));
            }, default);

        var letter = Assert.Single((await administrator.GetAsync("/api/dead-letters")).Is(HttpStatusCode.OK).Items);
        Assert.Equal(("s1", "stimulus", 20), (letter.GetProperty("key").GetString(), letter.GetProperty("kind").GetString(), letter.GetProperty("attempts").GetInt32()));
        (await administrator.PostAsync("/api/dead-letters/s1/resend")).Is(HttpStatusCode.OK);

        // Nobody waits for it any more, so it is told to its end at once.
        await Eventually.ReadAsync(() => administrator.PostAsync("/api/dead-letters/s1/resend"), answer => answer.Status == HttpStatusCode.NotFound, "the end of the stimulus");
        Assert.Empty((await administrator.GetAsync("/api/dead-letters")).Items);
        Assert.Contains((await administrator.GetAsync("/api/audit?limit=20")).Is(HttpStatusCode.OK).Items, entry => entry.ToString().Contains("told again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dead_letters_are_the_business_of_administrators()
    {
        await using var server = await TestServer.StartAsync();

        foreach (var role in Enum.GetValues<Role>().Where(role => role != Role.Administrator))
        {
            (await server.As(role).GetAsync("/api/dead-letters")).Is(HttpStatusCode.Forbidden);
            (await server.As(role).PostAsync("/api/dead-letters/x/resend")).Is(HttpStatusCode.Forbidden);
        }

        (await server.As(Role.Administrator).PostAsync("/api/dead-letters/x/resend")).Is(HttpStatusCode.NotFound);
    }

    private static bool IsDead(JsonElement effect) => effect.GetProperty("state").GetString() == "Dead";

    private static async Task<IReadOnlyList<JsonElement>> EffectsAsync(ReleaseScene scene, string id, Predicate<IReadOnlyList<JsonElement>> isWanted) => (await Eventually.ReadAsync(
        () => scene.Developer.GetAsync($"/api/releases/{id}/effects"), answer => answer.Items.Count > 1 && isWanted(answer.Items), "the effects of the release")).Items;

    private static async Task<(ReleaseScene Scene, string Id)> RejectedAsync(TestServer server)
    {
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "reject", new { reason = "Too hot.", category = "Details" });
        return (scene, id);
    }

    /// <summary>Takes letters, unless it is closed.</summary>
    private sealed class PostOffice : IEmailTransport
    {
        private int _taken;

        public volatile bool IsClosed;

        public int Taken => Volatile.Read(ref _taken);

        public Task SendAsync(EmailLetter letter, string messageId, CancellationToken cancellationToken)
        {
            if (IsClosed)
                throw new IOException("The post office is closed.");
            Interlocked.Increment(ref _taken);
            return Task.CompletedTask;
        }

        public void AddTo(WebApplicationBuilder builder) => builder.Services.Replace(ServiceDescriptor.Singleton<IEmailTransport>(this));
    }
}

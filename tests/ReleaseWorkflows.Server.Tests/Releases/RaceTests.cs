using System.Net;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>Many callers at once, and callers that repeat themselves: one effect, one answer, one line of the log.</summary>
public sealed class RaceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int Callers = 32;

    private TestServer Server => shared.Server;

    [Fact]
    public async Task A_trigger_that_is_sent_many_times_with_one_key_makes_one_release_and_gives_one_answer()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var key = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => scene.TriggerAsync("Test", key: key)));

        Assert.All(answers, answer => answer.Is(HttpStatusCode.Created));
        Assert.Single(answers, answer => !answer.IsReplay);
        Assert.Single(answers.Select(answer => answer.ToString()).Distinct());
        Assert.Single(answers.Select(answer => answer.Headers.Location).Distinct());
        Assert.Single((await scene.Developer.GetAsync($"/api/releases?miniProgram={scene.MiniProgram}")).Items);
        await scene.BuiltAsync(answers[0].Text("id")!);
        Assert.Equal(["ReleaseCreated", "PackageBuilt"], await scene.LogAsync(answers[0].Text("id")!));

        (await scene.TriggerAsync("Development", key: key)).Is(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    [Fact]
    public async Task A_trigger_that_is_sent_many_times_without_a_key_makes_one_release_too()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");

        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(index => index % 2 == 0
            ? scene.TriggerAsync("Test")
            : scene.Developer.PostAsync("/api/releases", new { miniProgram = scene.MiniProgram, version = "1.0.0", app = "superapp-a", environment = "Test" })));

        var winner = Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer != winner), answer =>
            Assert.Equal(winner.Text("id"), answer.Is(HttpStatusCode.Conflict, "target-used").Text("releaseId")));
    }

    [Fact]
    public async Task An_approval_that_is_sent_many_times_with_one_key_approves_once()
    {
        var (scene, id) = await UnderReviewAsync();
        var key = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => scene.SendAsync(id, "approve", new { comment = "Yes." }, key)));

        Assert.All(answers, answer => answer.Is(HttpStatusCode.OK));
        Assert.Single(answers, answer => !answer.IsReplay);
        Assert.Single(answers.Select(answer => answer.ToString()).Distinct());
        Assert.Single(await scene.LogAsync(id), "RequestApproved");
        Assert.Single(await Mailbox.WaitAsync(Server, id, 1));
        (await scene.SendAsync(id, "approve", new { comment = "No." }, key)).Is(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    [Fact]
    public async Task Of_many_who_decide_at_once_exactly_one_does()
    {
        var (scene, id) = await UnderReviewAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async index => (Index: index, Answer: await DecideAsync(index % 3))));

        var winner = Assert.Single(answers, pair => pair.Answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(pair => pair != winner), pair => pair.Answer.Is(HttpStatusCode.Conflict, "wrong-state"));
        string[] ending = (winner.Index % 3) switch { 0 => ["RequestApproved", "PilotStarted"], 1 => ["RequestRejected"], _ => ["RequestWithdrawn"] };
        Assert.Equal(["ReleaseCreated", "PackageBuilt", "ApplicationSubmitted", .. ending], await scene.LogAsync(id));
        Assert.Equal(3 + ending.Length, (await scene.ReadAsync(id)).Number("revision"));

        // The workflow stands where the release stands.
        await scene.DoAsync(id, winner.Index % 3 == 0 ? "complete-pilot" : "apply");

        Task<Answer> DecideAsync(int kind) => kind switch
        {
            0 => scene.SendAsync(id, "approve"),
            1 => scene.SendAsync(id, "reject", new { reason = "No.", category = "Details" }),
            _ => scene.SendAsync(id, "withdraw"),
        };
    }

    [Fact]
    public async Task Of_two_versions_that_apply_to_one_target_at_once_one_does()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "2.0.0");
        string[] ids = [await scene.ReleaseAsync("Sandbox"), await scene.ReleaseAsync("Sandbox", "2.0.0")];

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async index => (Id: ids[index % 2], Answer: await scene.SendAsync(ids[index % 2], "apply"))));

        var winner = Assert.Single(answers, pair => pair.Answer.Status == HttpStatusCode.OK).Id;
        Assert.All(
            answers.Where(pair => pair.Answer.Status != HttpStatusCode.OK),
            pair => pair.Answer.Is(HttpStatusCode.Conflict, pair.Id == winner ? "wrong-state" : "target-occupied"));
        Assert.Equal(["ReleaseCreated", "PackageBuilt"], await scene.LogAsync(ids.Single(id => id != winner)));
        await scene.DoAsync(winner, "approve");
    }

    [Fact]
    public async Task Percentages_raised_at_once_only_rise()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production", app: "superapp-b");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        await scene.DoAsync(id, "go-live", new { type = "Grayscale" });

        var answers = await Task.WhenAll(Enumerable.Range(1, 16).Select(percentage => scene.SendAsync(id, "grayscale", new { percentage })));

        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable, answer.ToString()));
        var raised = (await scene.Developer.GetAsync($"/api/releases/{id}/log")).Items.Where(line => line.GetProperty("event").GetString() == "PercentageRaised")
            .Select(line => int.Parse(line.GetProperty("text").GetString()!.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(answers.Count(answer => answer.Status == HttpStatusCode.OK), raised.Count);
        Assert.Equal(raised.Order().Distinct(), raised);
        Assert.Equal(raised[^1], (await scene.ReadAsync(id)).Number("percentage"));
    }

    private async Task<(ReleaseScene Scene, string Id)> UnderReviewAsync()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        return (scene, id);
    }
}

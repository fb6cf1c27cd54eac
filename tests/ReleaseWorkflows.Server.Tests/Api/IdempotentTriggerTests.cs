using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Api;

public sealed class IdempotentTriggerTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private ApiClient Client => shared.Server.As(Role.DeveloperAdmin);

    [Theory]
    [InlineData("/workflows/releases")]
    [InlineData("/api/releases")]
    public async Task Of_64_duplicates_at_once_one_makes_a_release_and_all_get_its_answer(string address)
    {
        var (program, key) = (await NewProgramAsync(), Guid.NewGuid().ToString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Client.PostAsync(address, NewRelease(program), key)));

        Assert.All(answers, answer => answer.Is(HttpStatusCode.Created));
        Assert.Single(answers, answer => !answer.IsReplay);
        Assert.Single(answers.Select(answer => Convert.ToHexString(answer.Bytes)).Distinct());
        Assert.Single(answers.Select(answer => answer.Headers.Location).Distinct());
        Assert.Single((await Client.GetAsync($"/api/releases?miniProgram={program}")).Items);
    }

    [Fact]
    public async Task A_refused_trigger_is_not_remembered_and_another_request_under_the_key_is_refused()
    {
        var (program, key) = (await NewProgramAsync(), Guid.NewGuid().ToString());

        (await Client.PostAsync("/workflows/releases", NewRelease("missing"), key)).Is(HttpStatusCode.NotFound, "not-found");
        var created = await Client.PostAsync("/workflows/releases", NewRelease(program), key);
        var other = await Client.PostAsync("/workflows/releases", NewRelease("missing"), key);

        Assert.False(created.Is(HttpStatusCode.Created).IsReplay);
        other.Is(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    [Fact]
    public async Task A_command_is_carried_out_once()
    {
        var program = await NewProgramAsync();
        var id = (await Client.PostAsync("/workflows/releases", NewRelease(program))).Is(HttpStatusCode.Created).Text("id");
        await Eventually.ReadAsync(() => Client.GetAsync($"/api/releases/{id}"), answer => answer.Text("building") == "Ready", "the package");

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Client.PostAsync($"/api/releases/{id}/apply", null, "apply-" + id)));

        Assert.All(answers, answer => Assert.Equal("FullRelease", answer.Is(HttpStatusCode.OK).Text("status")));
        Assert.Single(answers, answer => !answer.IsReplay);
        Assert.Single(answers.Select(answer => answer.ETag).Distinct());
    }

    private static object NewRelease(string program) => new { miniProgram = program, version = "1.0.0", app = "superapp-a", environment = "Development" };

    private async Task<string> NewProgramAsync()
    {
        var key = SharedServer.NewKey("trigger");
        (await Client.PostAsync("/api/mini-programs", new { key, name = "Trigger", description = "D", category = "C" })).Is(HttpStatusCode.Created);
        (await Client.UploadAsync(key, "1.0.0", ApiClient.Sample("coffee"))).Is(HttpStatusCode.Created);
        return key;
    }
}

using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Api;

public sealed class IdempotencyTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private ApiClient Client => shared.Server.As(Role.DeveloperAdmin);

    [Fact]
    public async Task A_repeat_gets_the_first_answer_and_does_nothing()
    {
        var (program, key) = (SharedServer.NewKey("repeat"), Guid.NewGuid().ToString());
        var first = await CreateAsync(program, key);

        var repeat = await CreateAsync(program, key);

        first.Is(HttpStatusCode.Created);
        Assert.False(first.IsReplay);
        Assert.True(repeat.Is(HttpStatusCode.Created).IsReplay);
        Assert.Equal(first.Bytes, repeat.Bytes);
        Assert.Equal(first.ContentType, repeat.ContentType);
        Assert.Equal(first.Headers.Location, repeat.Headers.Location);
        Assert.Equal("\"1\"", repeat.ETag);
    }

    [Fact]
    public async Task A_repeat_gets_the_first_answer_even_when_things_have_moved_on()
    {
        var (program, key) = (SharedServer.NewKey("moved"), Guid.NewGuid().ToString());
        await CreateAsync(program, key);
        (await Client.PutAsync($"/api/mini-programs/{program}", new { name = "New name" })).Is(HttpStatusCode.OK);

        var repeat = await CreateAsync(program, key);

        Assert.Equal("A", repeat.Text("name"));
        Assert.Equal("New name", (await Client.GetAsync($"/api/mini-programs/{program}")).Text("name"));
    }

    [Fact]
    public async Task Of_64_duplicates_at_once_one_takes_effect_and_all_get_its_answer()
    {
        var (program, key) = (SharedServer.NewKey("burst"), Guid.NewGuid().ToString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => CreateAsync(program, key)));

        Assert.All(answers, answer => answer.Is(HttpStatusCode.Created));
        Assert.Single(answers, answer => !answer.IsReplay);
        Assert.Single(answers.Select(answer => Convert.ToHexString(answer.Bytes)).Distinct());
    }

    [Fact]
    public async Task Without_a_key_each_request_stands_for_itself()
    {
        var program = SharedServer.NewKey("keyless");

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => CreateAsync(program, null)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Is(HttpStatusCode.Conflict, "already-exists"));
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_refused()
    {
        var key = Guid.NewGuid().ToString();
        var program = SharedServer.NewKey("reused");
        await CreateAsync(program, key);

        (await CreateAsync(SharedServer.NewKey("reused"), key)).Is(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        (await Client.PutAsync($"/api/mini-programs/{program}", new { key = program, name = "A" }, key)).Is(HttpStatusCode.BadRequest);
        (await Client.PutAsync($"/api/mini-programs/{program}", new { name = "B" }, key)).Is(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    [Fact]
    public async Task Two_accounts_may_use_the_same_key()
    {
        var key = Guid.NewGuid().ToString();
        var (mine, theirs) = (SharedServer.NewKey("mine"), SharedServer.NewKey("theirs"));

        (await CreateAsync(mine, key)).Is(HttpStatusCode.Created);
        (await shared.Server.As(Role.WorkspaceAdmin).PostAsync("/api/mini-programs", new { key = theirs, name = "A" }, key)).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_refusal_is_not_remembered()
    {
        var key = Guid.NewGuid().ToString();
        var program = SharedServer.NewKey("refused");
        var path = $"/api/mini-programs/{program}";
        (await Client.PutAsync(path, new { name = "B" }, key)).Is(HttpStatusCode.NotFound);
        await CreateAsync(program, null);

        var second = await Client.PutAsync(path, new { name = "B" }, key);

        Assert.False(second.Is(HttpStatusCode.OK).IsReplay);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with blank")]
    public async Task A_key_is_of_visible_characters(string key) => (await CreateAsync(SharedServer.NewKey("bad"), key)).Is(HttpStatusCode.BadRequest, "invalid");

    [Fact]
    public async Task A_key_has_at_most_200_characters()
    {
        (await CreateAsync(SharedServer.NewKey("long"), new string('k', 200))).Is(HttpStatusCode.Created);
        var refused = (await CreateAsync(SharedServer.NewKey("long"), new string('k', 201))).Is(HttpStatusCode.BadRequest);
        Assert.Equal(["Idempotency-Key"], refused.BadFields);
    }

    [Fact]
    public async Task A_repeated_upload_is_known_by_its_content_though_its_bytes_differ()
    {
        var (program, key) = (SharedServer.NewKey("upload"), Guid.NewGuid().ToString());
        await CreateAsync(program, null);
        var zip = ApiClient.Sample("parcel");

        var first = await Client.UploadAsync(program, "1.0.0", zip, key);
        var repeat = await Client.UploadAsync(program, "1.0.0", zip, key);
        var other = await Client.UploadAsync(program, "1.0.1", zip, key);

        Assert.False(first.Is(HttpStatusCode.Created).IsReplay);
        Assert.True(repeat.Is(HttpStatusCode.Created).IsReplay);
        Assert.Equal(first.Bytes, repeat.Bytes);
        other.Is(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task The_first_answer_outlives_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        var first = await server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" }, "k1");

        await server.RestartAsync();
        var repeat = await server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" }, "k1");

        Assert.True(repeat.Is(HttpStatusCode.Created).IsReplay);
        Assert.Equal(first.Bytes, repeat.Bytes);
    }

    private Task<Answer> CreateAsync(string program, string? key) => Client.PostAsync("/api/mini-programs", new { key = program, name = "A" }, key);
}

using System.Net;
using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Api;

public sealed class MiniProgramTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private ApiClient Owner => shared.Server.As(Role.DeveloperAdmin);

    [Fact]
    public async Task A_mini_program_is_created_read_and_listed()
    {
        var key = SharedServer.NewKey("tea");

        var created = await Owner.PostAsync("/api/mini-programs", new
        {
            key,
            workspace = "acme",
            name = "Tea",
            description = "Tea to go.",
            category = "Food and drink",
            configuration = new { serverDomains = new[] { "api.tea.example" }, features = new { hot = true } },
        });

        created.Is(HttpStatusCode.Created);
        Assert.Equal($"/api/mini-programs/{key}", created.Headers.Location!.ToString());
        Assert.Equal("\"1\"", created.ETag);
        var read = await Owner.GetAsync($"/api/mini-programs/{key}");
        Assert.Equal(created.Bytes, read.Is(HttpStatusCode.OK).Bytes);
        Assert.Equal("\"1\"", read.ETag);
        Assert.Equal("api.tea.example", read.Json.GetProperty("configuration").GetProperty("serverDomains")[0].GetString());
        Assert.EndsWith("Z", read.Text("createdAt"), StringComparison.Ordinal);
        Assert.Contains((await Owner.GetAsync("/api/mini-programs")).Items, item => item.GetProperty("key").GetString() == key);
    }

    [Fact]
    public async Task The_workspace_may_be_left_out_when_it_can_only_be_one()
    {
        var mine = await Owner.PostAsync("/api/mini-programs", new { key = SharedServer.NewKey("own"), name = "Own" });
        var unclear = await shared.Server.As(Role.Administrator).PostAsync("/api/mini-programs", new { key = SharedServer.NewKey("own"), name = "Own" });

        Assert.Equal("acme", mine.Is(HttpStatusCode.Created).Text("workspace"));
        Assert.StartsWith("Name the workspace it belongs to: one of acme, ", unclear.Is(HttpStatusCode.BadRequest).ErrorOf("workspace"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_wrong_with_a_new_one_is_told_at_once()
    {
        var answer = await Owner.PostAsync("/api/mini-programs", new
        {
            key = "Tea Time",
            workspace = 3,
            name = new string('x', 101),
            description = new string('x', 2_001),
            category = false,
            configuration = new { serverDomains = new[] { "https://api.tea.example" }, speed = "fast" },
            colour = "green",
        });

        Assert.Equal(
            ["category", "colour", "configuration.serverDomains[0]", "configuration.speed", "description", "key", "name", "workspace"],
            answer.Is(HttpStatusCode.BadRequest, "invalid").BadFields);
    }

    [Fact]
    public async Task A_key_is_given_once()
    {
        var body = new { key = SharedServer.NewKey("twice"), name = "Twice" };
        (await Owner.PostAsync("/api/mini-programs", body)).Is(HttpStatusCode.Created);

        (await Owner.PostAsync("/api/mini-programs", body)).Is(HttpStatusCode.Conflict, "already-exists");
    }

    [Theory]
    [InlineData(Role.Developer, "acme")]
    [InlineData(Role.WorkspaceDeveloper, "superapp")]
    [InlineData(Role.Reviewer, "superapp")]
    [InlineData(Role.DeveloperAdmin, "superapp")]
    [InlineData(Role.WorkspaceAdmin, "acme")]
    [InlineData(Role.DeveloperAdmin, "nowhere")]
    public async Task Only_admins_of_the_workspace_create_mini_programs(Role role, string workspace)
    {
        var answer = await shared.Server.As(role).PostAsync("/api/mini-programs", new { key = SharedServer.NewKey("not"), workspace, name = "Not" });

        if (workspace == "nowhere")
        {
            Assert.Equal("There is no workspace “nowhere” that can own this. There are acme.", answer.Is(HttpStatusCode.BadRequest).ErrorOf("workspace"));
        }
        else
        {
            Assert.Equal("mini-program.manage", answer.Is(HttpStatusCode.Forbidden, "forbidden").Text("permission"));
        }
    }

    [Fact]
    public async Task A_mini_program_that_one_may_not_see_is_not_there()
    {
        var key = SharedServer.NewKey("hidden");
        await Owner.PostAsync("/api/mini-programs", new { key, name = "Hidden" });

        foreach (var stranger in new[] { Role.WorkspaceAdmin, Role.Reviewer, Role.Developer })
        {
            var client = shared.Server.As(stranger);
            (await client.GetAsync($"/api/mini-programs/{key}")).Is(HttpStatusCode.NotFound, "not-found");
            (await client.PutAsync($"/api/mini-programs/{key}", new { name = "Mine" })).Is(HttpStatusCode.NotFound);
            (await client.GetAsync($"/api/mini-programs/{key}/versions")).Is(HttpStatusCode.NotFound);
            Assert.DoesNotContain((await client.GetAsync("/api/mini-programs")).Items, item => item.GetProperty("key").GetString() == key);
        }
    }

    [Fact]
    public async Task An_assigned_developer_sees_the_mini_program_and_may_not_change_it()
    {
        var developer = shared.Server.As(Role.Developer);

        (await developer.GetAsync("/api/mini-programs/coffee")).Is(HttpStatusCode.OK);
        (await developer.PutAsync("/api/mini-programs/coffee", new { name = "Mine" })).Is(HttpStatusCode.Forbidden);
        (await developer.PutAsync("/api/mini-programs/coffee/configuration", new { })).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Names_and_configuration_are_replaced_apart_and_the_same_again_changes_nothing()
    {
        var path = "/api/mini-programs/" + SharedServer.NewKey("change");
        await Owner.PostAsync("/api/mini-programs", new { key = path.Split('/')[^1], name = "Before", description = "D", category = "C" });

        var named = await Owner.PutAsync(path, new { name = "After" });
        var configured = await Owner.PutAsync(path + "/configuration", new { environmentVariables = new { API_URL = "x" } });
        var again = await Owner.PutAsync(path + "/configuration", new { environmentVariables = new { API_URL = "x" } });

        Assert.Equal("After", named.Is(HttpStatusCode.OK).Text("name"));
        Assert.Null(named.Text("description"));
        Assert.Equal("\"3\"", configured.Is(HttpStatusCode.OK).ETag);
        Assert.Equal("After", configured.Text("name"));
        Assert.Equal("\"3\"", again.Is(HttpStatusCode.OK).ETag);
        Assert.Equal("x", (await Owner.GetAsync(path + "/configuration")).Json.GetProperty("environmentVariables").GetProperty("API_URL").GetString());
    }

    [Fact]
    public async Task A_change_of_something_that_has_moved_on_is_412()
    {
        var path = "/api/mini-programs/" + SharedServer.NewKey("stale");
        await Owner.PostAsync("/api/mini-programs", new { key = path.Split('/')[^1], name = "One" });
        (await Owner.PutAsync(path, new { name = "Two" }, ifMatch: "\"1\"")).Is(HttpStatusCode.OK);

        foreach (var tag in new[] { "\"1\"", "W/\"2\"", "2", "nonsense" })
        {
            var stale = (await Owner.PutAsync(path, new { name = "Three" }, ifMatch: tag)).Is(HttpStatusCode.PreconditionFailed, "stale");
            Assert.Equal(2, stale.Json.GetProperty("revision").GetInt32());
        }

        (await Owner.PutAsync(path, new { name = "Three" }, ifMatch: "\"1\", \"2\"")).Is(HttpStatusCode.OK);
        (await Owner.PutAsync(path, new { name = "Four" }, ifMatch: "*")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_all_kept_in_some_order()
    {
        var path = "/api/mini-programs/" + SharedServer.NewKey("race");
        await Owner.PostAsync("/api/mini-programs", new { key = path.Split('/')[^1], name = "Start" });

        var answers = await Task.WhenAll(Enumerable.Range(1, 4).Select(number => Owner.PutAsync(path, new { name = $"N{number}" })));

        Assert.All(answers, answer => answer.Is(HttpStatusCode.OK));
        Assert.Equal(5, (await Owner.GetAsync(path)).Json.GetProperty("revision").GetInt32());
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_used_is_refused_entry_by_entry()
    {
        var answer = await Owner.PutAsync("/api/mini-programs/coffee/configuration", """{ "webUrls": ["ftp://x"], "environmentVariables": { "1A": "x", "B": 2 }, "features": [], "payments": {} }""");

        Assert.Equal(["environmentVariables.1A", "environmentVariables.B", "features", "payments", "webUrls[0]"], answer.Is(HttpStatusCode.BadRequest, "invalid").BadFields);
    }

    [Fact]
    public async Task A_mini_program_keeps_the_revisions_of_its_configuration_and_compares_them()
    {
        var path = "/api/mini-programs/" + SharedServer.NewKey("history");
        await Owner.PostAsync("/api/mini-programs", new { key = path.Split('/')[^1], name = "History", configuration = new { serverDomains = new[] { "a.example" } } });
        await Owner.PutAsync(path + "/configuration", new { serverDomains = new[] { "a.example", "b.example" } });
        await Owner.PutAsync(path + "/configuration", new { serverDomains = new[] { "a.example", "b.example" } });
        await Owner.PutAsync(path, new { name = "Another name is no revision of the configuration" });
        await Owner.PutAsync(path + "/configuration", new { serverDomains = new[] { "b.example" }, features = new { hot = true } });

        var revisions = (await Owner.GetAsync(path + "/configuration/revisions")).Is(HttpStatusCode.OK).Items;
        var last = (await Owner.GetAsync(path + "/configuration/difference")).Is(HttpStatusCode.OK).Json;
        var all = (await Owner.GetAsync(path + "/configuration/difference?from=1&to=3")).Is(HttpStatusCode.OK).Json;

        Assert.Equal([1, 2, 3], revisions.Select(revision => revision.GetProperty("number").GetInt32()));
        Assert.All(revisions, revision => Assert.Equal("Dora Developer-Admin", revision.GetProperty("by").GetString()));
        Assert.Equal(["", "serverDomains", "serverDomains, features.hot"], revisions.Select(revision => Settings(revision)));
        Assert.Equal("b.example", Assert.Single(revisions[2].GetProperty("configuration").GetProperty("serverDomains").EnumerateArray()).GetString());
        Assert.Equal((2, 3, "serverDomains, features.hot"), (last.GetProperty("from").GetInt32(), last.GetProperty("to").GetInt32(), Settings(last)));
        Assert.Equal("b.example", all.GetProperty("changes")[0].GetProperty("after")[0].GetString());
        Assert.Equal("a.example", all.GetProperty("changes")[0].GetProperty("before")[0].GetString());
        Assert.Equal(["from", "to"], (await Owner.GetAsync(path + "/configuration/difference?from=0&to=4")).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        (await shared.Server.As(Role.Reviewer).GetAsync(path + "/configuration/revisions")).Is(HttpStatusCode.NotFound, "not-found");

        static string Settings(JsonElement revision) =>
            string.Join(", ", revision.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("setting").GetString()));
    }

    [Fact]
    public async Task A_mini_program_from_before_revisions_were_kept_begins_with_the_configuration_it_has()
    {
        await using var server = await TestServer.StartAsync();
        var owner = server.As(Role.DeveloperAdmin);
        const string Path = "/api/mini-programs/coffee/configuration";

        var first = Assert.Single((await owner.GetAsync(Path + "/revisions")).Is(HttpStatusCode.OK).Items);
        await owner.PutAsync(Path, new { serverDomains = new[] { "api.coffee.example" } });
        var revisions = (await owner.GetAsync(Path + "/revisions")).Is(HttpStatusCode.OK).Items;

        Assert.Equal(JsonValueKind.Null, first.GetProperty("by").ValueKind);
        Assert.Equal(2, first.GetProperty("configuration").GetProperty("serverDomains").GetArrayLength());
        Assert.Equal(2, revisions.Count);
        Assert.Equal(first.ToString(), revisions[0].ToString());
        Assert.Contains(revisions[1].GetProperty("changes").EnumerateArray(), change => change.GetProperty("setting").GetString() == "payment.merchantId");
    }
}

using System.Net;
using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Api;

public sealed class AppTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private ApiClient Owner => shared.Server.As(Role.WorkspaceAdmin);

    [Fact]
    public async Task An_app_is_created_with_the_usual_rules_where_nothing_is_said()
    {
        var key = SharedServer.NewKey("app");

        var created = await Owner.PostAsync("/api/apps", new { key, name = "App", workflowDefinitionId = "release-pipeline", environments = new { Test = new { }, Production = new { } } });

        created.Is(HttpStatusCode.Created);
        Assert.Equal($"/api/apps/{key}", created.Headers.Location!.ToString());
        Assert.Equal("superapp", created.Text("workspace"));
        Assert.Equal("UserId", created.Text("testerIdKind"));
        Assert.False(created.Json.GetProperty("allowSelfApproval").GetBoolean());
        Assert.Equal("Auto Off", Rules("Test"));
        Assert.Equal("Manual Off", Rules("Production"));
        Assert.Equal(created.Bytes, (await Owner.GetAsync($"/api/apps/{key}")).Bytes);

        string Rules(string name)
        {
            var rules = created.Json.GetProperty("environments").GetProperty(name);
            return $"{rules.GetProperty("review")} {rules.GetProperty("pilot")}";
        }
    }

    [Fact]
    public async Task An_app_is_replaced_as_a_whole()
    {
        var key = SharedServer.NewKey("app");
        await Owner.PostAsync("/api/apps", NewApp(key));

        var replaced = await Owner.PutAsync($"/api/apps/{key}", new
        {
            name = "Renamed",
            workflowDefinitionId = "superapp-b-pipeline",
            testerIdKind = "Email",
            allowSelfApproval = true,
            firstVersionMustBeFull = true,
            environments = new { Production = new { review = "Manual", pilot = "Required", minimumTesters = 5, minimumPilotHours = 1.5 } },
        });

        replaced.Is(HttpStatusCode.OK);
        Assert.Equal("\"2\"", replaced.ETag);
        var read = (await Owner.GetAsync($"/api/apps/{key}")).Json;
        Assert.Equal("Renamed", read.GetProperty("name").GetString());
        Assert.Equal("superapp", read.GetProperty("workspace").GetString());
        var production = Assert.Single(read.GetProperty("environments").EnumerateObject()).Value;
        Assert.Equal("Required", production.GetProperty("pilot").GetString());
        Assert.Equal(1.5, production.GetProperty("minimumPilotHours").GetDouble());
        (await Owner.PutAsync($"/api/apps/{key}", NewApp(null), ifMatch: "\"1\"")).Is(HttpStatusCode.PreconditionFailed, "stale");
    }

    [Fact]
    public async Task An_app_says_how_many_users_it_has_or_does_not_and_the_trail_keeps_what_it_said()
    {
        var key = SharedServer.NewKey("app");
        (await Owner.PostAsync("/api/apps", NewApp(key))).Is(HttpStatusCode.Created);
        Assert.Equal(JsonValueKind.Null, (await Owner.GetAsync($"/api/apps/{key}")).Json.GetProperty("audience").ValueKind);

        (await Owner.PutAsync($"/api/apps/{key}", With(120_000))).Is(HttpStatusCode.OK);

        Assert.Equal(120_000, (await Owner.GetAsync($"/api/apps/{key}")).Json.GetProperty("audience").GetInt32());
        var change = (await Owner.GetAsync($"/api/audit?action=app.changed&subject={key}")).Items[0].GetProperty("changes").EnumerateArray().Single();
        Assert.Equal(("audience", "120000"), (change.GetProperty("field").GetString(), change.GetProperty("after").GetString()));
        foreach (var wrong in new[] { 0, -5, 2_000_000_001 })
        {
            Assert.Equal(["audience"], (await Owner.PutAsync($"/api/apps/{key}", With(wrong))).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        }

        static object With(int audience) => new { name = "App", workflowDefinitionId = "release-pipeline", audience, environments = new { Production = new { } } };
    }

    [Fact]
    public async Task Everything_wrong_with_an_app_is_told_at_once()
    {
        var answer = await Owner.PostAsync("/api/apps", """
            {
              "key": "-", "name": "", "testerIdKind": "Phone", "allowSelfApproval": "no", "colour": "green",
              "environments": {
                "Development": { "review": "Manual" },
                "Test": { "pilot": "Offered", "speed": 1 },
                "Sandbox": { "review": "Sometimes", "minimumTesters": -1 },
                "Staging": {},
                "Production": 5
              }
            }
            """);

        Assert.Equal(
            [
                "allowSelfApproval", "colour", "environments.Development", "environments.Production", "environments.Sandbox.minimumTesters",
                "environments.Sandbox.review", "environments.Staging", "environments.Test", "environments.Test.speed", "key", "name", "testerIdKind",
                "workflowDefinitionId",
            ],
            answer.Is(HttpStatusCode.BadRequest, "invalid").BadFields);
    }

    [Fact]
    public async Task Production_is_never_left_out_and_never_reviewed_by_nobody()
    {
        var without = await Owner.PostAsync("/api/apps", new { key = "x", name = "X", workflowDefinitionId = "p", environments = new { Test = new { } } });
        var unreviewed = await Owner.PostAsync("/api/apps", new { key = "x", name = "X", workflowDefinitionId = "p", environments = new { Production = new { review = "Auto" } } });

        Assert.Equal("Every app has a Production environment; add it.", without.ErrorOf("environments"));
        Assert.Equal("Production is always reviewed by a person; set review to Manual.", unreviewed.ErrorOf("environments.Production"));
    }

    [Theory]
    [InlineData(Role.DeveloperAdmin)]
    [InlineData(Role.Developer)]
    [InlineData(Role.WorkspaceDeveloper)]
    [InlineData(Role.Reviewer)]
    public async Task Only_admins_of_the_super_app_define_apps_and_everybody_reads_them(Role role)
    {
        var client = shared.Server.As(role);

        (await client.GetAsync("/api/apps/superapp-a")).Is(HttpStatusCode.OK);
        Assert.Equal("app.define", (await client.PostAsync("/api/apps", NewApp(SharedServer.NewKey("not")))).Is(HttpStatusCode.Forbidden).Text("permission"));
        (await client.PutAsync("/api/apps/superapp-a", NewApp(null))).Is(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task An_app_belongs_to_a_workspace_of_a_super_app()
    {
        var answer = await shared.Server.As(Role.Administrator).PostAsync("/api/apps", new
        {
            key = SharedServer.NewKey("app"),
            workspace = "acme",
            name = "App",
            workflowDefinitionId = "release-pipeline",
            environments = new { Production = new { } },
        });

        Assert.StartsWith("There is no workspace “acme” that can own this.", answer.Is(HttpStatusCode.BadRequest).ErrorOf("workspace"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_apps_are_404_and_a_key_is_given_once()
    {
        (await Owner.GetAsync("/api/apps/nothing")).Is(HttpStatusCode.NotFound, "not-found");
        (await Owner.PutAsync("/api/apps/nothing", NewApp(null))).Is(HttpStatusCode.NotFound, "not-found");
        (await Owner.PostAsync("/api/apps", NewApp("superapp-a"))).Is(HttpStatusCode.Conflict, "already-exists");
    }

    private static object NewApp(string? key) => key is null
        ? new { name = "App", workflowDefinitionId = "release-pipeline", environments = new { Production = new { } } }
        : new { key, name = "App", workflowDefinitionId = "release-pipeline", environments = new { Production = new { } } };
}

using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary><c>?dryRun=true</c> at the front door: what would happen, played by the real rules and the app's real workflow, and nothing of it kept.</summary>
public sealed class DryRunTests
{
    [Theory]
    [InlineData("/workflows/releases")]
    [InlineData("/api/releases")]
    public async Task A_dry_run_tells_the_path_with_those_who_decide_and_creates_nothing(string address)
    {
        await using var server = await TestServer.StartAsync();
        var before = Dump(server);

        var forecast = (await server.As(Role.Developer).PostAsync(address + "?dryRun=true", Coffee("superapp-a", "Production"), key: "a-dry-run")).Is(HttpStatusCode.OK);

        Assert.Equal("application/json", forecast.ContentType);
        Assert.True(forecast.Json.GetProperty("dryRun").GetBoolean());
        Assert.True(forecast.Json.GetProperty("isCreated").GetBoolean());
        Assert.Empty(forecast.Json.GetProperty("refusals").EnumerateArray());
        Assert.Equal("FullRelease", forecast.Text("end"));
        Assert.Equal(("release-pipeline", 1), (forecast.Text("definitionId"), forecast.Number("definitionVersion")));
        Assert.Equal("Offered", forecast.Json.GetProperty("policy").GetProperty("pilot").GetString());
        Assert.Equal(
            [
                "NewVersionCreated apply release.apply True: The package is built.",
                "UnderReview approve release.review False: One approval. Not by who applied.",
                "PilotTesting complete-pilot release.testers True: ",
                "GrayscaleRelease grayscale release.golive True: No freeze of the target, and no hold.",
            ],
            Steps(forecast));
        Assert.Equal(
            ["Rita Reviewer", "Wim Workspace-Admin"],
            forecast.Json.GetProperty("path")[1].GetProperty("people").EnumerateArray().Select(person => person.GetString()));
        Assert.Equal(before, Dump(server));
        Assert.Empty((await server.As(Role.Developer).GetAsync("/api/releases")).Items);
    }

    [Fact]
    public async Task Where_nobody_is_asked_the_path_is_one_step()
    {
        await using var server = await TestServer.StartAsync();

        var forecast = await server.As(Role.Developer).PostAsync("/workflows/releases?dryRun=True", Coffee("superapp-b", "Test"));

        Assert.Equal(["NewVersionCreated apply release.apply True: The package is built."], Steps(forecast));
        Assert.Equal("FullRelease", forecast.Text("end"));
    }

    [Fact]
    public async Task Stages_of_the_review_are_those_that_the_workflow_of_the_app_draws()
    {
        await using var server = await TestServer.StartAsync();
        await OwnAppAsync(server, "two-stage-review");

        var forecast = await server.As(Role.Developer).PostAsync("/workflows/releases?dryRun=true", Coffee("own", "Production"));

        Assert.Equal(
            [
                "NewVersionCreated apply release.apply True: The package is built.",
                "UnderReview approve release.review False: Compliance. One approval. Not by who applied.",
                "UnderReview approve release.review False: Security. One approval. Not by who applied.",
                "ReleasePreparation go-live release.golive True: No freeze of the target, and no hold.",
                "GrayscaleRelease grayscale release.golive True: No freeze of the target, and no hold.",
            ],
            Steps(forecast));
    }

    [Fact]
    public async Task What_would_be_refused_later_is_told_and_the_path_goes_on_behind_it()
    {
        await using var server = await TestServer.StartAsync();
        await OwnAppAsync(server, "minimal-release", new { name = "Year end", from = "2020-01-01T00:00:00Z", until = "2099-01-01T00:00:00Z" });
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0", "2.0.0");
        await scene.DoAsync(await scene.ReleaseAsync("Production", app: "own"), "apply");
        await scene.Developer.PutAsync($"/api/mini-programs/{scene.MiniProgram}", new { name = "Tea" });
        var before = Dump(server);

        var forecast = (await scene.Developer.PostAsync(
            "/workflows/releases?dryRun=true", new { miniProgram = scene.MiniProgram, version = "2.0.0", app = "own", environment = "Production" })).Is(HttpStatusCode.OK);

        Assert.Equal(
            ["apply details-incomplete", "apply target-occupied", "go-live frozen"],
            forecast.Json.GetProperty("refusals").EnumerateArray().Select(refusal => $"{refusal.GetProperty("command").GetString()} {refusal.GetProperty("code").GetString()}"));
        Assert.Equal(["apply", "approve", "go-live", "grayscale"], forecast.Json.GetProperty("path").EnumerateArray().Select(step => step.GetProperty("command").GetString()));
        Assert.Equal("FullRelease", forecast.Text("end"));
        Assert.Equal(before, Dump(server));
    }

    [Fact]
    public async Task A_release_that_would_not_be_created_has_the_refusal_it_would_get()
    {
        await using var server = await TestServer.StartAsync();
        var scene = ReleaseScene.Coffee(server);
        var used = (await scene.TriggerAsync("Test")).Text("id");

        var forecast = (await scene.Developer.PostAsync("/workflows/releases?dryRun=true", Coffee("superapp-a", "Test"))).Is(HttpStatusCode.OK);
        var unknown = (await scene.Developer.PostAsync("/api/releases?dryRun=true", Coffee("nowhere", "Test"))).Is(HttpStatusCode.OK);

        Assert.NotNull(used);
        Assert.False(forecast.Json.GetProperty("isCreated").GetBoolean());
        Assert.Equal("target-used", forecast.Json.GetProperty("refusals")[0].GetProperty("code").GetString());
        Assert.Empty(forecast.Json.GetProperty("path").EnumerateArray());
        Assert.Equal("not-found", unknown.Json.GetProperty("refusals")[0].GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/workflows/releases")]
    [InlineData("/api/releases")]
    public async Task A_word_that_is_not_understood_creates_nothing_either(string address)
    {
        await using var server = await TestServer.StartAsync();

        foreach (var query in (string[])["?dryRun=yes", "?dryRun=", "?dryRun=true&dryRun=false"])
        {
            var answer = await server.As(Role.Developer).PostAsync(address + query, Coffee("superapp-a", "Test"));

            Assert.Equal("dryRun is true or false.", answer.Is(HttpStatusCode.BadRequest, "invalid").ErrorOf("dryRun"));
        }

        Assert.Empty((await server.As(Role.Developer).GetAsync("/api/releases")).Items);
        (await server.As(Role.Developer).PostAsync(address + "?dryRun=false", Coffee("superapp-a", "Test"))).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_trigger_that_was_drawn_before_dry_runs_were_there_answers_them_too()
    {
        await using var folder = new DefinitionFolder();
        folder.Change("release-trigger.json", root =>
        {
            var connections = root["connections"]!.AsArray();
            connections.Remove(connections.Single(connection => (string?)connection!["source"]!["port"] == "Rehearsed"));
        });
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);

        var forecast = (await server.As(Role.Developer).PostAsync("/workflows/releases?dryRun=true", Coffee("superapp-a", "Test"))).Is(HttpStatusCode.OK);

        Assert.Equal("FullRelease", forecast.Text("end"));
        Assert.Empty((await server.As(Role.Developer).GetAsync("/api/releases")).Items);
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_is_refused_as_ever()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.As(Role.Developer).PostAsync("/workflows/releases?dryRun=true", new { miniProgram = "Coffee!", environment = "Moon" });

        Assert.Equal(["app", "environment", "miniProgram", "version"], answer.Is(HttpStatusCode.BadRequest, "invalid").BadFields);
    }

    private static object Coffee(string app, string environment) => new { miniProgram = "coffee", version = "1.0.0", app, environment };

    private static async Task OwnAppAsync(TestServer server, string definition, params object[] freezes) =>
        (await server.As(Role.WorkspaceAdmin).PostAsync(
            "/api/apps",
            new { key = "own", name = "Own", workflowDefinitionId = definition, environments = new { Production = new { review = "Manual" } }, freezes })).Is(HttpStatusCode.Created);

    private static IEnumerable<string> Steps(Answer forecast) => forecast.Json.GetProperty("path").EnumerateArray().Select(step =>
    {
        var stage = step.GetProperty("stage").GetString();
        var conditions = step.GetProperty("conditions").EnumerateArray().Select(condition => condition.GetString());
        return $"{step.GetProperty("status").GetString()} {step.GetProperty("command").GetString()} {step.GetProperty("permission").GetString()} "
            + $"{step.GetProperty("mayYou").GetBoolean()}: {(stage is null ? "" : stage + ". ")}{string.Join(' ', conditions)}";
    });

    // Every row of every table.
    private static string Dump(TestServer server)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(server.DataFolder, "release-workflows.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        var text = new StringBuilder();
        foreach (var table in Rows(connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
        {
            text.AppendLine(table).AppendJoin('\n', Rows(connection, $"SELECT * FROM \"{table}\" ORDER BY 1")).AppendLine();
        }

        return text.ToString();
    }

    private static List<string> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        // CA2100: constants of this class, and names of tables.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(field => reader.GetValue(field) switch
            {
                byte[] bytes => Convert.ToHexString(bytes),
                var value => Convert.ToString(value, CultureInfo.InvariantCulture),
            })));
        }

        return rows;
    }
}

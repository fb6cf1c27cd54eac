using System.Net;
using System.Text;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Api.Audit;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Audit;

/// <summary>Who did what, as the API tells it.</summary>
public sealed class AuditTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    private ApiClient Administrator => Server.As(Role.Administrator);

    [Fact]
    public async Task A_change_by_the_API_says_who_did_it_with_which_credentials_and_what_became_different()
    {
        var key = SharedServer.NewKey("audited");
        (await Server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key, name = "Before" })).Is(HttpStatusCode.Created);
        (await Server.As(Role.DeveloperAdmin).PutAsync($"/api/mini-programs/{key}", new { name = "After" })).Is(HttpStatusCode.OK);

        var lines = (await Administrator.GetAsync($"/api/audit?subject={key}")).Is(HttpStatusCode.OK).Items;

        Assert.Equal(["mini-program.changed", "mini-program.created"], lines.Select(line => line.GetProperty("action").GetString()));
        Assert.Equal("Dora Developer-Admin", lines[0].GetProperty("actor").GetString());
        Assert.StartsWith("API key “First key”, ", lines[0].GetProperty("origin").GetString(), StringComparison.Ordinal);
        var change = Assert.Single(lines[0].GetProperty("changes").EnumerateArray(), change => change.GetProperty("field").GetString() == "basicInformation.name");
        Assert.Equal(("Before", "After"), (change.GetProperty("before").GetString(), change.GetProperty("after").GetString()));
    }

    [Fact]
    public async Task A_refused_command_leaves_no_line()
    {
        var key = SharedServer.NewKey("audited");

        (await Server.As(Role.Reviewer).PostAsync("/api/mini-programs", new { key, name = "No" })).Is(HttpStatusCode.Forbidden);

        Assert.Empty((await Administrator.GetAsync($"/api/audit?subject={key}")).Items);
    }

    [Fact]
    public async Task The_steps_of_a_release_are_lines_that_both_sides_see()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");

        foreach (var role in new[] { Role.Administrator, Role.DeveloperAdmin, Role.WorkspaceAdmin })
        {
            var actions = (await Server.As(role).GetAsync($"/api/audit?subject={id}")).Is(HttpStatusCode.OK).Items.Select(line => line.GetProperty("action").GetString());
            Assert.Equal(["release.package-built", "release.created"], actions);
        }
    }

    [Fact]
    public async Task Admins_of_a_workspace_see_what_concerns_it_and_nothing_of_others_or_of_the_platform()
    {
        await Server.Anonymous.PostAsync("/api/sign-in", new { email = Server.DemoUser(Role.Reviewer).Email, password = "wrong" });

        var lines = (await Server.As(Role.DeveloperAdmin).GetAsync("/api/audit?limit=500")).Is(HttpStatusCode.OK).Items;

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains("acme", new[] { line.GetProperty("workspace").GetString(), line.GetProperty("otherWorkspace").GetString() }));
        (await Server.As(Role.DeveloperAdmin).GetAsync("/api/audit?workspace=superapp")).Is(HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory]
    [InlineData(Role.Developer)]
    [InlineData(Role.WorkspaceDeveloper)]
    [InlineData(Role.Reviewer)]
    public async Task Others_see_no_trail(Role role)
    {
        (await Server.As(role).GetAsync("/api/audit")).Is(HttpStatusCode.Forbidden, "forbidden");
        (await Server.As(role).GetAsync("/api/audit/export")).Is(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Signing_in_and_failing_to_are_lines_that_name_no_password()
    {
        var user = Server.DemoUser(Role.WorkspaceDeveloper);
        (await Server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = "my secret" })).Is(HttpStatusCode.Unauthorized);
        (await Server.Anonymous.PostAsync("/api/sign-in", new { email = "a password in the wrong field", password = "x" })).Is(HttpStatusCode.Unauthorized);
        (await Server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Is(HttpStatusCode.OK);

        var answer = await Administrator.GetAsync("/api/audit?action=sign-in&limit=500");

        Assert.Contains(answer.Items, line => line.GetProperty("action").GetString() == "sign-in.succeeded" && line.GetProperty("actor").GetString() == "Wanda Workspace-Developer");
        Assert.Contains(answer.Items, line => line.GetProperty("action").GetString() == "sign-in.failed" && line.GetProperty("text").GetString()!.Contains(user.Email, StringComparison.Ordinal));
        Assert.DoesNotContain("my secret", answer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("wrong field", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_change_of_an_account_its_keys_and_an_app_is_a_line()
    {
        await using var server = await TestServer.StartAsync();
        var administrator = server.As(Role.Administrator);
        var user = (await administrator.PostAsync("/api/users", new { email = "new@example.com", name = "New" })).Is(HttpStatusCode.Created);
        var id = user.Text("id");
        (await administrator.PutAsync($"/api/users/{id}", new { isDisabled = true })).Is(HttpStatusCode.OK);
        (await administrator.PostAsync($"/api/users/{id}/reset-password")).Is(HttpStatusCode.OK);
        (await administrator.PostAsync($"/api/users/{id}/sign-out")).Is(HttpStatusCode.OK);
        (await administrator.PostAsync("/api/workspaces/acme/members", new { email = "new@example.com", role = "Developer" })).Is(HttpStatusCode.Created);
        var key = (await administrator.PostAsync("/api/api-keys", new { name = "CI", scopes = new[] { "workspace.audit" } })).Is(HttpStatusCode.Created);
        (await administrator.DeleteAsync($"/api/api-keys/{key.Text("id")}")).Is(HttpStatusCode.NoContent);
        (await server.As(Role.WorkspaceAdmin).PutAsync("/api/apps/superapp-a/webhook", new { url = "https://hooks.example.com/x" })).Is(HttpStatusCode.OK);

        var actions = (await administrator.GetAsync("/api/audit?limit=8")).Items.Select(line => line.GetProperty("action").GetString()!);

        Assert.Equal(
            ["app.changed", "api-key.revoked", "api-key.created", "member.added", "sign-in.sessions-ended", "sign-in.sessions-ended", "account.password-changed", "account.disabled"],
            actions);
    }

    [Fact]
    public async Task What_was_done_to_a_workflow_definition_is_a_line()
    {
        await using var server = await TestServer.StartAsync();
        (await server.As(Role.WorkspaceAdmin).PostAsync("/api/apps/superapp-a/workflow")).Is(HttpStatusCode.OK);

        var lines = (await server.As(Role.WorkspaceAdmin).GetAsync("/api/audit?action=workflow&subject=superapp-a-pipeline")).Items;

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Equal("Wim Workspace-Admin", line.GetProperty("actor").GetString()));
    }

    [Fact]
    public async Task Pages_go_on_where_the_last_one_ended()
    {
        await using var server = await TestServer.StartAsync();
        var administrator = server.As(Role.Administrator);

        var all = (await administrator.GetAsync("/api/audit?limit=500")).Items.Select(line => line.GetProperty("text").GetString()).ToList();
        var first = await administrator.GetAsync("/api/audit?limit=5");
        var second = await administrator.GetAsync($"/api/audit?limit=5&cursor={first.Text("next")}");

        Assert.Equal(all.Take(10), first.Items.Concat(second.Items).Select(line => line.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task A_question_that_cannot_be_read_is_told_part_by_part() =>
        Assert.Equal(
            ["action", "cursor", "from", "limit", "to"],
            (await Administrator.GetAsync("/api/audit?action=weather&cursor=x&from=yesterday&to=31.12.2026&limit=0")).Is(HttpStatusCode.BadRequest, "invalid").BadFields);

    [Fact]
    public async Task The_export_holds_every_line_and_is_recorded_itself()
    {
        await using var server = await TestServer.StartAsync();
        var administrator = server.As(Role.Administrator);
        var count = (await administrator.GetAsync("/api/audit?limit=500")).Items.Count;

        var csv = await administrator.GetAsync("/api/audit/export?format=csv");
        var lines = await administrator.GetAsync("/api/audit/export?format=jsonl&action=audit");

        Assert.Equal("text/csv", csv.ContentType);
        var text = Encoding.UTF8.GetString(csv.Bytes);
        Assert.StartsWith("\uFEFFat,actorId,actor,", text, StringComparison.Ordinal);
        Assert.Equal(count + 2, text.TrimEnd().Split("\r\n").Length);
        var recorded = Encoding.UTF8.GetString(lines.Bytes).TrimEnd().Split('\n').Select(line => System.Text.Json.JsonElement.Parse(line).GetProperty("text").GetString()).ToList();
        Assert.Equal(["The audit trail was exported (action=audit).", "The audit trail was exported (all of it)."], recorded);
        (await administrator.GetAsync("/api/audit/export?format=pdf")).Is(HttpStatusCode.BadRequest, "invalid");
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    [InlineData("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData(null, "")]
    public void No_cell_of_the_export_is_a_formula_to_a_spreadsheet(string? text, string cell) => Assert.Equal(cell, AuditFile.Cell(text));
}

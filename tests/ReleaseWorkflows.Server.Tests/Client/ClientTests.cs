using Microsoft.AspNetCore.Http;
using ReleaseWorkflows.Client;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Readme;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Client;

/// <summary><c>rw</c>, the client for developers and CI, against the real server: what it prints where, and how it ends.</summary>
public sealed class ClientTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    private static string Sample => Path.Combine(ReadmeText.Root, "samples", "coffee");

    [Fact]
    public async Task A_version_goes_from_its_folder_to_everyone_by_the_command_line_alone()
    {
        var scene = await ReleaseScene.CreateAsync(Server);
        var release = $"{scene.MiniProgram}/1.0.0/superapp-a/Production";

        Assert.Equal("1.0.0", (await Developer("upload", Sample, "-m", scene.MiniProgram, "-v", "1.0.0")).Ends(ExitCode.Done));
        var begun = await Developer(
            "release", "-m", scene.MiniProgram, "-v", "1.0.0", "-a", "superapp-a", "-e", "Production", "--release-notes", "First.", "--apply");
        var id = begun.Ends(ExitCode.Done);
        Assert.Contains("· UnderReview: A reviewer of superapp-a decides.", begun.Error, StringComparison.Ordinal);
        Assert.Equal("PilotTesting", (await Rw.RunAsync(Server, Role.Reviewer, "approve", release, "--comment", "Fine.")).Ends(ExitCode.Done));
        Assert.Equal("PilotTesting", (await Developer("wait", id, "--for", "decided")).Ends(ExitCode.Done));
        Assert.Equal("2", (await Developer("testers", "add", release, "u-1", "u-2")).Ends(ExitCode.Done));
        Assert.Equal("10", (await Developer("testers", "set", id, "--file", Path.Combine(ReadmeText.Root, "samples", "testers.csv"))).Ends(ExitCode.Done));
        Assert.Equal("9", (await Developer("testers", "remove", id, (await Testers(id))[0])).Ends(ExitCode.Done));
        Assert.Equal(9, (await Testers(id)).Length);
        Assert.Equal("GrayscaleRelease", (await Developer("complete-pilot", id)).Ends(ExitCode.Done));
        Assert.Equal("GrayscaleRelease", (await Developer("go-live", release, "--percentage", "20")).Ends(ExitCode.Done));
        Assert.Contains("GrayscaleRelease 20 %", (await Developer("status", release)).Ends(ExitCode.Done), StringComparison.Ordinal);
        Assert.Equal("GrayscaleRelease", (await Developer("hold", id, "--reason", "Looking.")).Ends(ExitCode.Done));
        Assert.Equal("GrayscaleRelease", (await Developer("resume", id, "--reason", "Fine.")).Ends(ExitCode.Done));
        Assert.Equal("FullRelease", (await Developer("go-live", id, "-p", "100")).Ends(ExitCode.Done));
        Assert.Equal("FullRelease", (await Developer("wait", id)).Ends(ExitCode.Done));
        Assert.Contains(id, (await Developer("status", "--mini-program", scene.MiniProgram)).Ends(ExitCode.Done), StringComparison.Ordinal);

        async Task<string[]> Testers(string name) => (await Developer("testers", "list", name)).Ends(ExitCode.Done).Split(Environment.NewLine);
    }

    [Fact]
    public async Task A_job_that_is_repeated_goes_on_where_it_was()
    {
        var scene = await ReleaseScene.CreateAsync(Server);
        string[] upload = ["upload", Sample, "-m", scene.MiniProgram, "-v", "1.0.0"];
        string[] release = ["release", "-m", scene.MiniProgram, "-v", "1.0.0", "-a", "superapp-b", "-e", "Test", "--apply", "--wait", "full"];

        var first = ((await Developer(upload)).Ends(ExitCode.Done), (await Developer(release)).Ends(ExitCode.Done));
        var again = await Developer(release);

        Assert.Equal(first, ((await Developer(upload)).Ends(ExitCode.Done), again.Ends(ExitCode.Done)));
        Assert.Contains("going on with it", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_content_under_the_same_number_is_refused()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");

        var other = await Developer("upload", Path.Combine(ReadmeText.Root, "samples", "parcel"), "-m", scene.MiniProgram, "-v", "1.0.0");

        other.Ends(ExitCode.Refused);
        Assert.Contains("with other content", other.Error, StringComparison.Ordinal);
        Assert.EndsWith("(already-exists)", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canceled_release_is_not_gone_on_with()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        Assert.Equal("Canceled", (await Developer("cancel", id, "--reason", "Bad.")).Ends(ExitCode.Done));

        var again = await Developer("release", "-m", scene.MiniProgram, "-v", "1.0.0", "-a", "superapp-a", "-e", "Production");

        again.Ends(ExitCode.Refused);
        Assert.Contains("(target-used)", again.Error, StringComparison.Ordinal);
        (await Developer("wait", id)).Ends(ExitCode.CameOtherwise);
    }

    [Fact]
    public async Task Waiting_tells_what_happens_and_ends_when_it_cannot_come_any_more()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        var waiting = Developer("wait", id, "--for", "decided", "--timeout", "1m");
        Assert.Equal("NewVersionCreated", (await Rw.RunAsync(Server, Role.Reviewer, "reject", id, "--reason", "No icon.", "--category", "Details")).Ends(ExitCode.Done));

        var ended = await waiting;

        Assert.Equal("NewVersionCreated", ended.Ends(ExitCode.CameOtherwise));
        Assert.Contains("Rita Reviewer: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains("No icon.", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_ends_when_the_time_is_over()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");

        var ended = await Rw.RunAsync(["wait", id, "--timeout", "2h"], Server.Http.BaseAddress!.ToString(), Server.DemoUser(Role.DeveloperAdmin).ApiKey, new HurriedClock());

        Assert.Equal("NewVersionCreated", ended.Ends(ExitCode.TimedOut));
        Assert.EndsWith("Not Full in time. A developer applies to release.", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_prints_the_path_and_creates_nothing()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        string[] command = ["release", "-m", scene.MiniProgram, "-v", "1.0.0", "-a", "superapp-a", "-e", "Sandbox", "--dry-run"];

        var lines = (await Developer(command)).Ends(ExitCode.Done).Split(Environment.NewLine);
        var json = (await Developer([.. command, "--json"])).Json;
        command[4] = "9.9.9";
        var refused = (await Developer(command)).Ends(ExitCode.Refused);

        Assert.Equal("Workflow release-pipeline, version 1", lines[0]);
        Assert.Equal("UnderReview: approve (Rita Reviewer or Wim Workspace-Admin). One approval. Not by who applied.", lines[2]);
        Assert.Contains("Then: FullRelease", lines);
        Assert.True(json.GetProperty("dryRun").GetBoolean());
        Assert.Contains("(not-found)", refused, StringComparison.Ordinal);
        Assert.Equal("", (await Developer("status", "--mini-program", scene.MiniProgram)).Ends(ExitCode.Done));
    }

    [Fact]
    public async Task With_json_the_answer_of_the_platform_is_the_result_also_if_it_refuses()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");

        var status = await Developer("status", id, "--json");
        var refused = await Developer("complete-pilot", id, "--json");

        Assert.Equal(id, status.Json.GetProperty("id").GetString());
        refused.Ends(ExitCode.Refused);
        Assert.Equal("wrong-state", refused.Json.GetProperty("code").GetString());
        Assert.Contains("Possible now: edit-configuration, edit-basic-information, apply", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_bad_row_and_field_is_named()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        await using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Path);
        var testers = Path.Combine(folder.Path, "testers.txt");
        await File.WriteAllLinesAsync(testers, ["u-1", "u 2", "u-3", new string('x', 300)]);
        var configuration = Path.Combine(folder.Path, "configuration.json");
        await File.WriteAllTextAsync(configuration, """{ "serverDomains": ["https://x.example"], "speed": 1 }""");

        var rows = await Developer("testers", "add", id, "--file", testers);
        var fields = await Developer(
            "release", "-m", scene.MiniProgram, "-v", "1.0.0", "-a", "superapp-a", "-e", "Moon", "--configuration", configuration);

        Assert.Equal("2", rows.Ends(ExitCode.Done));
        Assert.Contains("line 2 is not taken: ", rows.Error, StringComparison.Ordinal);
        Assert.Contains("line 4 is not taken: ", rows.Error, StringComparison.Ordinal);
        fields.Ends(ExitCode.Refused);
        foreach (var field in (string[])["environment", "configuration.serverDomains[0]", "configuration.speed"])
        {
            Assert.Contains($"  {field}: ", fields.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("fly")]
    [InlineData("upload", "samples")]
    [InlineData("release", "-m", "coffee")]
    [InlineData("wait", "x", "--for", "christmas")]
    [InlineData("wait", "x", "--timeout", "soon")]
    [InlineData("go-live", "x")]
    [InlineData("go-live", "x", "--full", "-p", "10")]
    [InlineData("testers", "add", "x")]
    [InlineData("reject", "x", "--reason", "No.")]
    [InlineData("status", "x", "--server", "ftp://files.example")]
    [InlineData("status", "x", "--server", "http://releases.example.com")]
    [InlineData("upload", "/no/such/folder", "-m", "coffee", "-v", "1.0.0")]
    public async Task A_command_line_that_cannot_be_used_sends_nothing(params string[] args)
    {
        await using var peer = await HttpPeer.StartAsync();

        var run = await Rw.RunAsync(args, peer.Url.ToString(), "key");

        run.Ends(ExitCode.Usage);
        Assert.NotEqual("", run.Error);
        Assert.Empty(peer.Requests);
    }

    [Fact]
    public async Task Without_a_key_or_with_one_that_opens_nothing_the_end_is_3()
    {
        var none = await Rw.RunAsync(["status"], Server.Http.BaseAddress!.ToString(), null);
        var unknown = await Rw.RunAsync(["status"], Server.Http.BaseAddress!.ToString(), "rw_unknown");
        var unfit = await Rw.RunAsync(Server, Role.Reviewer, "release", "-m", "coffee", "-v", "1.0.0", "-a", "superapp-a", "-e", "Test");

        none.Ends(ExitCode.Forbidden);
        Assert.Contains("RW_API_KEY", none.Error, StringComparison.Ordinal);
        unknown.Ends(ExitCode.Forbidden);
        Assert.DoesNotContain("rw_unknown", unknown.Error, StringComparison.Ordinal);
        Assert.NotEqual(ExitCode.Done, unfit.ExitCode);
    }

    [Fact]
    public async Task A_command_without_an_answer_is_sent_again_under_the_same_key()
    {
        await using var peer = await HttpPeer.StartAsync();
        var count = 0;
        peer.Answer = async context =>
        {
            if (++count < 3)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = "1";
                return;
            }

            await context.Response.WriteAsJsonAsync(new { miniProgram = "m", version = "1.0.0", app = "a", environment = "Test", status = "FullRelease" });
        };

        var run = await Rw.RunAsync(["apply", "some-release"], peer.Url.ToString(), "key", new HurriedClock());

        Assert.Equal("FullRelease", run.Ends(ExitCode.Done));
        Assert.Equal(3, peer.Requests.Count);
        Assert.Single(peer.Requests.Select(request => request.Headers["Idempotency-Key"]).Distinct());
        Assert.All(peer.Requests, request => Assert.Equal("ApiKey key", request.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_server_that_is_not_there_or_is_another_one_ends_with_a_word_on_the_address()
    {
        await using var peer = await HttpPeer.StartAsync();
        var address = peer.Url.ToString();
        peer.Answer = context => context.Response.WriteAsync("<html>");
        var another = await Rw.RunAsync(["status"], address, "key", new HurriedClock());
        await peer.DisposeAsync();

        var gone = await Rw.RunAsync(["status"], address, "key", new HurriedClock());

        another.Ends(ExitCode.Failed);
        Assert.Contains("Is --server the address", another.Error, StringComparison.Ordinal);
        gone.Ends(ExitCode.Unreachable);
        Assert.Contains("cannot be reached", gone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_key()
    {
        await using var elsewhere = await HttpPeer.StartAsync();
        await using var peer = await HttpPeer.StartAsync();
        peer.Answer = context =>
        {
            context.Response.Redirect(elsewhere.Url.ToString());
            return Task.CompletedTask;
        };

        var run = await Rw.RunAsync(["status"], peer.Url.ToString(), "key");

        run.Ends(ExitCode.Failed);
        Assert.Empty(elsewhere.Requests);
    }

    private Task<RwRun> Developer(params string[] args) => Rw.RunAsync(Server, Role.DeveloperAdmin, args);
}

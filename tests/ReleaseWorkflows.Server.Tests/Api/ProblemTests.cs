using System.Text.Json;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Tests.Api;

public sealed class ProblemTests
{
    private static readonly Actor Admin = new(new UserId("u"), "Dora", null, [new Grant(Role.DeveloperAdmin, new WorkspaceKey("acme"), [])]);

    [Theory]
    [InlineData(RefusalCodes.Invalid, 400)]
    [InlineData(RefusalCodes.NotFound, 404)]
    [InlineData(RefusalCodes.Forbidden, 403)]
    [InlineData(RefusalCodes.SelfApproval, 403)]
    [InlineData(RefusalCodes.WrongState, 409)]
    [InlineData(RefusalCodes.StillBuilding, 409)]
    [InlineData(RefusalCodes.TargetUsed, 409)]
    [InlineData(RefusalCodes.RuleBroken, 409)]
    [InlineData("a-code-of-the-future", 409)]
    public void Each_code_of_a_refusal_has_its_status(string code, int status) =>
        Assert.Equal(status, Problem.From(new Refusal(code, "No.")).StatusCode);

    [Fact]
    public void A_problem_has_type_title_status_detail_and_code_and_its_facts_beside_them()
    {
        var refusal = new Refusal(RefusalCodes.TargetUsed, "It was released there.")
        {
            Data = new Dictionary<string, string> { ["releaseId"] = "r1", ["releaseStatus"] = "Canceled" },
        };

        var json = Read(Problem.From(refusal));

        Assert.Equal(
            """{"type":"urn:release-workflows:problem:target-used","title":"Target used","status":409,"detail":"It was released there.","code":"target-used","releaseId":"r1","releaseStatus":"Canceled"}""",
            json.GetRawText());
    }

    [Fact]
    public void A_refused_command_says_where_the_release_stands_and_what_the_actor_may_do_now()
    {
        var release = NewRelease();

        var json = Read(Problem.From(new Refusal(RefusalCodes.WrongState, "Not now."), release, Admin));

        Assert.Equal("NewVersionCreated", json.GetProperty("releaseStatus").GetString());
        Assert.Equal(ReleaseTransitions.AllowedCommands(release, Admin), json.GetProperty("allowedCommands").EnumerateArray().Select(command => command.GetString()));
    }

    [Fact]
    public void Whoever_may_not_know_of_a_release_learns_nothing_of_it()
    {
        var json = Read(Problem.From(new Refusal(RefusalCodes.NotFound, "There is none."), NewRelease(), Admin));

        Assert.False(json.TryGetProperty("releaseStatus", out _));
        Assert.False(json.TryGetProperty("allowedCommands", out _));
    }

    [Fact]
    public void A_refusal_for_lack_of_permission_names_the_permission()
    {
        Assert.Equal("app.define", Read(Problem.Forbidden(Permission.Define)).GetProperty("permission").GetString());
        Assert.Equal("release.review", Read(Problem.From(new Refusal(RefusalCodes.SelfApproval, "No."))).GetProperty("permission").GetString());
    }

    [Theory]
    [InlineData(0.001, "1")]
    [InlineData(1, "1")]
    [InlineData(1.2, "2")]
    [InlineData(90, "90")]
    public void Waiting_is_told_in_whole_seconds_rounded_up(double seconds, string header) =>
        Assert.Equal(header, Problem.From(new Refusal(RefusalCodes.StillBuilding, "Soon.") { RetryAfter = TimeSpan.FromSeconds(seconds) }).RetryAfterSeconds);

    private static JsonElement Read(Problem problem) => JsonElement.Parse(problem.ToUtf8());

    private static Release NewRelease() => new()
    {
        Id = new ReleaseId("r1"),
        Key = new ReleaseKey(new MiniProgramKey("coffee"), new VersionNumber("1.0.0"), new AppKey("superapp-a"), ReleaseEnvironment.Test),
        MiniProgramWorkspace = new WorkspaceKey("acme"),
        AppWorkspace = new WorkspaceKey("superapp"),
        Status = ReleaseStatus.NewVersionCreated,
        Building = BuildState.Ready,
        SourceDigest = new string('0', 64),
        Override = ConfigurationValues.Empty,
        Effective = ConfigurationValues.Empty,
        BasicInformation = new BasicInformation("Coffee"),
        Policy = new ReleasePolicy(ReleaseEnvironment.Test, ReviewMode.Auto, PilotMode.Off),
        CreatedBy = Admin.Id,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };
}

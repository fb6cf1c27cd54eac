using System.Collections.Immutable;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Releases;

/// <summary>T1: a version meets a target.</summary>
public sealed class ReleaseCreationTests
{
    private static readonly CreateRelease Command = new(Coffee.KeyOf("1.0.0", ReleaseEnvironment.Production), ConfigurationValues.Empty, "New beans.");

    private static readonly CreationContext Context = new()
    {
        MiniProgram = Coffee.MiniProgram,
        Version = Coffee.VersionOf("1.0.0"),
        App = Coffee.App,
    };

    [Fact]
    public void A_release_begins_with_what_mini_program_version_and_app_say()
    {
        var created = Assert.IsType<ReleaseCreated>(Create(Command with { Override = Coffee.Variables(("STAGE", "1")) }, Context).Event);
        var release = Release.Begin(created);

        Assert.Equal(ReleaseStatus.NewVersionCreated, release.Status);
        Assert.Equal(BuildState.Building, release.Building);
        Assert.Equal(Command.Key, release.Key);
        Assert.Equal((People.Acme, People.SuperApp), (release.MiniProgramWorkspace, release.AppWorkspace));
        Assert.Equal(Coffee.VersionOf("1.0.0").SourceDigest, release.SourceDigest);
        Assert.Equal(Coffee.Variables(("STAGE", "1")), release.Override);
        Assert.Equal(Coffee.Variables(("API", "https://api.example.com"), ("STAGE", "1")), release.Effective);
        Assert.Equal(Coffee.BasicInformation with { ReleaseNotes = "New beans." }, release.BasicInformation);
        Assert.Equal(Coffee.App.PolicyFor(ReleaseEnvironment.Production), release.Policy);
        Assert.Equal((People.Developer.Id, ReleaseExample.Now), (release.CreatedBy, release.CreatedAt));
        Assert.Equal((1, "None"), (release.Revision, release.LastRequest));
    }

    [Fact]
    public void Without_the_mini_program_there_is_nothing() =>
        Assert.Equal(RefusalCodes.NotFound, Create(Command, Context with { MiniProgram = null }).Refusal?.Code);

    [Fact]
    public void Without_the_version_there_is_nothing_to_release() =>
        Assert.Contains("Upload it first", AssertRefused(RefusalCodes.NotFound, Command, Context with { Version = null }).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_the_app_there_is_nowhere_to_go() =>
        Assert.Contains("no app", AssertRefused(RefusalCodes.NotFound, Command, Context with { App = null }).Message, StringComparison.Ordinal);

    [Fact]
    public void An_environment_must_be_offered()
    {
        var app = Coffee.App with { Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy> { [ReleaseEnvironment.Test] = new() } };

        Assert.Equal(
            "Super App has no Production environment. It offers Test.",
            AssertRefused(RefusalCodes.EnvironmentNotOffered, Command, Context with { App = app }).Message);
    }

    [Theory]
    [InlineData("ready", "Continue with that release.")]
    [InlineData("full", "Continue with that release.")]
    [InlineData("canceled", "Upload a new version to release to this target again.")]
    [InlineData("archived", "Continue with that release.")]
    public void A_version_goes_to_a_target_once_whatever_became_of_it(string state, string advice)
    {
        var earlier = StateTable.ReleaseIn(ReleaseEnvironment.Production, state).Release;

        var refusal = AssertRefused(RefusalCodes.TargetUsed, Command, Context with { Earlier = earlier });

        Assert.EndsWith(advice, refusal.Message, StringComparison.Ordinal);
        Assert.Equal((earlier.Id.Value, earlier.Status.ToString()), (refusal.Data["releaseId"], refusal.Data["releaseStatus"]));
    }

    [Fact]
    public void Every_bad_field_is_named()
    {
        var command = new CreateRelease(
            Command.Key, ConfigurationValues.Empty with { ServerDomains = ImmutableArray.Create("https://x"), WebUrls = ["nowhere"] }, new string('x', 4_001));

        Assert.Equal(
            ["configuration.serverDomains[0]", "configuration.webUrls[0]", "releaseNotes"],
            AssertRefused(RefusalCodes.Invalid, command, Context).Errors.Keys);
    }

    [Theory]
    [InlineData("adam", null)]
    [InlineData("dora", null)]
    [InlineData("dev", null)]
    [InlineData("ci", null)]
    [InlineData("rita", RefusalCodes.NotFound)]
    [InlineData("wanda", RefusalCodes.NotFound)]
    [InlineData("una", RefusalCodes.NotFound)]
    [InlineData("sam", RefusalCodes.NotFound)]
    [InlineData("system", RefusalCodes.NotFound)]
    public void Who_prepares_releases_of_the_mini_program_may(string person, string? code) =>
        Assert.Equal(code, ReleaseDecider.Create(Command, Context, People.Everybody.Single(actor => actor.Id.Value == person), ReleaseExample.Now).Refusal?.Code);

    [Fact]
    public void Who_sees_the_mini_program_but_prepares_nothing_is_told_so()
    {
        var reviewer = People.Person("olaf", new Grant(Role.Reviewer, People.Acme, []));

        var refusal = ReleaseDecider.Create(Command, Context, reviewer, ReleaseExample.Now).Refusal;

        Assert.Equal((RefusalCodes.Forbidden, "release.prepare"), (refusal?.Code, refusal?.Data["permission"]));
    }

    private static ReleaseDecision Create(CreateRelease command, CreationContext context) =>
        ReleaseDecider.Create(command, context, People.Developer, ReleaseExample.Now);

    private static Refusal AssertRefused(string code, CreateRelease command, CreationContext context)
    {
        var refusal = Create(command, context).Refusal;
        Assert.Equal(code, refusal?.Code);
        return refusal!;
    }
}

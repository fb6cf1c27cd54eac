using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Domain.Tests.Examples;
using ReleaseWorkflows.Domain.Tests.InMemory;

namespace ReleaseWorkflows.Domain.Tests.Releases;

/// <summary>What a decision has in its wake: builds, e-mails, archived predecessors.</summary>
public sealed class ReleaseServiceTests
{
    private readonly SettableClock _clock = new();
    private readonly InMemoryUnit _unit;

    public ReleaseServiceTests() => _unit = new(Coffee.State, _clock);

    [Fact]
    public async Task Creating_a_release_asks_for_its_first_build()
    {
        var release = await CreateAsync("1.0.0", ReleaseEnvironment.Production);

        var message = Assert.Single(_unit.State.Outbox);
        Assert.Equal((OutboxKinds.PackageBuild, release.Id.Value), (message.Kind, message.ReleaseId));
        Assert.Equal(new PackageBuildRequest(release.Id, release.Effective.Hash()), JsonSerializer.Deserialize(message.PayloadJson, OutboxJson.Default.PackageBuildRequest));
    }

    [Fact]
    public async Task Every_edit_of_the_configuration_and_every_retry_asks_for_another_build()
    {
        var release = await CreateAsync("1.0.0", ReleaseEnvironment.Production);
        await ExecuteAsync(release, new EditConfiguration(Coffee.Variables(("STAGE", "1"))));
        await ExecuteAsync(release, new EditConfiguration(Coffee.Variables(("STAGE", "1"))));
        await ExecuteAsync(release, new EditBasicInformation(Coffee.BasicInformation with { Description = "Order two." }));
        await ExecuteAsync(release, new FailBuild("Out of disk.", _unit.State.Releases[release.Id].Effective.Hash()), Actor.System);
        await ExecuteAsync(release, new RetryBuild());

        Assert.Equal(3, _unit.State.Outbox.Count(message => message.Kind == OutboxKinds.PackageBuild));
        Assert.Equal(3, _unit.State.Outbox.Select(message => message.Key).Distinct().Count());
    }

    [Fact]
    public async Task A_preview_changes_nothing()
    {
        var release = await CreateAsync("1.0.0", ReleaseEnvironment.Production);
        var before = _unit.State;

        var preview = await _unit.ReleaseService.PreviewAsync(release.Id, new EditConfiguration(Coffee.Variables(("STAGE", "1"))), People.Developer, default);

        Assert.IsType<ConfigurationEdited>(preview.Event);
        Assert.Same(before, _unit.State);
    }

    [Fact]
    public async Task What_was_looked_at_is_carried_out_as_it_was_decided_then()
    {
        var release = await CreateAsync("1.0.0", ReleaseEnvironment.Production);
        var command = new EditConfiguration(Coffee.Variables(("STAGE", "1")));
        var preview = await _unit.ReleaseService.PreviewAsync(release.Id, command, People.Developer, default);
        _clock.Advance(TimeSpan.FromMinutes(1));

        var result = await ExecuteAsync(release, command);

        Assert.Same(preview.Event, result.Event);
        Assert.Equal(SettableClock.Start, result.Event!.At);
    }

    [Fact]
    public async Task What_was_looked_at_is_decided_anew_for_somebody_else_and_after_any_change()
    {
        var release = await CreateAsync("1.0.0", ReleaseEnvironment.Production);
        var command = new EditConfiguration(Coffee.Variables(("STAGE", "1")));
        await _unit.ReleaseService.PreviewAsync(release.Id, command, People.Developer, default);
        var other = await CreateAsync("1.1.0", ReleaseEnvironment.Production);
        _clock.Advance(TimeSpan.FromMinutes(1));

        var result = await ExecuteAsync(release, command);
        await _unit.ReleaseService.PreviewAsync(other.Id, command, People.Developer, default);
        var refused = await ExecuteAsync(other, command, People.Reviewer);

        Assert.Equal(SettableClock.Start.AddMinutes(1), result.Event!.At);
        Assert.Equal(RefusalCodes.Forbidden, refused.Refusal?.Code);
    }

    [Fact]
    public async Task A_release_that_does_not_exist_is_not_found()
    {
        var result = await _unit.ReleaseService.ExecuteAsync(new("none"), new Apply(), People.Developer, default);

        Assert.Equal(RefusalCodes.NotFound, result.Refusal?.Code);
        Assert.Null(result.Release);
    }

    [Fact]
    public async Task Each_decision_is_told_once_on_its_own()
    {
        var release = await ApplyAsync("1.0.0", ReleaseEnvironment.Production);
        await ExecuteAsync(release, new Reject("Mend it.", RejectionCategory.Details), People.Reviewer);
        await ExecuteAsync(release, new Apply());
        await ExecuteAsync(release, new Approve(), People.Reviewer);

        Assert.Equal(
            ["Rejected: Coffee 1.0.0 for superapp-a Production", "Approved: Coffee 1.0.0 for superapp-a Production"],
            MailsOf(release).Select(mail => mail.Subject));
        Assert.All(MailsOf(release), mail => Assert.Equal("dev@example.com", mail.To));
    }

    [Fact]
    public async Task Withdrawing_and_automatic_approval_are_no_decisions_to_tell()
    {
        var withdrawn = await ApplyAsync("1.0.0", ReleaseEnvironment.Production);
        await ExecuteAsync(withdrawn, new Withdraw());
        var automatic = await ApplyAsync("1.0.0", ReleaseEnvironment.Test);
        await ExecuteAsync(automatic, new ApproveAutomatically(), Actor.System);

        Assert.Empty(MailsOf(withdrawn));
        Assert.Empty(MailsOf(automatic));
    }

    [Fact]
    public async Task Who_has_no_address_is_told_nothing()
    {
        var release = await ApplyAsync("1.0.0", ReleaseEnvironment.Production, People.Machine);
        await ExecuteAsync(release, new Approve(), People.Reviewer);

        Assert.Empty(MailsOf(release));
    }

    [Fact]
    public async Task A_newer_full_release_takes_the_place_of_the_older_one()
    {
        var older = await GoLiveAsync("1.0.0", ReleaseEnvironment.Test);
        var elsewhere = await GoLiveAsync("1.0.0", ReleaseEnvironment.Development);
        var newer = await GoLiveAsync("1.1.0", ReleaseEnvironment.Test);

        Assert.Equal(ReleaseStatus.Archived, _unit.State.Releases[older.Id].Status);
        Assert.Equal(newer.Id, Assert.IsType<ReleaseArchived>(_unit.State.LogOf(older.Id)[^1]).SupersededBy);
        Assert.Equal(ReleaseStatus.FullRelease, _unit.State.Releases[newer.Id].Status);
        Assert.Equal(ReleaseStatus.FullRelease, _unit.State.Releases[elsewhere.Id].Status);
    }

    [Fact]
    public async Task The_rules_of_the_app_count_from_the_next_application()
    {
        var release = await ApplyAsync("1.0.0", ReleaseEnvironment.Sandbox);
        Offer(ReleaseEnvironment.Sandbox, new EnvironmentPolicy(ReviewMode.Auto, PilotMode.Off));

        var stillByHand = await ExecuteAsync(release, new ApproveAutomatically(), Actor.System);
        await ExecuteAsync(release, new Withdraw());
        await ExecuteAsync(release, new Apply());
        var nowAutomatic = await ExecuteAsync(release, new ApproveAutomatically(), Actor.System);

        Assert.Equal(RefusalCodes.RuleBroken, stillByHand.Refusal?.Code);
        Assert.IsType<RequestApproved>(nowAutomatic.Event);
    }

    [Fact]
    public async Task An_environment_that_is_withdrawn_takes_no_more_applications_and_lets_those_in_progress_end()
    {
        var inProgress = await ApplyAsync("1.0.0", ReleaseEnvironment.Sandbox);
        var app = _unit.State.Apps[Coffee.AppKey];
        Save(app with { Environments = app.Environments.Where(entry => entry.Key != ReleaseEnvironment.Sandbox).ToDictionary() });

        var approved = await ExecuteAsync(inProgress, new Approve(), People.Reviewer);
        var live = await ExecuteAsync(inProgress, new GoLiveAutomatically(), Actor.System);
        var created = await _unit.ReleaseService.CreateAsync(new(Coffee.KeyOf("1.1.0", ReleaseEnvironment.Sandbox), ConfigurationValues.Empty, null), People.Developer, default);

        Assert.False(approved.IsRefused);
        Assert.Equal(ReleaseStatus.FullRelease, live.Release!.Status);
        Assert.Equal(RefusalCodes.EnvironmentNotOffered, created.Refusal?.Code);
    }

    [Fact]
    public async Task The_workflow_of_a_release_is_noted_without_a_line_in_the_log()
    {
        var release = await CreateAsync("1.0.0", ReleaseEnvironment.Production);

        _unit.ReleaseService.AttachWorkflow(release.Id, "instance", "release-pipeline", 3);

        var attached = (await _unit.ReleaseService.FindAsync(release.Id, default))!;
        Assert.Equal(("instance", "release-pipeline", 3), (attached.WorkflowInstanceId, attached.WorkflowDefinitionId, attached.WorkflowDefinitionVersion));
        Assert.Equal(1, attached.Revision);
    }

    private async Task<Release> CreateAsync(string version, ReleaseEnvironment environment)
    {
        var result = await _unit.ReleaseService.CreateAsync(new(Coffee.KeyOf(version, environment), ConfigurationValues.Empty, null), People.Developer, default);
        Assert.Null(result.Refusal);
        return result.Release!;
    }

    private async Task<Release> ApplyAsync(string version, ReleaseEnvironment environment, Actor? applicant = null)
    {
        var release = await CreateAsync(version, environment);
        await ExecuteAsync(release, new CompleteBuild(Coffee.Build(release)), Actor.System);
        await ExecuteAsync(release, new Apply(), applicant);
        return release;
    }

    private async Task<Release> GoLiveAsync(string version, ReleaseEnvironment environment)
    {
        var release = await ApplyAsync(version, environment);
        await ExecuteAsync(release, new ApproveAutomatically(), Actor.System);
        await ExecuteAsync(release, new GoLiveAutomatically(), Actor.System);
        return release;
    }

    private async Task<ReleaseResult> ExecuteAsync(Release release, ReleaseCommand command, Actor? actor = null) =>
        await _unit.ReleaseService.ExecuteAsync(release.Id, command, actor ?? People.Developer, default);

    private void Offer(ReleaseEnvironment environment, EnvironmentPolicy policy)
    {
        var app = _unit.State.Apps[Coffee.AppKey];
        Save(app with { Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy>(app.Environments) { [environment] = policy } });
    }

    private void Save(TargetApp app) => _unit.AppStore.Save(app);

    private IEnumerable<EmailMessage> MailsOf(Release release) => _unit.State.Outbox
        .Where(message => message.Kind == OutboxKinds.Email && message.ReleaseId == release.Id.Value)
        .Select(message => JsonSerializer.Deserialize(message.PayloadJson, OutboxJson.Default.EmailMessage)!);
}

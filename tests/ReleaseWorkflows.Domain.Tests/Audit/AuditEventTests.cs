using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Tests.Audit;

/// <summary>What a saved change says in the trail.</summary>
public sealed class AuditEventTests
{
    private static readonly TargetApp App = new()
    {
        Key = new("superapp-a"),
        Workspace = new("superapp"),
        Name = "A",
        WorkflowDefinitionId = "release-pipeline",
        Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy> { [ReleaseEnvironment.Production] = new(ReviewMode.Manual) },
    };

    private static readonly Account Person = new() { Id = new("p"), Email = "p@example.com", Name = "Pat", Grants = [] };

    [Fact]
    public void A_new_app_is_created_and_its_workspace_sees_it()
    {
        var what = Assert.Single(AuditEvents.OfApp(null, App));

        Assert.Equal(("app.created", "app", "superapp-a", new WorkspaceKey("superapp")), (what.Action, what.SubjectKind, what.Subject, what.Workspace!.Value));
        Assert.Contains(what.Changes, change => change is { Field: "environments.Production.review", Before: null, After: "Manual" });
    }

    [Fact]
    public void A_changed_app_tells_each_field_with_what_it_was_and_is()
    {
        var next = App with
        {
            Revision = 2,
            AllowSelfApproval = true,
            Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy>
            {
                [ReleaseEnvironment.Production] = new(ReviewMode.Manual, PilotMode.Required),
                [ReleaseEnvironment.Test] = new(),
            },
        };

        var what = Assert.Single(AuditEvents.OfApp(App, next));

        Assert.Equal("app.changed", what.Action);
        Assert.Contains(new AuditChange("environments.Production.pilot", "Off", "Required"), what.Changes);
        Assert.Contains(new AuditChange("allowSelfApproval", "false", "true"), what.Changes);
        Assert.DoesNotContain(what.Changes, change => change.Field == "revision");
    }

    [Fact]
    public void What_is_saved_unchanged_tells_nothing() => Assert.Empty(AuditEvents.OfApp(App, App with { Revision = 2 }));

    [Fact]
    public void The_secret_of_a_webhook_is_told_as_renewed_and_never_as_it_is()
    {
        var before = App with { Webhook = new AppWebhook("https://example.com/hook", "sealed-1") };
        var after = App with { Webhook = new AppWebhook("https://example.com/hook", "sealed-2") };

        var what = Assert.Single(AuditEvents.OfApp(before, after));

        Assert.Equal([new AuditChange("webhook.secret", "the former", "a new one")], what.Changes);
        Assert.DoesNotContain("sealed", string.Concat(AuditEvents.OfApp(null, after).SelectMany(line => line.Changes)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_role_that_comes_changes_and_goes_is_a_line_for_the_workspace_where_it_holds()
    {
        var developer = Person with { Grants = [new Grant(Role.Developer, new("acme"), [new MiniProgramKey("coffee")])] };
        var admin = Person with { Grants = [new Grant(Role.DeveloperAdmin, new("acme"), []), new Grant(Role.Reviewer, new("superapp"), [])] };

        var came = Assert.Single(AuditEvents.OfAccount(Person, developer));
        var changed = AuditEvents.OfAccount(developer, admin).ToList();
        var went = Assert.Single(AuditEvents.OfAccount(developer, Person));

        Assert.Equal(("member.added", new WorkspaceKey("acme"), "Pat is now Developer for coffee in acme."), (came.Action, came.Workspace!.Value, came.Text));
        Assert.Equal([("member.changed", "acme"), ("member.added", "superapp")], changed.Select(line => (line.Action, line.Workspace!.Value.Value)));
        Assert.Equal("member.removed", went.Action);
    }

    [Fact]
    public void A_new_password_is_told_without_any_of_it_and_to_the_platform_alone()
    {
        var what = Assert.Single(AuditEvents.OfAccount(Person with { PasswordHash = "one" }, Person with { PasswordHash = "two" }));

        Assert.Equal("account.password-changed", what.Action);
        Assert.Null(what.Workspace);
        Assert.Empty(what.Changes);
    }

    [Fact]
    public void Disabling_enabling_and_signing_out_everywhere_are_lines_of_their_own()
    {
        var disabled = Person with { DisabledAt = DateTimeOffset.UnixEpoch, SignInEpoch = 1 };

        Assert.Equal([AuditActions.SessionsEnded, "account.disabled"], AuditEvents.OfAccount(Person, disabled).Select(line => line.Action));
        Assert.Equal(["account.enabled"], AuditEvents.OfAccount(disabled, disabled with { DisabledAt = null }).Select(line => line.Action));
    }

    [Fact]
    public void A_change_of_very_many_fields_stays_one_line_of_fifty()
    {
        var before = Enumerable.Range(0, 80).ToDictionary(number => $"f{number}", number => number);

        var changes = AuditChange.Between(before, before.ToDictionary(pair => pair.Key, pair => -1));

        Assert.Equal(AuditChange.Most, changes.Count);
        Assert.Equal("31 more fields", changes[^1].After);
    }
}

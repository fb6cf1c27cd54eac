using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Apps;

public sealed class TargetAppTests
{
    [Fact]
    public void An_app_with_all_environments_is_fine() => Assert.Empty(Coffee.App.Problems());

    [Fact]
    public void Every_app_has_Production()
    {
        var app = Coffee.App with { Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy> { [ReleaseEnvironment.Test] = new() } };

        Assert.Equal(["Every app has a Production environment; add it."], app.Problems()["environments"]);
    }

    [Theory]
    [InlineData(ReleaseEnvironment.Development, ReviewMode.Auto, PilotMode.Off, true)]
    [InlineData(ReleaseEnvironment.Development, ReviewMode.Manual, PilotMode.Off, false)]
    [InlineData(ReleaseEnvironment.Development, ReviewMode.Auto, PilotMode.Offered, false)]
    [InlineData(ReleaseEnvironment.Test, ReviewMode.Auto, PilotMode.Off, true)]
    [InlineData(ReleaseEnvironment.Test, ReviewMode.Manual, PilotMode.Off, false)]
    [InlineData(ReleaseEnvironment.Test, ReviewMode.Auto, PilotMode.Required, false)]
    [InlineData(ReleaseEnvironment.Sandbox, ReviewMode.Auto, PilotMode.Off, true)]
    [InlineData(ReleaseEnvironment.Sandbox, ReviewMode.Manual, PilotMode.Required, true)]
    [InlineData(ReleaseEnvironment.Production, ReviewMode.Manual, PilotMode.Off, true)]
    [InlineData(ReleaseEnvironment.Production, ReviewMode.Manual, PilotMode.Required, true)]
    [InlineData(ReleaseEnvironment.Production, ReviewMode.Auto, PilotMode.Off, false)]
    [InlineData((ReleaseEnvironment)9, ReviewMode.Auto, PilotMode.Off, false)]
    [InlineData(ReleaseEnvironment.Sandbox, (ReviewMode)9, PilotMode.Off, false)]
    [InlineData(ReleaseEnvironment.Sandbox, ReviewMode.Auto, (PilotMode)9, false)]
    public void Review_and_pilot_fit_the_environment(ReleaseEnvironment environment, ReviewMode review, PilotMode pilot, bool isFine) =>
        Assert.Equal(isFine ? [] : [$"environments.{environment}"], With(environment, new(review, pilot)).Problems().Keys);

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(100_000, 8_760, true)]
    [InlineData(-1, 0, false)]
    [InlineData(100_001, 0, false)]
    [InlineData(0, -0.5, false)]
    [InlineData(0, 8_761, false)]
    [InlineData(0, double.NaN, false)]
    [InlineData(0, double.PositiveInfinity, false)]
    public void A_required_pilot_has_sensible_minimums(int testers, double hours, bool isFine) =>
        Assert.Equal(isFine, With(ReleaseEnvironment.Sandbox, new(ReviewMode.Manual, PilotMode.Required, testers, hours)).Problems().Count == 0);

    [Fact]
    public void Everything_wrong_is_said_at_once()
    {
        var app = Coffee.App with
        {
            Key = new("Super App"),
            Name = " ",
            WorkflowDefinitionId = "",
            TesterIdKind = (TesterIdKind)9,
            Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy> { [ReleaseEnvironment.Test] = new(ReviewMode.Manual, PilotMode.Offered, -1, -1) },
        };

        Assert.Equal(["key", "name", "workflowDefinitionId", "testerIdKind", "environments", "environments.Test"], app.Problems().Keys);
        Assert.Equal(4, app.Problems()["environments.Test"].Count);
    }

    [Fact]
    public void An_environment_that_is_not_offered_has_no_rules()
    {
        var app = Coffee.App with { Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy> { [ReleaseEnvironment.Production] = new(ReviewMode.Manual) } };

        Assert.Null(app.PolicyFor(ReleaseEnvironment.Test));
        Assert.NotNull(app.PolicyFor(ReleaseEnvironment.Production));
    }

    [Theory]
    [InlineData(ReleaseEnvironment.Development, ReviewMode.Auto, PilotMode.Off, false)]
    [InlineData(ReleaseEnvironment.Test, ReviewMode.Auto, PilotMode.Off, false)]
    [InlineData(ReleaseEnvironment.Sandbox, ReviewMode.Auto, PilotMode.Required, false)]
    [InlineData(ReleaseEnvironment.Production, ReviewMode.Manual, PilotMode.Required, true)]
    public void The_rules_of_a_release_keep_the_invariants_whatever_the_record_says(
        ReleaseEnvironment environment, ReviewMode review, PilotMode pilot, bool goesLiveManually)
    {
        // A record that no form would let through, for example from before a rule was made.
        var policy = With(environment, new(environment == ReleaseEnvironment.Test ? ReviewMode.Manual : ReviewMode.Auto, PilotMode.Required, 3, 2)).PolicyFor(environment)!;

        Assert.Equal((environment, review, pilot, goesLiveManually), (policy.Environment, policy.Review, policy.Pilot, policy.GoesLiveManually));
    }

    [Fact]
    public void The_rules_of_a_release_carry_what_the_app_says()
    {
        var app = With(ReleaseEnvironment.Sandbox, new(ReviewMode.Manual, PilotMode.Required, 3, 1.5)) with
        {
            TesterIdKind = TesterIdKind.Email,
            AllowSelfApproval = true,
            FirstVersionMustBeFull = true,
        };

        Assert.Equal(
            new ReleasePolicy(ReleaseEnvironment.Sandbox, ReviewMode.Manual, PilotMode.Required, 3, 1.5, TesterIdKind.Email, true, true),
            app.PolicyFor(ReleaseEnvironment.Sandbox));
    }

    private static TargetApp With(ReleaseEnvironment environment, EnvironmentPolicy policy) => Coffee.App with
    {
        Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy>(Coffee.App.Environments) { [environment] = policy },
    };
}

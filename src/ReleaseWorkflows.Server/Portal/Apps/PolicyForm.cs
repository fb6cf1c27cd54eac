using System.Globalization;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Portal.Apps;

/// <summary>The rules of the environments as fields of a form: <c>Sandbox.offered</c>, <c>Sandbox.review</c> and so on.</summary>
internal static class PolicyForm
{
    /// <summary>The environments in the order of a version's way.</summary>
    public static IReadOnlyList<ReleaseEnvironment> Environments { get; } = Enum.GetValues<ReleaseEnvironment>();

    /// <summary>The fields.</summary>
    public static IReadOnlyList<string> Fields { get; } =
    [
        .. from environment in Environments
           from name in new[] { "offered", "review", "pilot", "minimumTesters", "minimumPilotHours" }
           select $"{environment}.{name}",
    ];

    /// <summary>The rules that were typed. Environments that are not offered are not looked at; Production always is.</summary>
    public static IReadOnlyDictionary<ReleaseEnvironment, EnvironmentPolicy> Read(RequestReader input)
    {
        var policies = new Dictionary<ReleaseEnvironment, EnvironmentPolicy>();
        foreach (var environment in Environments)
        {
            var part = input.OptionalPart(environment.ToString());
            var isOffered = part?.OptionalBoolean("offered") ?? environment == ReleaseEnvironment.Production;
            var policy = new EnvironmentPolicy(
                part?.OptionalWord<ReviewMode>("review") ?? (environment == ReleaseEnvironment.Production ? ReviewMode.Manual : ReviewMode.Auto),
                part?.OptionalWord<PilotMode>("pilot") ?? PilotMode.Off,
                part?.OptionalInteger("minimumTesters", 0, 100_000) ?? 0,
                part?.OptionalNumber("minimumPilotHours", 0, 8_760) ?? 0);
            if (isOffered)
            {
                policies[environment] = policy;
            }
        }

        return policies;
    }

    /// <summary>What an environment is for (S3).</summary>
    public static string Purpose(ReleaseEnvironment environment) => environment switch
    {
        ReleaseEnvironment.Development => "For the team that builds the mini program. Never waits on a person.",
        ReleaseEnvironment.Test => "For quality assurance. Never waits on a person.",
        ReleaseEnvironment.Sandbox => "For integration tests with the app.",
        _ => "Real users. Every app has it, and a person always reviews.",
    };

    /// <summary>The rules in words: “a reviewer decides; pilot required with 5 testers for 24 hours”.</summary>
    public static string Describe(EnvironmentPolicy policy)
    {
        var review = policy.Review == ReviewMode.Manual ? "a reviewer decides" : "approved at once";
        var pilot = policy.Pilot switch
        {
            PilotMode.Off => "no pilot",
            PilotMode.Offered => "pilot offered",
            _ => string.Create(CultureInfo.InvariantCulture, $"pilot required with {policy.MinimumTesters} testers for {policy.MinimumPilotHours} hours"),
        };
        return $"{review}; {pilot}";
    }
}

using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Identifiers;
using ReleaseWorkflows.Domain.Notifications;
using ReleaseWorkflows.Domain.Pilot;

namespace ReleaseWorkflows.Domain.Apps;

/// <summary>Names a super app; the form is that of <see cref="Key"/>.</summary>
[JsonConverter(typeof(StringIdJsonConverter<AppKey>))]
public readonly record struct AppKey(string Value) : IStringId<AppKey>
{
    /// <inheritdoc/>
    public static AppKey From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>An isolated instance of a target app (S3). Every app has Production, the others are optional.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReleaseEnvironment>))]
public enum ReleaseEnvironment
{
    /// <summary>For the team that builds the mini program.</summary>
    Development,

    /// <summary>For quality assurance.</summary>
    Test,

    /// <summary>For integration tests with the app.</summary>
    Sandbox,

    /// <summary>Real users.</summary>
    Production,
}

/// <summary>Whether a person of the super app reviews an application (S2, S3).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReviewMode>))]
public enum ReviewMode
{
    /// <summary>Approved at once. Always so in Development and Test, never in Production (I1, I2).</summary>
    Auto,

    /// <summary>A reviewer decides.</summary>
    Manual,
}

/// <summary>Whether a pilot with named testers comes before going live (A5).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PilotMode>))]
public enum PilotMode
{
    /// <summary>No pilot.</summary>
    Off,

    /// <summary>A pilot that may be completed at once.</summary>
    Offered,

    /// <summary>A pilot with a minimum of testers and time.</summary>
    Required,
}

/// <summary>The rules of one environment of a target app.</summary>
/// <param name="Review">Who approves.</param>
/// <param name="Pilot">Whether there is a pilot.</param>
/// <param name="MinimumTesters">For a required pilot: how many testers before it may be completed. 0 or more.</param>
/// <param name="MinimumPilotHours">For a required pilot: how long it lasts at least, in hours. 0 or more.</param>
public sealed record EnvironmentPolicy(
    ReviewMode Review = ReviewMode.Auto,
    PilotMode Pilot = PilotMode.Off,
    int MinimumTesters = 0,
    double MinimumPilotHours = 0);

/// <summary>A super app that mini programs are released to.</summary>
public sealed record TargetApp
{
    /// <summary>The largest number of users that an app may say it has.</summary>
    public const int LargestAudience = 2_000_000_000;

    /// <summary>The key in addresses. Never changes.</summary>
    public required AppKey Key { get; init; }

    /// <summary>The tenant workspace that owns the app and reviews for it.</summary>
    public required WorkspaceKey Workspace { get; init; }

    /// <summary>What people see.</summary>
    public required string Name { get; init; }

    /// <summary>The environments on offer, each with its rules. Production is always among them (S3).</summary>
    public required IReadOnlyDictionary<ReleaseEnvironment, EnvironmentPolicy> Environments { get; init; }

    /// <summary>The workflow definition that releases to this app run on.</summary>
    public required string WorkflowDefinitionId { get; init; }

    /// <summary>
    /// The workflow definition that was made for this app, which its administrators edit, whether releases run on it or not; null if there is none.
    /// </summary>
    public string? OwnWorkflowDefinitionId { get; init; }

    /// <summary>What identifies a tester (A1). Default: the app's user id.</summary>
    public TesterIdKind TesterIdKind { get; init; } = TesterIdKind.UserId;

    /// <summary>True if an applicant may decide on the own request. Default: false (A23).</summary>
    public bool AllowSelfApproval { get; init; }

    /// <summary>True if the first version of a mini program may not be rolled out by percentages. Default: false (A21).</summary>
    public bool FirstVersionMustBeFull { get; init; }

    /// <summary>
    /// How many users the app has in Production, roughly, so that percentages can be told in people: 1 to <see cref="LargestAudience"/>. Null: not said. No rule
    /// depends on it.
    /// </summary>
    public int? Audience { get; init; }

    /// <summary>Which e-mails applicants get beside those on decisions, and in which words (A29). Default: none, in the platform's words.</summary>
    public NotificationSettings Notifications { get; init; } = NotificationSettings.Default;

    /// <summary>Where the app hears who has which version; null if it does not want to.</summary>
    public AppWebhook? Webhook { get; init; }

    /// <summary>Times in which nothing goes live in Production. At most 100. Default: none.</summary>
    public IReadOnlyList<FreezeWindow> Freezes { get; init; } = [];

    /// <summary>True if applicants get e-mails on progress beside those on decisions. Default: false (A29).</summary>
    public bool EmailsProgress { get; init; }

    /// <summary>Number of changes; the first state has 1.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>The freeze that holds in the environment, the one that lasts longest; null if none does. Only Production is ever frozen.</summary>
    public ActiveFreeze? FreezeAt(ReleaseEnvironment environment, DateTimeOffset now)
    {
        ActiveFreeze? longest = null;
        foreach (var window in environment == ReleaseEnvironment.Production ? Freezes : [])
        {
            if (window.EndIfActive(now) is { } end && (longest is null || end > longest.Until))
            {
                longest = new ActiveFreeze(window.Name, end);
            }
        }

        return longest;
    }

    /// <summary>The rules a release to this environment is under now, or null if the app does not offer it.</summary>
    public ReleasePolicy? PolicyFor(ReleaseEnvironment environment) =>
        Environments.TryGetValue(environment, out var policy) ? ReleasePolicy.From(this, environment, policy) : null;

    /// <summary>Everything that is wrong with the app's definition, by field; empty if all is well.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Problems()
    {
        var problems = new Dictionary<string, IReadOnlyList<string>>();
        if (!Identifiers.Key.IsValid(Key.Value))
        {
            problems["key"] = [$"A key has {Identifiers.Key.Form}."];
        }

        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 100)
        {
            problems["name"] = ["Give name 1 to 100 characters."];
        }

        if (string.IsNullOrWhiteSpace(WorkflowDefinitionId))
        {
            problems["workflowDefinitionId"] = ["Name the workflow definition that releases to this app run on, for example release-pipeline."];
        }

        if (!Enum.IsDefined(TesterIdKind))
        {
            problems["testerIdKind"] = ["A tester is known by UserId or Email."];
        }

        if (Audience is < 1 or > LargestAudience)
        {
            problems["audience"] = [FormattableString.Invariant($"The number of users is from 1 to {LargestAudience:N0}; leave it out if it is not known.")];
        }

        if (!Environments.ContainsKey(ReleaseEnvironment.Production))
        {
            problems["environments"] = ["Every app has a Production environment; add it."];
        }

        foreach (var (environment, policy) in Environments)
        {
            var messages = ProblemsOf(environment, policy).ToList();
            if (messages.Count > 0)
            {
                problems[$"environments.{environment}"] = messages;
            }
        }

        if (Freezes.Count > 100)
        {
            problems["freezes"] = ["An app has at most 100 freezes."];
        }

        for (var index = 0; index < Freezes.Count; index++)
        {
            var messages = Freezes[index].Problems().ToList();
            if (messages.Count > 0)
            {
                problems[$"freezes[{index}]"] = messages;
            }
        }

        return problems;
    }

    private static IEnumerable<string> ProblemsOf(ReleaseEnvironment environment, EnvironmentPolicy policy)
    {
        if (!Enum.IsDefined(environment))
        {
            yield return "There is no such environment; there are Development, Test, Sandbox and Production.";
        }

        if (!Enum.IsDefined(policy.Review) || !Enum.IsDefined(policy.Pilot))
        {
            yield return "review is Auto or Manual; pilot is Off, Offered or Required.";
        }

        if (environment is ReleaseEnvironment.Production && policy.Review != ReviewMode.Manual)
        {
            yield return "Production is always reviewed by a person; set review to Manual.";
        }

        if (environment is ReleaseEnvironment.Development or ReleaseEnvironment.Test)
        {
            if (policy.Review != ReviewMode.Auto)
            {
                yield return $"{environment} never waits on a person; set review to Auto.";
            }

            if (policy.Pilot != PilotMode.Off)
            {
                yield return $"{environment} has no pilot; set pilot to Off.";
            }
        }

        if (policy.MinimumTesters is < 0 or > 100_000)
        {
            yield return "minimumTesters lies between 0 and 100,000.";
        }

        if (policy.MinimumPilotHours is < 0 or > 24 * 365 || double.IsNaN(policy.MinimumPilotHours))
        {
            yield return "minimumPilotHours lies between 0 and 8,760.";
        }
    }
}

/// <summary>
/// The rules one release is under. Copied into the release when it applies, so that a later change of the app touches only later
/// applications (A30).
/// </summary>
/// <param name="Environment">The environment.</param>
/// <param name="Review">Manual in Production and Auto in Development and Test, whatever the app's record says (I1, I2).</param>
/// <param name="Pilot">Off in Development and Test, whatever the app's record says (I7).</param>
/// <param name="MinimumTesters">For a required pilot.</param>
/// <param name="MinimumPilotHours">For a required pilot.</param>
/// <param name="TesterIdKind">What identifies a tester.</param>
/// <param name="AllowSelfApproval">True if the applicant may decide.</param>
/// <param name="FirstVersionMustBeFull">True if a first version may not be rolled out by percentages.</param>
public sealed record ReleasePolicy(
    ReleaseEnvironment Environment,
    ReviewMode Review,
    PilotMode Pilot,
    int MinimumTesters = 0,
    double MinimumPilotHours = 0,
    TesterIdKind TesterIdKind = TesterIdKind.UserId,
    bool AllowSelfApproval = false,
    bool FirstVersionMustBeFull = false)
{
    /// <summary>True if going live is a person's act: Production only (I8, S3).</summary>
    [JsonIgnore]
    public bool GoesLiveManually => Environment == ReleaseEnvironment.Production;

    internal static ReleasePolicy From(TargetApp app, ReleaseEnvironment environment, EnvironmentPolicy policy) => new(
        environment,
        environment switch
        {
            ReleaseEnvironment.Production => ReviewMode.Manual,
            ReleaseEnvironment.Sandbox => policy.Review,
            _ => ReviewMode.Auto,
        },
        environment is ReleaseEnvironment.Sandbox or ReleaseEnvironment.Production ? policy.Pilot : PilotMode.Off,
        policy.MinimumTesters,
        policy.MinimumPilotHours,
        app.TesterIdKind,
        app.AllowSelfApproval,
        app.FirstVersionMustBeFull);
}

/// <summary>Target apps within one unit of work.</summary>
public interface ITargetAppStore
{
    /// <summary>The app, or null.</summary>
    ValueTask<TargetApp?> FindAsync(AppKey key, CancellationToken cancellationToken);

    /// <summary>All apps in the order of their keys.</summary>
    ValueTask<IReadOnlyList<TargetApp>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Stores a new app (revision 1) or a changed one; a lost race fails the commit.</summary>
    void Save(TargetApp app);
}

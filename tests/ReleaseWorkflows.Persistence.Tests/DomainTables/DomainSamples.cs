using System.Collections.Immutable;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Persistence.Tests.DomainTables;

/// <summary>Objects of the domain, complete but for what a test is about.</summary>
internal static class DomainSamples
{
    public static readonly DateTimeOffset Noon = Samples.Noon;

    public static readonly MiniProgramKey Coffee = new("coffee");
    public static readonly AppKey SuperApp = new("superapp-a");

    public static ReleaseId IdOf(int number) => new($"{number:x32}");

    public static ReleaseCreated Created(int id, string version, ReleaseEnvironment environment = ReleaseEnvironment.Production) => new(
        IdOf(id),
        new ReleaseKey(Coffee, new VersionNumber(version), SuperApp, environment),
        new WorkspaceKey("acme"),
        new WorkspaceKey("superapp"),
        new ReleasePolicy(environment, ReviewMode.Manual, PilotMode.Offered),
        new string('a', 64),
        ConfigurationValues.Empty,
        new ConfigurationValues
        {
            ServerDomains = ["api.example.com"],
            EnvironmentVariables = ImmutableSortedDictionary<string, string>.Empty.Add("MODE", "live"),
            Features = ImmutableSortedDictionary<string, bool>.Empty.Add("loyalty", true),
        },
        new BasicInformation("Coffee", "Orders coffee", "Food", "First version"))
    {
        At = Noon,
        By = new UserId("dev"),
        ByName = "Dee Developer",
    };

    public static PackageBuilt Built() => new(new BuiltReleasePackage(new string('b', 64), 1_000, 3, new string('c', 64)))
    {
        At = Noon.AddSeconds(3),
        By = UserId.System,
        ByName = "ReleaseWorkflows",
    };

    public static ApplicationSubmitted Submitted(Release release, string applicant = "dev") => new(
        new ReviewRequestId("request1"), release.Snapshot(), release.Policy, "dev@acme.example", release.BasicInformation)
    {
        At = Noon.AddMinutes(1),
        By = new UserId(applicant),
        ByName = "Dee Developer",
    };

    public static RequestApproved Approved() => new("Well done", false) { At = Noon.AddHours(1), By = new UserId("rev"), ByName = "Rae Reviewer" };

    public static WentLive Live() => new(ReleaseMode.Direct) { At = Noon.AddHours(2), By = new UserId("dev"), ByName = "Dee Developer" };

    public static ReleaseArchived Archived(ReleaseId by) => new(by) { At = Noon.AddHours(2), By = UserId.System, ByName = "ReleaseWorkflows" };

    public static MiniProgram MiniProgram(int revision = 1, string name = "Coffee") => new()
    {
        Key = Coffee,
        Workspace = new WorkspaceKey("acme"),
        BasicInformation = new BasicInformation(name),
        CreatedAt = Noon,
        Revision = revision,
    };

    public static Account Account(string id, string email, int revision = 1) => new()
    {
        Id = new UserId(id),
        Email = email,
        Name = id,
        PasswordHash = "hash",
        Grants = [new Grant(Role.Developer, new WorkspaceKey("acme"), [Coffee])],
        Revision = revision,
    };

    /// <summary>Saves events one after the other, each on the state the one before left, and answers the last state.</summary>
    public static Release Continue(this IReleaseStore store, Release release, params ReadOnlySpan<ReleaseEvent> happened)
    {
        foreach (var next in happened)
        {
            release = release.Apply(next);
            store.Save(release, next);
        }
        return release;
    }

    public static Release Begin(this IReleaseStore store, ReleaseCreated created)
    {
        var release = Release.Begin(created);
        store.Save(release, created);
        return release;
    }
}

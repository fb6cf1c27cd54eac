using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Tests.InMemory;

namespace ReleaseWorkflows.Domain.Tests.Examples;

/// <summary>The mini program of the tests, its versions, the app it goes to and what a build makes of it.</summary>
internal static class Coffee
{
    public static MiniProgramKey Key { get; } = new("coffee");

    public static AppKey AppKey { get; } = new("superapp-a");

    public static VersionNumber Version { get; } = new("1.0.0");

    public static BasicInformation BasicInformation { get; } = new("Coffee", "Order a coffee.", "Food");

    public static MiniProgram MiniProgram { get; } = new()
    {
        Key = Key,
        Workspace = People.Acme,
        BasicInformation = BasicInformation,
        Configuration = Variables(("API", "https://api.example.com")),
        CreatedAt = SettableClock.Start,
    };

    /// <summary>All environments; Sandbox reviewed by a person; pilots offered.</summary>
    public static TargetApp App { get; } = new()
    {
        Key = AppKey,
        Workspace = People.SuperApp,
        Name = "Super App",
        WorkflowDefinitionId = "release-pipeline",
        Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy>
        {
            [ReleaseEnvironment.Development] = new(),
            [ReleaseEnvironment.Test] = new(),
            [ReleaseEnvironment.Sandbox] = new(ReviewMode.Manual, PilotMode.Offered),
            [ReleaseEnvironment.Production] = new(ReviewMode.Manual, PilotMode.Offered),
        },
    };

    public static InMemoryState State { get; } = InMemoryState.Empty with
    {
        MiniPrograms = ImmutableDictionary<MiniProgramKey, MiniProgram>.Empty.Add(Key, MiniProgram),
        Apps = ImmutableDictionary<AppKey, TargetApp>.Empty.Add(AppKey, App),
        Versions = [VersionOf("1.0.0"), VersionOf("1.1.0"), VersionOf("1.2.0")],
    };

    public static ReleaseKey KeyOf(string version, ReleaseEnvironment environment) => new(Key, new VersionNumber(version), AppKey, environment);

    public static MiniProgramVersion VersionOf(string number) =>
        new(Key, new VersionNumber(number), Digest($"source of {number}"), 1_000, 3, new UserId("dev"), "DEV", SettableClock.Start);

    public static ConfigurationValues Variables(params (string Name, string Value)[] variables) => ConfigurationValues.Empty with
    {
        EnvironmentVariables = variables.ToImmutableSortedDictionary(variable => variable.Name, variable => variable.Value),
    };

    /// <summary>What a build makes: the package depends on the source and on the configuration inside, and on nothing else.</summary>
    public static BuiltReleasePackage Build(Release release) => Build(release.SourceDigest, release.Effective.Hash());

    public static BuiltReleasePackage Build(string sourceDigest, string configurationHash) =>
        new(Digest($"{sourceDigest}\n{configurationHash}"), 1_234, 4, configurationHash);

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

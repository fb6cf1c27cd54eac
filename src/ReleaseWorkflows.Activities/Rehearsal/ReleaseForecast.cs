using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Rehearsal;

/// <summary>What would become of a release if it were created now: the answer to a request with <c>?dryRun=true</c>.</summary>
public sealed record ReleaseForecast
{
    /// <summary>Version and target.</summary>
    public required ReleaseKey Key { get; init; }

    /// <summary>The rules of the target as they are now; null if there is no such target.</summary>
    public ReleasePolicy? Policy { get; init; }

    /// <summary>The workflow definition that would carry it; null if the release would not be created.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>The version it would run on.</summary>
    public int? DefinitionVersion { get; init; }

    /// <summary>What people would do, in order, as the app's workflow asks for it. Ends early where the workflow would fail.</summary>
    public IReadOnlyList<ForecastStep> Path { get; init; } = [];

    /// <summary>Where the release would stand at the end of the path; null if it would not be created.</summary>
    public ReleaseStatus? End { get; init; }

    /// <summary>What would be refused as things are now, in the order of the path; empty if nothing would.</summary>
    public IReadOnlyList<ForecastRefusal> Refusals { get; init; } = [];

    /// <summary>What a careful person would look at, in sentences: it holds nothing up.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>True if the release would be created. Something later on the path may still be refused.</summary>
    public bool IsCreated => End is not null;
}

/// <summary>One thing that a person does on the way.</summary>
/// <param name="Status">Where the release stands then.</param>
/// <param name="Command">The command that moves it on.</param>
/// <param name="Permission">What whoever gives it needs, for example <c>release.apply</c>.</param>
/// <param name="MayYou">True if the caller holds the permission, and is not kept from it as the applicant.</param>
/// <param name="Stage">The stage of the review; null where it has none, and beside reviews.</param>
/// <param name="People">Names of those who may give it, where the super app decides; empty elsewhere.</param>
/// <param name="Conditions">What has to be so first, in sentences.</param>
public sealed record ForecastStep(
    ReleaseStatus Status, string Command, string Permission, bool MayYou, string? Stage, IReadOnlyList<string> People, IReadOnlyList<string> Conditions);

/// <summary>A refusal that would come as things are now.</summary>
/// <param name="Command">The command that would be refused.</param>
/// <param name="Refusal">The refusal.</param>
public sealed record ForecastRefusal(string Command, Refusal Refusal);

using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Identifiers;

namespace ReleaseWorkflows.Domain.Reviews;

/// <summary>Identifies one application of a release.</summary>
[JsonConverter(typeof(StringIdJsonConverter<ReviewRequestId>))]
public readonly record struct ReviewRequestId(string Value) : IStringId<ReviewRequestId>
{
    /// <summary>A new id; ids made later sort later.</summary>
    public static ReviewRequestId New(DateTimeOffset now) => new(Guid.CreateVersion7(now).ToString("n"));

    /// <inheritdoc/>
    public static ReviewRequestId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>What became of a request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReviewOutcome>))]
public enum ReviewOutcome
{
    /// <summary>Undecided.</summary>
    InReview,

    /// <summary>The release may go on.</summary>
    Approved,

    /// <summary>Back to the applicant, with a reason.</summary>
    Rejected,

    /// <summary>Taken back by the applicant.</summary>
    Withdrawn,
}

/// <summary>What a rejection is about (A8).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RejectionCategory>))]
public enum RejectionCategory
{
    /// <summary>Basic information or configuration: mend and apply again.</summary>
    Details,

    /// <summary>The code: upload a new version. The same package is not accepted again.</summary>
    Code,

    /// <summary>The super app's policy.</summary>
    Policy,
}

/// <summary>What was submitted, frozen: package, configuration and basic information (T4). Equal snapshots mean nothing changed.</summary>
/// <param name="PackageDigest">SHA-256 of the built package.</param>
/// <param name="SourceDigest">SHA-256 of the uploaded version the package was built from.</param>
/// <param name="ConfigurationHash">SHA-256 of the effective configuration.</param>
/// <param name="BasicInformationHash">SHA-256 of the basic information.</param>
public sealed record ReleaseSnapshot(string PackageDigest, string SourceDigest, string ConfigurationHash, string BasicInformationHash);

/// <summary>
/// One application of a release, from submission to decision. A release that is rejected or withdrawn applies again with a new request
/// on the same record.
/// </summary>
public sealed record ReviewRequest
{
    /// <summary>Identifies the request.</summary>
    public required ReviewRequestId Id { get; init; }

    /// <summary>1 for the first application of the release, 2 for the second, …</summary>
    public required int Number { get; init; }

    /// <summary>Who decides.</summary>
    public required ReviewMode Mode { get; init; }

    /// <summary>What was submitted.</summary>
    public required ReleaseSnapshot Snapshot { get; init; }

    /// <summary>Who applied.</summary>
    public required UserId Applicant { get; init; }

    /// <summary>The applicant's name as shown.</summary>
    public required string ApplicantName { get; init; }

    /// <summary>Where the decision is sent; null if the applicant has no address.</summary>
    public string? ApplicantEmail { get; init; }

    /// <summary>When the request was submitted.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>The stage the review is in; null where one approval of any reviewer decides.</summary>
    public ReviewStage? Stage { get; init; }

    /// <summary>The approvals so far that did not decide alone, of all stages, the oldest first.</summary>
    public IReadOnlyList<ReviewApproval> Approvals { get; init; } = [];

    /// <summary>What became of it.</summary>
    public ReviewOutcome Outcome { get; init; } = ReviewOutcome.InReview;

    /// <summary>Who decided or withdrew; null while undecided.</summary>
    public UserId? DecidedBy { get; init; }

    /// <summary>The decider's name as shown.</summary>
    public string? DecidedByName { get; init; }

    /// <summary>When; null while undecided.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The reviewer's comment on an approval, or the reason of a rejection.</summary>
    public string? Comment { get; init; }

    /// <summary>What a rejection is about; null otherwise.</summary>
    public RejectionCategory? Category { get; init; }

    /// <summary>After a rejection for <see cref="RejectionCategory.Code"/>: true if the reviewer accepts the same package again (A8).</summary>
    public bool AllowsSamePackage { get; init; }
}

using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>Work for the package builder.</summary>
/// <param name="Release">Whose package.</param>
/// <param name="ConfigurationHash">The configuration it is asked for; by the time it is worked on there may be a newer request.</param>
public sealed record PackageBuildRequest(ReleaseId Release, string ConfigurationHash);

/// <summary>Work for the mail sender.</summary>
/// <param name="To">Address of the recipient.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">Plain text.</param>
public sealed record EmailMessage(string To, string Subject, string Text);

/// <summary>The e-mail on a decision (I9, S1, S2).</summary>
public static class DecisionEmail
{
    /// <summary>What the applicant reads after an approval or a rejection.</summary>
    public static EmailMessage For(Release release, ReviewRequest request, string address)
    {
        var isApproved = request.Outcome == ReviewOutcome.Approved;
        var what = $"{release.BasicInformation.Name} {release.Key.Version} for {release.Key.App} {release.Key.Environment}";
        var comment = request.Comment is null ? "" : $"\n\n{(isApproved ? "Comment" : $"Reason ({request.Category})")}:\n{request.Comment}";
        var next = isApproved
            ? "The release goes on; its page says what comes next."
            : request.Category == RejectionCategory.Code && !request.AllowsSamePackage
                ? "Mend the code, upload a new version and release that."
                : "Mend the details and apply again; the release keeps its place.";
        return new EmailMessage(
            address,
            $"{(isApproved ? "Approved" : "Rejected")}: {what}",
            $"Hello {request.ApplicantName},\n\n{request.DecidedByName} {(isApproved ? "approved" : "rejected")} your request to release {what}.{comment}\n\n{next}\n\nRelease {release.Id}\n");
    }
}

/// <summary>JSON of the outbox payloads.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PackageBuildRequest))]
[JsonSerializable(typeof(EmailMessage))]
public sealed partial class OutboxJson : JsonSerializerContext;

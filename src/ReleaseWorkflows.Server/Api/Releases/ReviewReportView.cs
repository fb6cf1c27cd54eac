using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary>An application and what was checked in it (S2).</summary>
/// <param name="Request">The application.</param>
/// <param name="Checks">What the platform found out about the package, a sentence each.</param>
/// <param name="Compliance">The checks on guidelines, with their findings.</param>
/// <param name="Security">The checks on security, with their findings.</param>
/// <param name="Findings">How many findings there are in all; those kept are at most 100.</param>
internal sealed record ReviewReportView(
    ReviewRequestView Request, IReadOnlyList<string> Checks, IReadOnlyList<CheckView> Compliance, IReadOnlyList<CheckView> Security, int Findings)
{
    /// <summary>The reports on all applications of a release, the oldest first, from its log.</summary>
    public static IReadOnlyList<ReviewReportView> AllOf(IReadOnlyList<ReleaseEvent> log)
    {
        var state = Release.Begin((ReleaseCreated)log[0]);
        var requests = new List<ReviewRequest>();
        foreach (var happened in log.Skip(1))
        {
            state = state.Apply(happened);
            if (state.Request is { } request)
            {
                requests.RemoveAll(earlier => earlier.Id == request.Id);
                requests.Add(request);
            }
        }

        return [.. requests.Select(request => Of(request, log))];
    }

    /// <summary>The report on an application, from the log of its release.</summary>
    public static ReviewReportView Of(ReviewRequest request, IReadOnlyList<ReleaseEvent> log)
    {
        var built = log.OfType<PackageBuilt>().Last(line => line.Package.Digest == request.Snapshot.PackageDigest);
        return new ReviewReportView(
            ReviewRequestView.Of(request),
            [
                $"The package has {built.Package.FileCount} files and {built.Package.Size:N0} bytes; its SHA-256 is {built.Package.Digest}.",
                "Every page named in app.json exists.",
                "No file name, link or size in the upload is unsafe.",
            ],
            [.. PackageReport.Compliance.Select(check => CheckView.Of(check, built.Report))],
            [.. PackageReport.Security.Select(check => CheckView.Of(check, built.Report))],
            built.Report?.Total ?? 0);
    }
}

/// <summary>One check of a package.</summary>
/// <param name="Check">What was looked for.</param>
/// <param name="Passed">True if nothing was found; null if the package was built before there were reports.</param>
/// <param name="Findings">What was found.</param>
internal sealed record CheckView(PackageCheck Check, bool? Passed, IReadOnlyList<PackageFinding> Findings)
{
    /// <summary>A check as the report of a package tells it.</summary>
    public static CheckView Of(PackageCheck check, PackageReport? report)
    {
        var findings = report?.Findings.Where(finding => finding.Check == check).ToList() ?? [];
        return new CheckView(check, report is null ? null : findings.Count == 0, findings);
    }
}

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>The release log in words: one sentence per event.</summary>
public static class ReleaseLogText
{
    /// <summary>The sentence for an event.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="app">What people call the target app. Default: its key.</param>
    public static string Of(ReleaseEvent happened, string? app = null) => happened switch
    {
        ReleaseCreated e => $"New version created for {app ?? e.Key.App.Value} {e.Key.Environment}; building the package.",
        PackageBuilt e => $"Package built: {e.Package.FileCount} files, {e.Package.Size:N0} bytes; its SHA-256 begins with {e.Package.Digest[..12]}.{(e.Report is { Total: > 0 and var count } ? $" Reviewers find {count} remarks in the report." : "")}",
        PackageBuildFailed e => $"The package could not be built: {e.Reason}",
        PackageBuildRetried => "Building the package again.",
        ConfigurationEdited { IsGlobalChange: true } => "The global configuration changed; building the package again.",
        ConfigurationEdited => "Configuration edited; building the package again.",
        BasicInformationEdited => "Basic information edited.",
        ApplicationSubmitted { Policy.Review: Apps.ReviewMode.Manual } => "Applied to release; the super app reviews the request.",
        ApplicationSubmitted => "Applied to release.",
        RequestWithdrawn => "Request withdrawn; details can be edited again.",
        RequestRejected e => $"Request rejected ({e.Category}): {e.Reason}",
        RequestApproved { IsAutomatic: true } => "Approved automatically; this environment needs no review.",
        RequestApproved { Comment: { } comment } => $"Request approved: {comment}",
        RequestApproved => "Request approved.",
        ReviewStageOpened e => $"Review stage “{e.Stage.Name}” begins: {Approvals(e.Stage.RequiredApprovals)} by {Reviewers(e.Stage)}.",
        ReviewersChanged { Escalation: { } reason } e => $"Escalated to {Reviewers(e.Stage)}: {reason}",
        ReviewersChanged e => $"Assigned to {Reviewers(e.Stage)}.",
        ApprovalGiven e => $"Approved in “{e.Stage}”, {e.Given} of {e.Required}{(e.Comment is { } comment ? $": {comment}" : ".")}",
        RequestExpired e => $"Request given back undecided: {e.Reason}",
        PilotStarted => "Pilot testing started.",
        TestersChanged e => $"Testers changed: {e.Added} added, {e.Removed} removed, {e.Total} in all.",
        PilotCompleted { Warning: { } warning } => $"Pilot testing completed. {warning}",
        PilotCompleted => "Pilot testing completed.",
        ReleasePrepared => "Ready to go live; choose the release type.",
        GrayscaleChosen => "Grayscale Release chosen; set the first percentage.",
        PercentageRaised e => $"Released to {e.Percentage} % of the users.",
        RolloutHeld e => $"Held: {e.Reason}",
        RolloutResumed e => $"Resumed: {e.Reason}",
        FreezeOverridden e => $"Freeze overridden: {e.Reason}",
        WentLive { Mode: ReleaseMode.AfterGrayscale } => "Released to 100 % of the users: Full Release.",
        WentLive { Mode: ReleaseMode.Auto } => "Released to everyone automatically: Full Release.",
        WentLive => "Released to everyone: Full Release.",
        ReleaseCanceled { Reason: { } reason } => $"Release canceled; this version can never go to this target again. Reason: {reason}",
        ReleaseCanceled => "Release canceled; this version can never go to this target again.",
        ReleaseArchived => "Archived: a newer version took its place.",
        TakenOffline e => $"Taken offline: {e.Reason}",
        _ => happened.GetType().Name,
    };

    private static string Approvals(int count) => count == 1 ? "one approval" : $"{count} approvals";

    private static string Reviewers(Reviews.ReviewStage stage) => stage.Reviewers.Count == 0 ? "any reviewer" : string.Join(", ", stage.Reviewers);
}

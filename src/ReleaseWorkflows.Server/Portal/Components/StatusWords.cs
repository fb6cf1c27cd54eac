using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Server.Portal.Components;

/// <summary>How the statuses of releases are called and drawn, the same everywhere: a colour, always with a word and an icon.</summary>
internal static class StatusWords
{
    /// <summary>The status in the words of the documents, for example “Release Preparation”.</summary>
    public static string Of(ReleaseStatus status) => ReleaseDecider.Words(status);

    /// <summary>The icon of the status.</summary>
    public static string IconOf(ReleaseStatus status) => status switch
    {
        ReleaseStatus.NewVersionCreated => "plus-circle",
        ReleaseStatus.UnderReview => "hourglass-split",
        ReleaseStatus.PilotTesting => "people",
        ReleaseStatus.ReleasePreparation => "box-seam",
        ReleaseStatus.GrayscaleRelease => "pie-chart",
        ReleaseStatus.FullRelease => "check-circle",
        ReleaseStatus.Canceled => "x-circle",
        _ => "archive",
    };

    /// <summary>The colour, as the class <c>tone-…</c> of the style sheet.</summary>
    public static string ToneOf(ReleaseStatus status) => status switch
    {
        ReleaseStatus.UnderReview => "blue",
        ReleaseStatus.PilotTesting => "purple",
        ReleaseStatus.ReleasePreparation or ReleaseStatus.GrayscaleRelease => "amber",
        ReleaseStatus.FullRelease => "green",
        ReleaseStatus.Canceled => "red",
        _ => "grey",
    };
}

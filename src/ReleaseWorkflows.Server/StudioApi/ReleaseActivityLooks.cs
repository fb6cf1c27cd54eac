using Elsa.Workflows;

namespace ReleaseWorkflows.Server.StudioApi;

/// <summary>
/// How the steps of a release look in an editor: an icon (https://icons.getbootstrap.com) for what happens, a colour for the phase. Told with each
/// descriptor as the properties <c>Icon</c> and <c>Color</c>. Studio itself draws icons for Elsa's own activities alone; the pages that host it draw these.
/// </summary>
internal static class ReleaseActivityLooks
{
    private const string Prepare = "#4a5768";
    private const string Review = "#6d3bb3";
    private const string Pilot = "#8a5200";
    private const string GoLive = "#14622f";
    private const string Notify = "#0b6b7a";
    private const string Trigger = "#245ea8";

    /// <summary>By the name of the type.</summary>
    public static IReadOnlyDictionary<string, ActivityLook> All { get; } = new Dictionary<string, ActivityLook>
    {
        ["CreateRelease"] = new("plus-circle", Trigger),
        ["StartReleasePipeline"] = new("play-circle", Trigger),
        ["PrepareRelease"] = new("file-earmark-text", Prepare),
        ["BuildPackage"] = new("box-seam", Prepare),
        ["AwaitBuildRetry"] = new("arrow-repeat", Prepare),
        ["AwaitApplication"] = new("send", Prepare),
        ["RequestReview"] = new("clipboard-check", Review),
        ["ApproveAutomatically"] = new("check2-circle", Review),
        ["EscalateReview"] = new("megaphone", Review),
        ["ExpireReview"] = new("calendar-x", Review),
        ["RemindReviewers"] = new("bell", Review),
        ["PilotTesting"] = new("people", Pilot),
        ["ChooseReleaseType"] = new("signpost-split", GoLive),
        ["GoLiveAutomatically"] = new("rocket-takeoff", GoLive),
        ["StartRollout"] = new("sliders", GoLive),
        ["GrayscaleRollout"] = new("graph-up-arrow", GoLive),
        ["RaisePercentage"] = new("graph-up-arrow", GoLive),
        ["HoldRollout"] = new("pause-circle", GoLive),
        ["NotifyApplicant"] = new("envelope", Notify),
    }.ToDictionary(look => "ReleaseWorkflows." + look.Key, look => look.Value);

    /// <summary>Tells the looks with the descriptors of the activities.</summary>
    public static void Apply(IActivityRegistry activities)
    {
        foreach (var (type, look) in All)
        {
            if (activities.Find(type) is { } descriptor)
            {
                descriptor.CustomProperties["Icon"] = look.Icon;
                descriptor.CustomProperties["Color"] = look.Color;
            }
        }
    }
}

/// <summary>How an activity looks.</summary>
/// <param name="Icon">Name of the icon.</param>
/// <param name="Color">Its ground, behind white.</param>
internal sealed record ActivityLook(string Icon, string Color);

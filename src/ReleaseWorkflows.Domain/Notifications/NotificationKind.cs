using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Domain.Notifications;

/// <summary>What an applicant may be told by e-mail (A29). Decisions always are; the others if the target app says so.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NotificationKind>))]
public enum NotificationKind
{
    /// <summary>The super app approved. Always sent.</summary>
    Approved,

    /// <summary>The super app rejected. Always sent.</summary>
    Rejected,

    /// <summary>The request is with the super app.</summary>
    Submitted,

    /// <summary>Nobody decided in time, and the request is back (T24).</summary>
    Expired,

    /// <summary>Named testers may use the version.</summary>
    PilotStarted,

    /// <summary>More users have the version.</summary>
    PercentageRaised,

    /// <summary>The rollout is held.</summary>
    Held,

    /// <summary>Everyone has the version.</summary>
    WentLive,

    /// <summary>The release was given up.</summary>
    Canceled,

    /// <summary>Nobody gets the version any more: a newer one took its place, or it was taken offline.</summary>
    Ended,
}

/// <summary>Which events are told.</summary>
public static class NotificationKinds
{
    /// <summary>The kinds that are sent whatever the app says.</summary>
    public static IReadOnlyList<NotificationKind> Always { get; } = [NotificationKind.Approved, NotificationKind.Rejected];

    /// <summary>The kind of e-mail an event leads to; null for none. Automatic approvals are no decision of anybody.</summary>
    public static NotificationKind? Of(ReleaseEvent happened) => happened switch
    {
        RequestApproved { IsAutomatic: false } => NotificationKind.Approved,
        RequestRejected => NotificationKind.Rejected,
        ApplicationSubmitted { Policy.Review: Apps.ReviewMode.Manual } => NotificationKind.Submitted,
        RequestExpired => NotificationKind.Expired,
        PilotStarted => NotificationKind.PilotStarted,
        PercentageRaised => NotificationKind.PercentageRaised,
        RolloutHeld => NotificationKind.Held,
        WentLive => NotificationKind.WentLive,
        ReleaseCanceled => NotificationKind.Canceled,
        ReleaseArchived or TakenOffline => NotificationKind.Ended,
        _ => null,
    };
}

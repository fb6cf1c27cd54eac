using ReleaseWorkflows.Runtime.Resumption;

namespace Elsa.Scheduling.Bookmarks;

/// <summary>Waits for a point in time.</summary>
/// <param name="ResumeAt">When the activity goes on.</param>
public record DelayPayload(DateTimeOffset ResumeAt) : ITimedStimulus
{
    DateTimeOffset ITimedStimulus.DueAt => ResumeAt;
}

/// <summary>Starts, or goes on, at a point in time.</summary>
/// <param name="ExecuteAt">When.</param>
public record StartAtPayload(DateTimeOffset ExecuteAt) : ITimedStimulus
{
    DateTimeOffset ITimedStimulus.DueAt => ExecuteAt;
}

/// <summary>Starts again and again.</summary>
/// <param name="StartAt">When it starts first.</param>
/// <param name="Interval">Time between two starts.</param>
public record TimerTriggerPayload(DateTimeOffset StartAt, TimeSpan Interval) : ITimedStimulus
{
    DateTimeOffset ITimedStimulus.DueAt => StartAt;
}

/// <summary>Starts whenever a cron expression says so.</summary>
/// <param name="CronExpression">Six fields, seconds first.</param>
public record CronTriggerPayload(string CronExpression) : ITimedStimulus
{
    DateTimeOffset ITimedStimulus.DueAt => FirstAt;

    /// <summary>When it starts first. No part of what is stored: later times follow from the expression.</summary>
    internal DateTimeOffset FirstAt { get; init; }
}

/// <summary>Waits for the next time a cron expression names.</summary>
/// <param name="ExecuteAt">That time.</param>
/// <param name="CronExpression">Six fields, seconds first.</param>
public record CronBookmarkPayload(DateTimeOffset ExecuteAt, string CronExpression) : ITimedStimulus
{
    DateTimeOffset ITimedStimulus.DueAt => ExecuteAt;
}

using System.Text.Json;
using Elsa.Scheduling.Bookmarks;
using ReleaseWorkflows.Runtime.BuiltIns.Timing;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>Triggers that time fires: which one a timer belongs to, and when it fires again.</summary>
internal static class TimedTriggers
{
    private static readonly string[] Names = ["Elsa.Timer", "Elsa.Cron", "Elsa.StartAt"];

    public static async ValueTask<TriggerRecord?> FindAsync(IWorkflowStore store, string triggerId, CancellationToken cancellationToken)
    {
        foreach (var name in Names)
        {
            foreach (var trigger in await store.ListTriggersAsync(name, cancellationToken))
            {
                if (trigger.Id == triggerId)
                    return trigger;
            }
        }

        return null;
    }

    /// <summary>When the trigger fires next; null if it fires once. Times that were missed are left out.</summary>
    public static DateTimeOffset? NextAfter(TriggerRecord trigger, DateTimeOffset dueAt, DateTimeOffset now) => trigger switch
    {
        { Name: "Elsa.Timer", PayloadJson: { } payload } => NextAfter(JsonSerializer.Deserialize<TimerTriggerPayload>(payload)!.Interval, dueAt, now),
        { Name: "Elsa.Cron", PayloadJson: { } payload } =>
            CronSchedule.Parse(JsonSerializer.Deserialize<CronTriggerPayload>(payload)!.CronExpression).NextAfter(now > dueAt ? now : dueAt),
        _ => null,
    };

    private static DateTimeOffset NextAfter(TimeSpan interval, DateTimeOffset dueAt, DateTimeOffset now)
    {
        var missed = Math.Max(0, (now - dueAt).Ticks / interval.Ticks);
        return dueAt + (interval * (missed + 1));
    }
}

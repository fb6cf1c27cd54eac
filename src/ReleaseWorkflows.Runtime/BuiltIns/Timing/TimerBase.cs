using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Scheduling.Bookmarks;
using Elsa.Workflows;

namespace Elsa.Scheduling.Activities;

/// <summary>Base class of timers of one's own: starts a workflow again and again, or waits for an interval.</summary>
public abstract class TimerBase : EventGenerator
{
    /// <summary>Creates the timer.</summary>
    protected TimerBase(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Time between two starts, or how long to wait.</summary>
    protected abstract TimeSpan GetInterval(ExpressionExecutionContext context);

    /// <summary>Called when the time has come. Calls <see cref="OnTimerElapsed"/> and completes.</summary>
    protected virtual async ValueTask OnTimerElapsedAsync(ActivityExecutionContext context)
    {
        OnTimerElapsed(context);
        await context.CompleteActivityAsync();
    }

    /// <summary>Called when the time has come. Does nothing by default.</summary>
    protected virtual void OnTimerElapsed(ActivityExecutionContext context)
    {
    }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
            await OnTimerElapsedAsync(context);
        else
            context.DelayFor(GetInterval(context.ExpressionExecutionContext), OnTimerElapsedAsync);
    }

    /// <inheritdoc />
    protected override object GetTriggerPayload(TriggerIndexingContext context)
    {
        var interval = GetInterval(context.ExpressionExecutionContext);
        if (interval <= TimeSpan.Zero)
            throw new InvalidOperationException("The interval of a timer has to be longer than no time.");

        // Stored under the name of the timer that time is known to fire.
        context.TriggerName = "Elsa.Timer";
        return new TimerTriggerPayload(context.ExpressionExecutionContext.GetRequiredService<TimeProvider>().GetUtcNow() + interval, interval);
    }
}

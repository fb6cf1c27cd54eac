using Elsa.Scheduling.Bookmarks;
using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace Elsa.Extensions;

/// <summary>Waiting for points in time.</summary>
public static class SchedulingExtensions
{
    private const string DelayBookmark = "Elsa.Delay";

    /// <summary>Waits for a while.</summary>
    /// <param name="context">The execution that waits.</param>
    /// <param name="delay">How long.</param>
    /// <param name="callback">A method of the activity class, run then. Default: the activity completes.</param>
    public static void DelayFor(this ActivityExecutionContext context, TimeSpan delay, ExecuteActivityDelegate? callback = null) =>
        context.DelayUntil(context.WorkflowExecutionContext.SystemClock.UtcNow + delay, callback);

    /// <summary>Waits until a point in time.</summary>
    /// <param name="context">The execution that waits.</param>
    /// <param name="resumeAt">Until when.</param>
    /// <param name="callback">A method of the activity class, run then. Default: the activity completes.</param>
    public static void DelayUntil(this ActivityExecutionContext context, DateTimeOffset resumeAt, ExecuteActivityDelegate? callback = null) =>
        context.CreateBookmark(new CreateBookmarkArgs
        {
            BookmarkName = DelayBookmark,
            Stimulus = new DelayPayload(resumeAt),
            Callback = callback,
            IncludeActivityInstanceId = true,
        });
}

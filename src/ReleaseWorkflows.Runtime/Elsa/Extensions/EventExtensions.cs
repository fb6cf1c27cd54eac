using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Stimuli;

namespace Elsa.Extensions;

/// <summary>Waiting for events.</summary>
public static class EventExtensions
{
    private const string EventBookmark = "Elsa.Event";

    /// <summary>Waits for an event.</summary>
    /// <param name="context">The execution that waits.</param>
    /// <param name="eventName">Name of the event.</param>
    /// <param name="callback">A method of the activity class, run then.</param>
    public static void WaitForEvent(this ActivityExecutionContext context, string eventName, ExecuteActivityDelegate callback) =>
        context.CreateBookmark(new CreateBookmarkArgs
        {
            BookmarkName = EventBookmark,
            Stimulus = new EventStimulus(eventName),
            Callback = callback,
            IncludeActivityInstanceId = false,
        });
}

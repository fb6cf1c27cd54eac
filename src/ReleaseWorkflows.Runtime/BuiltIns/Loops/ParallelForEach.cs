using System.Runtime.CompilerServices;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using ReleaseWorkflows.Runtime.BuiltIns.Loops;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows.Activities;

/// <summary>
/// Runs an activity for all items of a list at once: what waits in one round does not keep the others from running. Completes when all
/// rounds have. A <see cref="Break"/> ends its own round, and a loop around this activity.
/// </summary>
/// <typeparam name="T">Type of the items.</typeparam>
[Activity("Elsa", "Looping", "Schedule an activity for each item in parallel.")]
public class ParallelForEach<T> : Activity
{
    private const string Open = "OpenRounds";

    /// <summary>Creates the activity.</summary>
    public ParallelForEach([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>The items: a list, or a stream of items. Default: none.</summary>
    [Input(Description = "The items to iterate through.")]
    public Input<object> Items { get; set; } = new(Array.Empty<object>());

    /// <summary>Runs for each item.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var items = await LoopState.ItemsOfAsync(context.Get(Items), context.CancellationToken);
        if (Body is null || items.Count == 0)
        {
            await context.CompleteActivityAsync();
            return;
        }

        context.SetProperty(Open, items.Count);
        for (var index = 0; index < items.Count; index++)
        {
            await context.ScheduleActivityAsync(
                Body,
                new ScheduleWorkOptions { CompletionCallback = OnBodyCompletedAsync, Variables = LoopState.Round(index, Values.To<T>(items[index])) });
        }
    }

    private async ValueTask OnBodyCompletedAsync(ActivityCompletedContext context)
    {
        if (context.TargetContext.UpdateProperty<int>(Open, static open => open - 1) == 0)
            await context.CompleteActivityAsync();
    }
}

/// <summary>Runs an activity for all items of a list at once.</summary>
[Activity("Elsa", "Looping", "Schedule an activity for each item in parallel.", DisplayName = "Parallel for Each")]
public class ParallelForEach : ParallelForEach<object?>
{
    /// <summary>Creates the activity.</summary>
    public ParallelForEach([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }
}

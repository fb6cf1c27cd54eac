using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Tests;

/// <summary>Writes its text, or its id, into the trace.</summary>
[Activity("Test")]
public class Step : CodeActivity
{
    public Input<string?> Text { get; set; } = null!;

    protected override void Execute(ActivityExecutionContext context) =>
        context.GetRequiredService<Trace>().Add(Text.GetOrDefault(context) ?? Id);
}

/// <summary>Completes with the outcomes it is given.</summary>
[Activity("Test")]
public class Choose : Activity
{
    public Input<ICollection<string>> Outcomes { get; set; } = null!;

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        context.CompleteActivityWithOutcomesAsync([.. Outcomes.Get(context)]);
}

/// <summary>Takes the outcome "Again" a number of times, then "Done".</summary>
[Activity("Test")]
public class Repeat : Activity
{
    public Input<int> Times { get; set; } = new(2);

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        var round = workflow.UpdateProperty<int>($"Round:{Id}", count => count + 1);
        context.GetRequiredService<Trace>().Add($"{Id} {round}");
        return context.CompleteActivityWithOutcomesAsync(round <= Times.Get(context) ? "Again" : "Done");
    }
}

/// <summary>Waits for a stimulus by name and completes with the outcome the stimulus brings along.</summary>
[Activity("Test")]
public class Wait : Activity<string>
{
    public Input<string> For { get; set; } = null!;

    protected override void Execute(ActivityExecutionContext context) => context.CreateBookmark(new CreateBookmarkArgs
    {
        Stimulus = new WaitStimulus(For.Get(context)),
        Callback = OnStimulusAsync,
    });

    private async ValueTask OnStimulusAsync(ActivityExecutionContext context)
    {
        context.GetRequiredService<Trace>().Add($"{Id} resumed");
        Result.Set(context, context.GetWorkflowInput<string>("Answer"));
        var outcome = context.GetWorkflowInput<string?>("Outcome");
        await context.CompleteActivityWithOutcomesAsync(outcome ?? "Done");
    }
}

public record WaitStimulus(string For);

/// <summary>Throws while the switch is on.</summary>
[Activity("Test")]
public class Fail : CodeActivity
{
    public static readonly string SwitchName = "Fail";

    protected override void Execute(ActivityExecutionContext context)
    {
        var fail = context.GetService<FailSwitch>();
        if (fail is not { IsOff: true })
            throw fail?.Exception ?? new InvalidOperationException("It does not work.");
        context.GetRequiredService<Trace>().Add($"{Id} worked");
    }
}

public sealed class FailSwitch
{
    public bool IsOff { get; set; }

    public Exception? Exception { get; set; }
}

/// <summary>Waits, and throws when it goes on while the switch is on.</summary>
[Activity("Test")]
public class FailingWait : Activity
{
    protected override void Execute(ActivityExecutionContext context) =>
        context.CreateBookmark(new CreateBookmarkArgs { Stimulus = "go", Callback = OnStimulusAsync });

    private async ValueTask OnStimulusAsync(ActivityExecutionContext context)
    {
        if (context.GetService<FailSwitch>() is not { IsOff: true })
            throw new InvalidOperationException("It does not work.");
        await context.CompleteActivityAsync();
    }
}

/// <summary>Does nothing, and does not complete either.</summary>
[Activity("Test")]
public class Idle : Activity;

/// <summary>Waits with a callback that could not be found again.</summary>
[Activity("Test")]
public class LambdaWait : Activity
{
    protected override void Execute(ActivityExecutionContext context) => context.CreateBookmark(new CreateBookmarkArgs
    {
        Stimulus = "go",
        Callback = static later => later.CompleteActivityAsync(),
    });
}

/// <summary>Adds an item to a list in place.</summary>
[Activity("Test")]
public class Append : CodeActivity
{
    public Input<List<string>> List { get; set; } = null!;

    protected override void Execute(ActivityExecutionContext context) => List.Get(context).Add("more");
}

/// <summary>Completes a task that a test waits for.</summary>
[Activity("Test")]
public class Announce : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context) => context.GetRequiredService<Announcement>().Make();
}

public sealed class Announcement
{
    private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Heard => _source.Task;

    public void Make() => _source.TrySetResult();
}

/// <summary>Gives a list with a point in time.</summary>
[Activity("Test")]
public class Fill : CodeActivity<object>
{
    protected override void Execute(ActivityExecutionContext context) =>
        context.SetResult(new object[] { new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero) });
}

/// <summary>Writes the class of a value into the trace.</summary>
[Activity("Test")]
public class TypeOf : CodeActivity
{
    public Input<object?> Value { get; set; } = null!;

    protected override void Execute(ActivityExecutionContext context) =>
        context.GetRequiredService<Trace>().Add(Value.GetOrDefault(context)?.GetType().Name ?? "nothing");
}

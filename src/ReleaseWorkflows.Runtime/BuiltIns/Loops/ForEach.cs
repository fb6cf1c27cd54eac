using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.Signals;
using ReleaseWorkflows.Runtime.BuiltIns.Loops;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows.Activities;

/// <summary>Runs an activity once for each item of a list, one after the other.</summary>
/// <typeparam name="T">Type of the items.</typeparam>
[Activity("Elsa", "Looping", "Iterate over a set of values.")]
public class ForEach<T> : Activity
{
    private const string Next = "NextIndex";

    /// <summary>Creates the activity.</summary>
    public ForEach([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line) => OnSignalReceived<BreakSignal>(LoopState.OnBreak);

    /// <summary>Creates the activity with its items.</summary>
    public ForEach(
        Func<ExpressionExecutionContext, ICollection<T>> items, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<ICollection<T>>(items), source, line)
    {
    }

    /// <summary>Creates the activity with its items.</summary>
    public ForEach(ICollection<T> items, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<ICollection<T>>(items), source, line)
    {
    }

    /// <summary>Creates the activity with its items.</summary>
    public ForEach(Input<ICollection<T>> items, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => Items = items;

    /// <summary>The items. Default: none.</summary>
    [Input(Description = "The set of values to iterate.")]
    public Input<ICollection<T>> Items { get; set; } = new(Array.Empty<T>());

    /// <summary>Runs for each item.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <summary>The item of the round.</summary>
    [Output(Description = "Assign the current value to the specified variable.")]
    public Output<T>? CurrentValue { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        LoopState.Keep(context, await LoopState.ItemsOfAsync(context.Get(Items), context.CancellationToken));
        context.SetProperty(Next, 0);
        await BeginRoundAsync(context);
    }

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext context) => BeginRoundAsync(context.TargetContext);

    private async ValueTask BeginRoundAsync(ActivityExecutionContext context)
    {
        var items = LoopState.Kept(context);
        var index = context.GetProperty<int>(Next);

        if (Body is null || LoopState.IsBreaking(context) || index >= items.Count)
        {
            await context.CompleteActivityAsync();
            return;
        }

        var item = Values.To<T>(items[index]);
        context.SetProperty(Next, index + 1);
        context.Set(CurrentValue, item);
        await context.ScheduleActivityAsync(
            Body, new ScheduleWorkOptions { CompletionCallback = OnBodyCompletedAsync, Variables = LoopState.Round(index, item) });
    }
}

/// <summary>Runs an activity once for each item of a list, one after the other.</summary>
[Activity("Elsa", "Looping", "Iterate over a set of values.", DisplayName = "For Each")]
public class ForEach : ForEach<object?>
{
    /// <summary>Creates the activity.</summary>
    public ForEach([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with its items.</summary>
    public ForEach(Input<ICollection<object?>> items, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(items, source, line)
    {
    }
}

using System.Runtime.CompilerServices;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.Signals;
using ReleaseWorkflows.Runtime.BuiltIns.Loops;

namespace Elsa.Workflows.Activities;

/// <summary>Runs an activity once for each number from a start to an end. A negative step counts down.</summary>
[Activity("Elsa", "Looping", "Iterate over a sequence of steps between a start and an end number.")]
public class For : Activity
{
    private const string Next = "NextStep";
    private const string Bounds = "Bounds";
    private const string Round = "Round";

    /// <summary>Creates the activity.</summary>
    public For([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line) => OnSignalReceived<BreakSignal>(LoopState.OnBreak);

    /// <summary>Creates the activity with its bounds.</summary>
    public For(int start, int end, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line)
    {
        Start = new Input<int>(start);
        End = new Input<int>(end);
    }

    /// <summary>The first number. Default: 0.</summary>
    [Input(Description = "The start step.")]
    public Input<int> Start { get; set; } = new(0);

    /// <summary>The bound. Default: 0.</summary>
    [Input(Description = "The end step.")]
    public Input<int> End { get; set; } = new(0);

    /// <summary>What is added from round to round; not 0. Default: 1.</summary>
    [Input(Description = "The step size. To count down, enter a negative number.")]
    public Input<int> Step { get; set; } = new(1);

    /// <summary>True if the bound has a round too. Default: true.</summary>
    [Input(
        Description = "Controls whether the end step is upper/lowerbound inclusive or exclusive. True (inclusive) by default.",
        DefaultValue = true)]
    public Input<bool> OuterBoundInclusive { get; set; } = new(true);

    /// <summary>Runs in each round.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <summary>The number of the round.</summary>
    [Output]
    public Output<object?>? CurrentValue { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var step = Step is null ? 1 : context.Get(Step);
        if (step == 0)
            throw new InvalidOperationException("The step of the loop is 0; it would never end.");

        context.SetProperty(Bounds, new LoopBounds(context.Get(End), step, OuterBoundInclusive is null || context.Get(OuterBoundInclusive)));
        context.SetProperty(Next, (long)context.Get(Start));
        await BeginRoundAsync(context);
    }

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext context) => BeginRoundAsync(context.TargetContext);

    private async ValueTask BeginRoundAsync(ActivityExecutionContext context)
    {
        var bounds = context.GetProperty<LoopBounds>(Bounds)!;
        var current = context.GetProperty<long>(Next);

        if (Body is null || LoopState.IsBreaking(context) || !bounds.Contain(current))
        {
            await context.CompleteActivityAsync();
            return;
        }

        var round = context.GetProperty<int>(Round);
        context.SetProperty(Next, current + bounds.Step);
        context.SetProperty(Round, round + 1);
        context.Set(CurrentValue, (object)(int)current);
        await context.ScheduleActivityAsync(
            Body,
            new ScheduleWorkOptions { CompletionCallback = OnBodyCompletedAsync, Variables = LoopState.Round(round, (int)current) });
    }
}

/// <summary>How far a loop counts. Numbers are wider than its inputs, so that the last step cannot overflow.</summary>
/// <param name="End">The bound.</param>
/// <param name="Step">What is added from round to round.</param>
/// <param name="IsInclusive">True if the bound has a round too.</param>
internal sealed record LoopBounds(int End, int Step, bool IsInclusive)
{
    public bool Contain(long number) => Step > 0
        ? (IsInclusive ? number <= End : number < End)
        : (IsInclusive ? number >= End : number > End);
}

using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.Signals;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Runtime.BuiltIns.Loops;

namespace Elsa.Workflows.Activities;

/// <summary>Runs an activity again and again while a condition is true. The condition is evaluated before each round.</summary>
[Activity("Elsa", "Looping", "Execute an activity while a given condition evaluates to true.")]
public class While : Activity
{
    /// <summary>Creates the activity.</summary>
    public While(IActivity? body = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
        Body = body;
        OnSignalReceived<BreakSignal>(LoopState.OnBreak);
    }

    /// <summary>Creates the activity with a condition.</summary>
    public While(
        Input<bool> condition, IActivity? body = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(body, source, line) => Condition = condition;

    /// <summary>Creates the activity with a condition.</summary>
    public While(
        Func<ExpressionExecutionContext, bool> condition,
        IActivity? body = null,
        [CallerFilePath] string? source = null,
        [CallerLineNumber] int? line = null)
        : this(new Input<bool>(condition), body, source, line)
    {
    }

    /// <summary>Creates the activity with a condition.</summary>
    public While(
        Func<bool> condition, IActivity? body = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<bool>(condition), body, source, line)
    {
    }

    /// <summary>The condition. Default: false.</summary>
    [Input(AutoEvaluate = false, UIHint = InputUIHints.SingleLine)]
    public Input<bool> Condition { get; set; } = new(false);

    /// <summary>Runs in each round.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <summary>A loop that only <see cref="Break"/> ends.</summary>
    public static While True(IActivity body) => new(new Input<bool>(true), body);

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => BeginRoundAsync(context);

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext context) => BeginRoundAsync(context.TargetContext);

    private async ValueTask BeginRoundAsync(ActivityExecutionContext context)
    {
        if (LoopState.IsBreaking(context) || Body is null || !await LoopState.EvaluateAsync(context, Condition))
            await context.CompleteActivityAsync();
        else
            await context.ScheduleActivityAsync(Body, OnBodyCompletedAsync);
    }
}

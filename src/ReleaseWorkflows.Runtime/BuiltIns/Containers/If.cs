using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;

namespace Elsa.Workflows.Activities;

/// <summary>Runs one of two activities inside.</summary>
[Activity("Elsa", "Branching", "Evaluate a Boolean condition to determine which activity to execute next.", DisplayName = "If")]
public class If : Activity<bool>
{
    /// <summary>Creates the activity.</summary>
    public If([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with a condition that code computes.</summary>
    public If(Func<bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<bool>(condition), source, line)
    {
    }

    /// <summary>Creates the activity with a condition that code computes.</summary>
    public If(Func<ExpressionExecutionContext, bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<bool>(condition), source, line)
    {
    }

    /// <summary>Creates the activity with a condition from a variable.</summary>
    public If(Variable<bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<bool>(condition), source, line)
    {
    }

    /// <summary>Creates the activity with a condition.</summary>
    public If(Literal<bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<bool>(condition), source, line)
    {
    }

    /// <summary>Creates the activity with a condition.</summary>
    public If(Input<bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => Condition = condition;

    /// <summary>The condition. Default: false.</summary>
    [Input(Description = "The condition to evaluate.", UIHint = InputUIHints.SingleLine)]
    public Input<bool> Condition { get; set; } = new(false);

    /// <summary>Runs if the condition is true.</summary>
    [Port]
    public IActivity? Then { get; set; }

    /// <summary>Runs if the condition is false.</summary>
    [Port]
    public IActivity? Else { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var result = context.Get(Condition);
        context.Set(Result, result);
        await context.ScheduleActivityAsync(result ? Then : Else, OnChildCompletedAsync);
    }

    private ValueTask OnChildCompletedAsync(ActivityCompletedContext context) => context.CompleteActivityAsync();
}

using System.Runtime.CompilerServices;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Activities.Flowchart.Contracts;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;

namespace Elsa.Workflows.Activities.Flowchart.Activities;

/// <summary>Goes on at True or False.</summary>
[Activity("Elsa", "Branching", "Evaluate a Boolean condition to determine which path to execute next.", DisplayName = "Decision")]
[FlowNode("True", "False")]
public class FlowDecision : Activity
{
    /// <summary>Creates the activity.</summary>
    public FlowDecision([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with a condition that code computes.</summary>
    public FlowDecision(Func<bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<bool>(condition), source, line)
    {
    }

    /// <summary>Creates the activity with a condition that code computes.</summary>
    public FlowDecision(
        Func<ExpressionExecutionContext, bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<bool>(condition), source, line)
    {
    }

    /// <summary>Creates the activity with a condition from a variable.</summary>
    public FlowDecision(Variable<bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<bool>(condition), source, line)
    {
    }

    /// <summary>Creates the activity with a condition.</summary>
    public FlowDecision(Literal<bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<bool>(condition), source, line)
    {
    }

    /// <summary>Creates the activity with a condition.</summary>
    public FlowDecision(Input<bool> condition, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => Condition = condition;

    /// <summary>The condition. Default: false.</summary>
    [Input(Description = "The condition to evaluate.", UIHint = InputUIHints.SingleLine)]
    public Input<bool> Condition { get; set; } = new(false);

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        context.CompleteActivityWithOutcomesAsync(context.Get(Condition) ? "True" : "False");
}

/// <summary>A case of a <see cref="FlowSwitch"/>: an exit and the condition it belongs to.</summary>
public class FlowSwitchCase
{
    /// <summary>Creates an empty case, to be filled by a reader.</summary>
    public FlowSwitchCase()
    {
    }

    /// <summary>Creates a case.</summary>
    public FlowSwitchCase(string label, Expression condition)
    {
        Label = label;
        Condition = condition;
    }

    /// <summary>The exit.</summary>
    public string Label { get; set; } = null!;

    /// <summary>The condition.</summary>
    public Expression? Condition { get; set; }
}

/// <summary>Goes on at the exits whose conditions are true; at Default if none is.</summary>
[Activity("Elsa", "Branching", "Evaluate a set of case conditions and schedule the activity for a matching case.", DisplayName = "Switch (flow)")]
[FlowNode("Default")]
public class FlowSwitch : Activity
{
    /// <summary>Creates the activity.</summary>
    public FlowSwitch([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>The cases, in the order in which they are tried.</summary>
    [Input(UIHint = "flow-switch-editor")]
    public ICollection<FlowSwitchCase> Cases { get; set; } = [];

    /// <summary>Whether the first true condition decides, or every true one counts. Default: the first.</summary>
    [Input(Description = "The switch mode determines whether the first match should be scheduled, or all matches.")]
    public Input<SwitchMode> Mode { get; set; } = new(SwitchMode.MatchFirst);

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var mode = context.Get(Mode);
        var matches = new List<string>();
        foreach (var @case in Cases)
        {
            if (!await SwitchConditions.IsTrueAsync(@case.Condition, context))
                continue;

            matches.Add(@case.Label);
            if (mode == SwitchMode.MatchFirst)
                break;
        }

        await context.CompleteActivityWithOutcomesAsync(matches.Count > 0 ? [.. matches] : ["Default"]);
    }
}

/// <summary>Goes on at several exits at once.</summary>
[Activity("Elsa", "Branching", "Explicitly split into several branches.", DisplayName = "Fork (flow)")]
public class FlowFork : Activity
{
    /// <summary>Creates the activity.</summary>
    public FlowFork([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>The exits. Default: Done.</summary>
    [Input(Description = "A list of expected branches.", UIHint = InputUIHints.DynamicOutcomes)]
    public Input<ICollection<string>> Branches { get; set; } = null!;

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        context.Get(Branches) is { Count: > 0 } branches
            ? context.CompleteActivityWithOutcomesAsync([.. branches])
            : context.CompleteActivityAsync();
}

/// <summary>Joins branches. What it waits for decides its mode.</summary>
[Activity("Elsa", "Branching", "Explicitly merge several branches.", DisplayName = "Join")]
public class FlowJoin : CodeActivity, IJoinNode
{
    /// <summary>Creates the activity.</summary>
    public FlowJoin([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>What is waited for. Default: the first branch.</summary>
    [Input(Description = "The join mode determines whether this activity should continue as soon as one inbound path comes in, or once all inbound paths have executed.", DefaultValue = nameof(FlowJoinMode.WaitAny))]
    public Input<FlowJoinMode> Mode { get; set; } = new(FlowJoinMode.WaitAny);

    /// <summary>The mode, asked for while branches arrive and before the activity itself runs.</summary>
    internal async ValueTask<FlowJoinMode> GetModeAsync(ActivityExecutionContext flow)
    {
        var binding = Array.Find(flow.WorkflowExecutionContext.Graph.NodeOf(this).Inputs, static input => input.Descriptor.Name == nameof(Mode));
        if (binding is null)
            return FlowJoinMode.WaitAny;
        if (binding.IsConstant)
            return binding.Constant is FlowJoinMode mode ? mode : FlowJoinMode.WaitAny;

        var evaluator = flow.GetRequiredService<IExpressionEvaluator>();
        return await evaluator.EvaluateAsync<FlowJoinMode>(binding.Expression, flow.ExpressionExecutionContext);
    }
}

/// <summary>Runs an activity inside, then goes on at Done.</summary>
[Activity("Elsa", "Flow", "Runs an activity inside.", DisplayName = "Container")]
public class FlowNode : Activity
{
    /// <summary>Creates the activity.</summary>
    public FlowNode([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>The activity inside.</summary>
    [Port]
    public IActivity? Body { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.ScheduleActivityAsync(Body, OnBodyCompletedAsync);

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext context) => context.CompleteActivityAsync();
}

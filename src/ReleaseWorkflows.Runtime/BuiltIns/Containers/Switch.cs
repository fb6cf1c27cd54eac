using System.Runtime.CompilerServices;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Workflows.Activities;

/// <summary>Whether the first true condition decides, or every true one counts.</summary>
public enum SwitchMode
{
    /// <summary>The first one decides.</summary>
    MatchFirst,

    /// <summary>Every one counts.</summary>
    MatchAny,
}

/// <summary>A case of a <see cref="Switch"/>.</summary>
public class SwitchCase
{
    /// <summary>Creates an empty case, to be filled by a reader.</summary>
    public SwitchCase()
    {
    }

    /// <summary>Creates a case.</summary>
    public SwitchCase(string label, Expression condition, IActivity activity)
    {
        Label = label;
        Condition = condition;
        Activity = activity;
    }

    /// <summary>Name shown to people.</summary>
    public string Label { get; set; } = null!;

    /// <summary>The condition.</summary>
    public Expression? Condition { get; set; }

    /// <summary>Runs if the condition is true.</summary>
    public IActivity? Activity { get; set; }
}

/// <summary>Runs the activities whose conditions are true; the default one if none is.</summary>
[Activity("Elsa", "Branching", "Evaluate a set of case conditions and schedule the activity for a matching case.", DisplayName = "Switch")]
public class Switch : Activity
{
    private const string Pending = "PendingCases";

    /// <summary>Creates the activity.</summary>
    public Switch([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>The cases, in the order in which they are tried.</summary>
    [Input(UIHint = "switch-editor")]
    public ICollection<SwitchCase> Cases { get; set; } = [];

    /// <summary>Whether the first true condition decides, or every true one counts. Default: the first.</summary>
    [Input(Description = "The switch mode determines whether the first match should be scheduled, or all matches.")]
    public Input<SwitchMode> Mode { get; set; } = new(SwitchMode.MatchFirst);

    /// <summary>Runs if no condition is true.</summary>
    [Port]
    public IActivity? Default { get; set; }

    /// <summary>The label of the case that was taken.</summary>
    [Output]
    public Output<object>? Output { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var mode = context.Get(Mode);
        var matches = new List<SwitchCase>();
        foreach (var @case in Cases)
        {
            if (!await SwitchConditions.IsTrueAsync(@case.Condition, context))
                continue;

            matches.Add(@case);
            if (mode == SwitchMode.MatchFirst)
                break;
        }

        if (matches.Count > 0)
            context.Set(Output, (object)matches[0].Label);

        var activities = matches.Count == 0 ? [Default] : matches.Select(static match => match.Activity).ToList();
        activities.RemoveAll(static activity => activity is null);
        if (activities.Count == 0)
        {
            await context.CompleteActivityAsync();
            return;
        }

        context.SetProperty(Pending, activities.Count);
        await context.ScheduleActivities(activities, OnChildCompletedAsync);
    }

    private async ValueTask OnChildCompletedAsync(ActivityCompletedContext context)
    {
        if (context.TargetContext.UpdateProperty<int>(Pending, static pending => pending - 1) == 0)
            await context.CompleteActivityAsync();
    }
}

/// <summary>Evaluates the conditions of cases.</summary>
internal static class SwitchConditions
{
    public static async ValueTask<bool> IsTrueAsync(Expression? condition, ActivityExecutionContext context) =>
        condition is not null
        && await context.GetRequiredService<IExpressionEvaluator>().EvaluateAsync<bool>(condition, context.ExpressionExecutionContext);
}

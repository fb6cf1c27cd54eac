using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Scheduling.Bookmarks;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.BuiltIns.Timing;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Definitions.Validation;

namespace Elsa.Scheduling.Activities;

/// <summary>Starts a workflow whenever a cron expression says so, or waits for the next time. Six fields, seconds first; times are UTC.</summary>
[Activity("Elsa", "Scheduling", "Trigger workflow execution at a specific interval using a CRON expression.", Kind = ActivityKind.Trigger)]
public class Cron : Trigger, ICheckedActivity
{
    /// <summary>Creates the activity.</summary>
    public Cron([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with an expression.</summary>
    [OverloadResolutionPriority(1)]
    public Cron(string cronExpression, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(cronExpression), source, line)
    {
    }

    /// <summary>Creates the activity with an expression that code computes.</summary>
    public Cron(Func<string> cronExpression, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(cronExpression), source, line)
    {
    }

    /// <summary>Creates the activity with an expression that code computes.</summary>
    public Cron(
        Func<ExpressionExecutionContext, string?> cronExpression, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(context => cronExpression(context)!), source, line)
    {
    }

    /// <summary>Creates the activity with an expression from a variable.</summary>
    public Cron(Variable<string> cronExpression, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(cronExpression), source, line)
    {
    }

    /// <summary>Creates the activity with an expression.</summary>
    public Cron(Literal<string> cronExpression, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(cronExpression), source, line)
    {
    }

    /// <summary>Creates the activity with an expression.</summary>
    public Cron(Input<string> cronExpression, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => CronExpression = cronExpression;

    /// <summary>Starts whenever an expression says so.</summary>
    public static Cron FromCronExpression(string value) => new(value);

    /// <summary>The expression: second, minute, hour, day of month, month, day of week.</summary>
    [Required]
    [Input(Description = "The CRON expression at which the timer should execute.")]
    public Input<string> CronExpression { get; set; } = null!;

    IEnumerable<DefinitionFinding> ICheckedActivity.Check(ActivityNode node)
    {
        if (CronExpression?.Expression is { Type: "Literal", Value: string { Length: > 0 } text } && !CronSchedule.TryParse(text, out _, out var error))
            yield return DefinitionReader.Error(node.ActivityId, error);
    }

    /// <inheritdoc />
    protected override object GetTriggerPayload(TriggerIndexingContext context)
    {
        var expression = context.Get(CronExpression) ?? "";
        var now = context.ExpressionExecutionContext.GetRequiredService<TimeProvider>().GetUtcNow();
        return new CronTriggerPayload(expression) { FirstAt = NextAfter(expression, now) };
    }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
        {
            await context.CompleteActivityAsync();
            return;
        }

        var expression = CronExpression.Get(context);
        var next = NextAfter(expression, context.WorkflowExecutionContext.SystemClock.UtcNow);
        context.CreateBookmark(new CronBookmarkPayload(next, expression), includeActivityInstanceId: true);
    }

    private static DateTimeOffset NextAfter(string expression, DateTimeOffset now) => CronSchedule.Parse(expression).NextAfter(now)
        ?? throw new InvalidOperationException($"The cron expression '{expression}' names a time that never comes.");
}

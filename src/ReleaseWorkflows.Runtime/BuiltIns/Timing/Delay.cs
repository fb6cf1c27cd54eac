using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Scheduling.Bookmarks;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;

namespace Elsa.Scheduling.Activities;

/// <summary>Waits for a while.</summary>
[Activity("Elsa", "Scheduling", "Delay execution for the specified amount of time.")]
public class Delay : Activity
{
    /// <summary>Creates the activity.</summary>
    public Delay([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with a duration.</summary>
    public Delay(TimeSpan timeSpan, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<TimeSpan>(timeSpan), source, line)
    {
    }

    /// <summary>Creates the activity with a duration that code computes.</summary>
    public Delay(Func<TimeSpan> timeSpan, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<TimeSpan>(timeSpan), source, line)
    {
    }

    /// <summary>Creates the activity with a duration that code computes.</summary>
    public Delay(
        Func<ExpressionExecutionContext, TimeSpan> timeSpan, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<TimeSpan>(timeSpan), source, line)
    {
    }

    /// <summary>Creates the activity with a duration from a variable.</summary>
    public Delay(Variable<TimeSpan> timeSpan, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<TimeSpan>(timeSpan), source, line)
    {
    }

    /// <summary>Creates the activity with a duration.</summary>
    public Delay(Literal<TimeSpan> timeSpan, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<TimeSpan>(timeSpan), source, line)
    {
    }

    /// <summary>Creates the activity with a duration.</summary>
    public Delay(Input<TimeSpan> timeSpan, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => TimeSpan = timeSpan;

    /// <summary>Waits for some milliseconds.</summary>
    public static Delay FromMilliseconds(double value) => new(System.TimeSpan.FromMilliseconds(value));

    /// <summary>Waits for some seconds.</summary>
    public static Delay FromSeconds(double value) => new(System.TimeSpan.FromSeconds(value));

    /// <summary>Waits for some minutes.</summary>
    public static Delay FromMinutes(double value) => new(System.TimeSpan.FromMinutes(value));

    /// <summary>Waits for some hours.</summary>
    public static Delay FromHours(double value) => new(System.TimeSpan.FromHours(value));

    /// <summary>Waits for some days.</summary>
    public static Delay FromDays(double value) => new(System.TimeSpan.FromDays(value));

    /// <summary>How long. Default: no time; the workflow is still suspended once.</summary>
    [Input(Description = "The amount of time to delay execution.", DefaultValue = "00:01:00")]
    public Input<TimeSpan> TimeSpan { get; set; } = null!;

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context) => context.DelayFor(context.Get(TimeSpan));
}

/// <summary>Starts a workflow at a point in time, or waits for it.</summary>
[Activity("Elsa", "Scheduling", "Trigger execution at a specific time in the future.", DisplayName = "Start at", Kind = ActivityKind.Trigger)]
public class StartAt : Trigger
{
    /// <summary>Creates the activity.</summary>
    public StartAt([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with a point in time.</summary>
    public StartAt(DateTimeOffset dateTime, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<DateTimeOffset>(dateTime), source, line)
    {
    }

    /// <summary>Creates the activity with a point in time that code computes.</summary>
    public StartAt(Func<DateTimeOffset> dateTime, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<DateTimeOffset>(dateTime), source, line)
    {
    }

    /// <summary>Creates the activity with a point in time that code computes.</summary>
    public StartAt(
        Func<ExpressionExecutionContext, DateTimeOffset> dateTime, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<DateTimeOffset>(dateTime), source, line)
    {
    }

    /// <summary>Creates the activity with a point in time from a variable.</summary>
    public StartAt(Variable<DateTimeOffset> dateTime, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<DateTimeOffset>(dateTime), source, line)
    {
    }

    /// <summary>Creates the activity with a point in time.</summary>
    public StartAt(Literal<DateTimeOffset> dateTime, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<DateTimeOffset>(dateTime), source, line)
    {
    }

    /// <summary>Creates the activity with a point in time.</summary>
    public StartAt(Input<DateTimeOffset> dateTime, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => DateTime = dateTime;

    /// <summary>When.</summary>
    [Required]
    [Input(Description = "The date and time at which to start.", UIHint = InputUIHints.SingleLine)]
    public Input<DateTimeOffset> DateTime { get; set; } = null!;

    /// <inheritdoc />
    protected override object GetTriggerPayload(TriggerIndexingContext context) => new StartAtPayload(context.Get(DateTime));

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var executeAt = context.Get(DateTime);
        if (context.IsTriggerOfWorkflow() || executeAt <= context.WorkflowExecutionContext.SystemClock.UtcNow)
            await context.CompleteActivityAsync();
        else
            context.CreateBookmark(new StartAtPayload(executeAt), includeActivityInstanceId: true);
    }
}

/// <summary>Starts a workflow again and again, or waits for an interval.</summary>
[Activity("Elsa", "Scheduling", "Trigger workflow execution at a specific interval.", Kind = ActivityKind.Trigger)]
public class Timer : Trigger
{
    /// <summary>Creates the activity.</summary>
    public Timer([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with an interval.</summary>
    public Timer(TimeSpan interval, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<TimeSpan>(interval), source, line)
    {
    }

    /// <summary>Creates the activity with an interval that code computes.</summary>
    public Timer(Func<TimeSpan> interval, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<TimeSpan>(interval), source, line)
    {
    }

    /// <summary>Creates the activity with an interval that code computes.</summary>
    public Timer(
        Func<ExpressionExecutionContext, TimeSpan> interval, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<TimeSpan>(interval), source, line)
    {
    }

    /// <summary>Creates the activity with an interval from a variable.</summary>
    public Timer(Variable<TimeSpan> interval, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<TimeSpan>(interval), source, line)
    {
    }

    /// <summary>Creates the activity with an interval.</summary>
    public Timer(Literal<TimeSpan> interval, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<TimeSpan>(interval), source, line)
    {
    }

    /// <summary>Creates the activity with an interval.</summary>
    public Timer(Input<TimeSpan> interval, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => Interval = interval;

    /// <summary>Starts again and again.</summary>
    public static Timer FromTimeSpan(TimeSpan value) => new(value);

    /// <summary>Starts again and again, after some seconds each time.</summary>
    public static Timer FromSeconds(double value) => new(TimeSpan.FromSeconds(value));

    /// <summary>Time between two starts. Default: a minute.</summary>
    [Input(Description = "The interval at which the timer should execute.", DefaultValue = "00:01:00")]
    public Input<TimeSpan> Interval { get; set; } = new(TimeSpan.FromMinutes(1));

    /// <inheritdoc />
    protected override object GetTriggerPayload(TriggerIndexingContext context)
    {
        var interval = context.Get(Interval);
        if (interval <= TimeSpan.Zero)
            throw new InvalidOperationException("The interval of a timer has to be longer than no time.");

        return new TimerTriggerPayload(context.ExpressionExecutionContext.GetRequiredService<TimeProvider>().GetUtcNow() + interval, interval);
    }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
            await context.CompleteActivityAsync();
        else
            context.DelayFor(context.Get(Interval));
    }
}

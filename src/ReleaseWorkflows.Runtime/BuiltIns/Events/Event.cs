using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Stimuli;

namespace Elsa.Workflows.Runtime.Activities;

/// <summary>Starts a workflow on an event, or waits for one.</summary>
[Activity("Elsa", "Primitives", "Wait for an event to be published.", Kind = ActivityKind.Trigger)]
[Output(Description = "What the event brought along.")]
public class Event : Trigger<object?>
{
    /// <summary>Name of the input that carries what an event brings along.</summary>
    public const string PayloadInput = "__EventPayloadWorkflowInput";

    /// <summary>Creates the activity.</summary>
    public Event([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event.</summary>
    [OverloadResolutionPriority(1)]
    public Event(string eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(eventName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event that code computes.</summary>
    public Event(Func<string> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(eventName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event that code computes.</summary>
    public Event(
        Func<ExpressionExecutionContext, string?> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(context => eventName(context)!), source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event from a variable.</summary>
    public Event(Variable<string> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(eventName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event.</summary>
    public Event(Literal<string> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(eventName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event.</summary>
    public Event(Input<string> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => EventName = eventName;

    /// <summary>Name of the event.</summary>
    [Required]
    [Input(Description = "The name of the event to listen for.")]
    public Input<string> EventName { get; set; } = null!;

    /// <inheritdoc />
    protected override object GetTriggerPayload(TriggerIndexingContext context) => new EventStimulus(context.Get(EventName) ?? "");

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
            await OnEventAsync(context);
        else
            context.WaitForEvent(EventName.Get(context), OnEventAsync);
    }

    private async ValueTask OnEventAsync(ActivityExecutionContext context)
    {
        context.SetResult(context.GetWorkflowInput<object?>(PayloadInput));
        await context.CompleteActivityAsync();
    }
}

/// <summary>Publishes an event; workflows that wait for it go on before this one does.</summary>
[Activity("Elsa", "Primitives", "Publishes an event.", DisplayName = "Publish Event")]
public class PublishEvent : CodeActivity
{
    /// <summary>Creates the activity.</summary>
    public PublishEvent([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event.</summary>
    [OverloadResolutionPriority(1)]
    public PublishEvent(string eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(eventName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event that code computes.</summary>
    public PublishEvent(Func<string> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(eventName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event that code computes.</summary>
    public PublishEvent(
        Func<ExpressionExecutionContext, string?> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(context => eventName(context)!), source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event from a variable.</summary>
    public PublishEvent(Variable<string> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(eventName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event.</summary>
    public PublishEvent(Literal<string> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(eventName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of an event.</summary>
    public PublishEvent(Input<string> eventName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => EventName = eventName;

    /// <summary>Name of the event.</summary>
    [Required]
    [Input(Description = "The name of the event to publish.")]
    public Input<string> EventName { get; set; } = null!;

    /// <summary>Given: only instances with this correlation id.</summary>
    [Input(Description = "The correlation ID to scope the event to.")]
    public Input<string?> CorrelationId { get; set; } = null!;

    /// <summary>True if only this instance hears it. Default: false.</summary>
    [Input(DisplayName = "Local event", Description = "Whether the event is local to the workflow.")]
    public Input<bool> IsLocalEvent { get; set; } = new(false);

    /// <summary>What the event brings along.</summary>
    [Input(Description = "The payload of the event.")]
    public Input<object?> Payload { get; set; } = null!;

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        await context.GetRequiredService<IEventPublisher>().PublishAsync(
            EventName.Get(context),
            CorrelationId.GetOrDefault(context),
            context.Get(IsLocalEvent) ? context.WorkflowExecutionContext.Id : null,
            null,
            Payload.GetOrDefault(context),
            cancellationToken: context.CancellationToken);
}

using Elsa.Workflows.Attributes;

namespace Elsa.Workflows;

/// <summary>Base class of activities that can start a workflow, or be waited for in the middle of one.</summary>
[Activity(Kind = ActivityKind.Trigger)]
public abstract class Trigger : Activity, ITrigger
{
    /// <summary>Creates a trigger; its type name comes from <c>[Activity]</c>.</summary>
    protected Trigger(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates a trigger with a type name of its own.</summary>
    protected Trigger(string activityType, int version = 1, string? source = null, int? line = null)
        : base(activityType, version, source, line)
    {
    }

    ValueTask<IEnumerable<object>> ITrigger.GetTriggerPayloadsAsync(TriggerIndexingContext context) => GetTriggerPayloadsAsync(context);

    /// <summary>The stimuli that start the workflow. Calls <see cref="GetTriggerPayloads"/>.</summary>
    protected virtual ValueTask<IEnumerable<object>> GetTriggerPayloadsAsync(TriggerIndexingContext context) =>
        ValueTask.FromResult(GetTriggerPayloads(context));

    /// <summary>The stimuli that start the workflow. Calls <see cref="GetTriggerPayload"/>.</summary>
    protected virtual IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) => [GetTriggerPayload(context)];

    /// <summary>The stimulus that starts the workflow.</summary>
    protected virtual object GetTriggerPayload(TriggerIndexingContext context) => new();
}

/// <summary>A trigger with a main output.</summary>
/// <typeparam name="TResult">Type of the output.</typeparam>
[Activity(Kind = ActivityKind.Trigger)]
public abstract class Trigger<TResult> : Activity<TResult>, ITrigger
{
    /// <summary>Creates a trigger; its type name comes from <c>[Activity]</c>.</summary>
    protected Trigger(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates a trigger with a type name of its own.</summary>
    protected Trigger(string activityType, int version = 1, string? source = null, int? line = null)
        : base(activityType, version, source, line)
    {
    }

    ValueTask<IEnumerable<object>> ITrigger.GetTriggerPayloadsAsync(TriggerIndexingContext context) => GetTriggerPayloadsAsync(context);

    /// <summary>The stimuli that start the workflow. Calls <see cref="GetTriggerPayloads"/>.</summary>
    protected virtual ValueTask<IEnumerable<object>> GetTriggerPayloadsAsync(TriggerIndexingContext context) =>
        ValueTask.FromResult(GetTriggerPayloads(context));

    /// <summary>The stimuli that start the workflow. Calls <see cref="GetTriggerPayload"/>.</summary>
    protected virtual IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) => [GetTriggerPayload(context)];

    /// <summary>The stimulus that starts the workflow.</summary>
    protected virtual object GetTriggerPayload(TriggerIndexingContext context) => new();
}

/// <summary>A trigger fired by an event.</summary>
public abstract class EventGenerator : Trigger, IEventGenerator
{
    /// <summary>Creates a trigger; its type name comes from <c>[Activity]</c>.</summary>
    protected EventGenerator(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates a trigger with a type name of its own.</summary>
    protected EventGenerator(string triggerType, int version = 1, string? source = null, int? line = null)
        : base(triggerType, version, source, line)
    {
    }
}

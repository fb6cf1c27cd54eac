using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Activities;
using Elsa.Workflows.Runtime.Results;
using Elsa.Workflows.Runtime.Stimuli;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>Elsa's way of sending stimuli, over <see cref="IWorkflowEngine"/>.</summary>
internal sealed class StimulusSender(IWorkflowEngine engine) : IStimulusSender
{
    public Task<SendStimulusResult> SendAsync(
        string activityTypeName, object stimulus, StimulusMetadata? metadata = null, CancellationToken cancellationToken = default) =>
        SendAsync(new Stimulus { Name = activityTypeName, Payload = stimulus }, metadata, cancellationToken);

    public Task<SendStimulusResult> SendAsync(
        string stimulusHash, StimulusMetadata? metadata = null, CancellationToken cancellationToken = default) =>
        SendAsync(new Stimulus { Name = "", Hash = stimulusHash }, metadata, cancellationToken);

    private async Task<SendStimulusResult> SendAsync(Stimulus stimulus, StimulusMetadata? metadata, CancellationToken cancellationToken)
    {
        var outcome = await engine.SignalAsync(
            stimulus with
            {
                CorrelationId = metadata?.CorrelationId,
                InstanceId = metadata?.WorkflowInstanceId,
                BookmarkId = metadata?.BookmarkId,
                ActivityInstanceId = metadata?.ActivityInstanceId,
                ParentInstanceId = metadata?.ParentWorkflowInstanceId,
                Input = metadata?.Input.ToInput(),
            },
            cancellationToken);

        return new SendStimulusResult([.. outcome.Started.Concat(outcome.Resumed).Select(static run => run.ToResponse())]);
    }
}

/// <summary>Elsa's way of publishing events, over <see cref="IStimulusSender"/>.</summary>
internal sealed class EventPublisher(IStimulusSender sender) : IEventPublisher
{
    private const string EventActivity = "Elsa.Event";

    public async Task PublishAsync(
        string eventName,
        string? correlationId = null,
        string? workflowInstanceId = null,
        string? activityInstanceId = null,
        object? payload = null,
        bool asynchronous = false,
        CancellationToken cancellationToken = default) =>
        await sender.SendAsync(
            EventActivity,
            new EventStimulus(eventName),
            new StimulusMetadata
            {
                CorrelationId = correlationId,
                WorkflowInstanceId = workflowInstanceId,
                ActivityInstanceId = activityInstanceId,
                Input = payload is null ? null : new Dictionary<string, object> { [Event.PayloadInput] = payload },
            },
            cancellationToken);
}

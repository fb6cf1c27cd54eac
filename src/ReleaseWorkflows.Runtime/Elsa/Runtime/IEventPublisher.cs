using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Messages;

namespace Elsa.Workflows.Runtime
{
    /// <summary>Publishes events that <c>Event</c> activities wait for or start on.</summary>
    public interface IEventPublisher
    {
        /// <summary>Publishes an event; what it moves is committed with the current unit of work.</summary>
        /// <param name="eventName">Name of the event.</param>
        /// <param name="correlationId">Given: only instances with this correlation id.</param>
        /// <param name="workflowInstanceId">Given: only this instance, and no new one starts.</param>
        /// <param name="activityInstanceId">Given: only this execution of an activity.</param>
        /// <param name="payload">Becomes the result of the activity.</param>
        /// <param name="asynchronous">Ignored: the event takes effect in the current unit of work.</param>
        /// <param name="cancellationToken">Ends the work.</param>
        Task PublishAsync(
            string eventName,
            string? correlationId = null,
            string? workflowInstanceId = null,
            string? activityInstanceId = null,
            object? payload = null,
            bool asynchronous = false,
            CancellationToken cancellationToken = default);
    }

    /// <summary>Sends stimuli: what triggers start on and bookmarks wait for.</summary>
    public interface IStimulusSender
    {
        /// <summary>Sends a stimulus to triggers and bookmarks of an activity type.</summary>
        Task<Results.SendStimulusResult> SendAsync(
            string activityTypeName, object stimulus, StimulusMetadata? metadata = null, CancellationToken cancellationToken = default);

        /// <summary>Sends a stimulus by its hash.</summary>
        Task<Results.SendStimulusResult> SendAsync(
            string stimulusHash, StimulusMetadata? metadata = null, CancellationToken cancellationToken = default);
    }

    /// <summary>Narrows what a stimulus moves, and what it brings along.</summary>
    public class StimulusMetadata
    {
        /// <summary>Given: only this instance, and no new one starts.</summary>
        public string? WorkflowInstanceId { get; set; }

        /// <summary>Given: only instances with this correlation id; a new one gets it.</summary>
        public string? CorrelationId { get; set; }

        /// <summary>Given: only this execution of an activity, and no new instance starts.</summary>
        public string? ActivityInstanceId { get; set; }

        /// <summary>Given: only this bookmark, and no new instance starts.</summary>
        public string? BookmarkId { get; set; }

        /// <summary>Parent of an instance that starts.</summary>
        public string? ParentWorkflowInstanceId { get; set; }

        /// <summary>Inputs of the burst.</summary>
        public IDictionary<string, object>? Input { get; set; }

        /// <summary>Properties set on the instance.</summary>
        public IDictionary<string, object>? Properties { get; set; }
    }
}

namespace Elsa.Workflows.Runtime.Stimuli
{
    /// <summary>An event, by name.</summary>
    /// <param name="EventName">The name.</param>
    public record EventStimulus(string EventName);
}

namespace Elsa.Workflows.Runtime.Messages
{
    /// <summary>What became of an instance in a burst.</summary>
    public record RunWorkflowInstanceResponse
    {
        /// <summary>Id of the instance.</summary>
        public string WorkflowInstanceId { get; set; } = null!;

        /// <summary>Running or finished.</summary>
        public WorkflowStatus Status { get; set; }

        /// <summary>Where it stands, in detail.</summary>
        public WorkflowSubStatus SubStatus { get; set; }

        /// <summary>What it waits for.</summary>
        public ICollection<Bookmark> Bookmarks { get; set; } = [];

        /// <summary>What went wrong so far.</summary>
        public ICollection<ActivityIncident> Incidents { get; set; } = [];

        /// <summary>Outputs of the workflow.</summary>
        public IDictionary<string, object>? Output { get; set; }
    }
}

namespace Elsa.Workflows.Runtime.Results
{
    /// <summary>What a stimulus moved.</summary>
    /// <param name="WorkflowInstanceResponses">The instances that started or went on.</param>
    public record SendStimulusResult(ICollection<RunWorkflowInstanceResponse> WorkflowInstanceResponses);
}

using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Filters;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.Runtime.Options;
using Elsa.Workflows.Runtime.Requests;
using Elsa.Workflows.Runtime.Responses;

namespace Elsa.Workflows.Runtime
{
    /// <summary>Makes instances that wait go on, in the current unit of work.</summary>
    public interface IWorkflowResumer
    {
        /// <summary>Resumes what waits for a stimulus of this kind of activity.</summary>
        Task<IEnumerable<RunWorkflowInstanceResponse>> ResumeAsync<TActivity>(
            object stimulus, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default)
            where TActivity : IActivity;

        /// <summary>Resumes what of an instance waits for a stimulus of this kind of activity.</summary>
        Task<IEnumerable<RunWorkflowInstanceResponse>> ResumeAsync<TActivity>(
            object stimulus, string workflowInstanceId, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default)
            where TActivity : IActivity;

        /// <summary>Resumes at a bookmark of this kind of activity; null if there is none.</summary>
        Task<RunWorkflowInstanceResponse?> ResumeAsync<TActivity>(
            string bookmarkId, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default)
            where TActivity : IActivity;

        /// <summary>Resumes at a bookmark; null if it is not there (any more).</summary>
        Task<RunWorkflowInstanceResponse?> ResumeAsync(
            string bookmarkId, IDictionary<string, object> input, CancellationToken cancellationToken = default);

        /// <summary>Resumes an instance at a bookmark, or where an activity of it waits.</summary>
        Task<IEnumerable<RunWorkflowInstanceResponse>> ResumeAsync(ResumeBookmarkRequest request, CancellationToken cancellationToken = default);

        /// <summary>Resumes at every bookmark that fits.</summary>
        /// <exception cref="ArgumentException">The filter names neither bookmarks, nor instances, nor hashes.</exception>
        Task<IEnumerable<RunWorkflowInstanceResponse>> ResumeAsync(
            BookmarkFilter filter, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default);
    }

    /// <summary>The older form of <see cref="IWorkflowResumer"/>: it tells of one instance.</summary>
    public interface IBookmarkResumer
    {
        /// <summary>Resumes what waits for a stimulus of this kind of activity.</summary>
        Task<ResumeBookmarkResult> ResumeAsync<TActivity>(
            object stimulus, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default)
            where TActivity : IActivity;

        /// <summary>Resumes what of an instance waits for a stimulus of this kind of activity.</summary>
        Task<ResumeBookmarkResult> ResumeAsync<TActivity>(
            object stimulus, string workflowInstanceId, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default)
            where TActivity : IActivity;

        /// <summary>Resumes at a bookmark of this kind of activity.</summary>
        Task<ResumeBookmarkResult> ResumeAsync<TActivity>(
            string bookmarkId, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default)
            where TActivity : IActivity;

        /// <summary>Resumes at a bookmark.</summary>
        Task<ResumeBookmarkResult> ResumeAsync(string bookmarkId, IDictionary<string, object> input, CancellationToken cancellationToken = default);

        /// <summary>Resumes an instance at a bookmark, or where an activity of it waits.</summary>
        Task<ResumeBookmarkResult> ResumeAsync(ResumeBookmarkRequest request, CancellationToken cancellationToken = default);

        /// <summary>Resumes at every bookmark that fits.</summary>
        Task<ResumeBookmarkResult> ResumeAsync(
            BookmarkFilter filter, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default);
    }

    /// <summary>What an attempt to resume came to.</summary>
    /// <param name="Matched">True if something waited.</param>
    /// <param name="Response">The first instance that went on.</param>
    public record ResumeBookmarkResult(bool Matched, RunWorkflowInstanceResponse? Response)
    {
        /// <summary>Nothing waited.</summary>
        public static ResumeBookmarkResult NotFound() => new(false, null);

        /// <summary>An instance went on.</summary>
        public static ResumeBookmarkResult Found(RunWorkflowInstanceResponse response) => new(true, response);
    }

    /// <summary>A request to resume an instance.</summary>
    public class ResumeBookmarkRequest
    {
        /// <summary>The instance.</summary>
        public string WorkflowInstanceId { get; set; } = null!;

        /// <summary>The bookmark.</summary>
        public string? BookmarkId { get; set; }

        /// <summary>An activity of it that waits.</summary>
        public ActivityHandle? ActivityHandle { get; set; }

        /// <summary>An execution of an activity that waits.</summary>
        public string? ActivityInstanceId { get; set; }

        /// <summary>Read and not used: properties are set by activities.</summary>
        public IDictionary<string, object>? Properties { get; set; }

        /// <summary>Inputs of the burst.</summary>
        public IDictionary<string, object>? Input { get; set; }
    }

    /// <summary>Passes stimuli on to what waits.</summary>
    /// <remarks>What nobody waits for now is not kept: an event moves what waits at that time.</remarks>
    public interface IBookmarkQueue
    {
        /// <summary>Resumes what the item names.</summary>
        Task EnqueueAsync(NewBookmarkQueueItem item, CancellationToken cancellationToken = default);
    }

    /// <summary>What is to be resumed.</summary>
    public class NewBookmarkQueueItem
    {
        /// <summary>Given: only this instance.</summary>
        public string? WorkflowInstanceId { get; set; }

        /// <summary>The bookmark.</summary>
        public string? BookmarkId { get; set; }

        /// <summary>Hash of the stimulus.</summary>
        public string? StimulusHash { get; set; }

        /// <summary>Given: only this execution of an activity.</summary>
        public string? ActivityInstanceId { get; set; }

        /// <summary>Given: only instances with this correlation id.</summary>
        public string? CorrelationId { get; set; }

        /// <summary>Kind of activity that waits.</summary>
        public string? ActivityTypeName { get; set; }

        /// <summary>What it brings along.</summary>
        public ResumeBookmarkOptions? Options { get; set; }
    }

    /// <summary>Starts and resumes workflows, in the current unit of work.</summary>
    /// <remarks>Elsa works such requests off in the background, in memory. Here they commit with whoever sends them, and a crash loses none.</remarks>
    public interface IWorkflowDispatcher
    {
        /// <summary>Starts an instance of a version.</summary>
        Task<DispatchWorkflowResponse> DispatchAsync(
            DispatchWorkflowDefinitionRequest request, DispatchWorkflowOptions? options = null, CancellationToken cancellationToken = default);

        /// <summary>Resumes an instance at a bookmark.</summary>
        Task<DispatchWorkflowResponse> DispatchAsync(
            DispatchWorkflowInstanceRequest request, DispatchWorkflowOptions? options = null, CancellationToken cancellationToken = default);

        /// <summary>Starts and resumes what a stimulus moves.</summary>
        Task<DispatchWorkflowResponse> DispatchAsync(
            DispatchTriggerWorkflowsRequest request, DispatchWorkflowOptions? options = null, CancellationToken cancellationToken = default);

        /// <summary>Resumes what waits for a stimulus.</summary>
        Task<DispatchWorkflowResponse> DispatchAsync(
            DispatchResumeWorkflowsRequest request, DispatchWorkflowOptions? options = null, CancellationToken cancellationToken = default);
    }
}

namespace Elsa.Workflows.Runtime.Options
{
    /// <summary>What a resumption brings along.</summary>
    public class ResumeBookmarkOptions
    {
        /// <summary>Inputs of the burst.</summary>
        public IDictionary<string, object>? Input { get; set; }

        /// <summary>Read and not used: properties are set by activities.</summary>
        public IDictionary<string, object>? Properties { get; set; }
    }

    /// <summary>How a request is passed on.</summary>
    public class DispatchWorkflowOptions
    {
        /// <summary>Name of a channel; there is one, so it is only carried along.</summary>
        public string? Channel { get; set; }
    }
}

namespace Elsa.Workflows.Runtime.Filters
{
    /// <summary>Says which bookmarks are meant. What is not given does not narrow.</summary>
    public class BookmarkFilter
    {
        /// <summary>This bookmark.</summary>
        public string? BookmarkId { get; set; }

        /// <summary>These bookmarks.</summary>
        public ICollection<string>? BookmarkIds { get; set; }

        /// <summary>Of this instance.</summary>
        public string? WorkflowInstanceId { get; set; }

        /// <summary>Of these instances.</summary>
        public ICollection<string>? WorkflowInstanceIds { get; set; }

        /// <summary>With this hash.</summary>
        public string? Hash { get; set; }

        /// <summary>With these hashes.</summary>
        public ICollection<string>? Hashes { get; set; }

        /// <summary>Of instances with this correlation id.</summary>
        public string? CorrelationId { get; set; }

        /// <summary>Of this kind.</summary>
        public string? Name { get; set; }

        /// <summary>Of these kinds.</summary>
        public ICollection<string>? Names { get; set; }

        /// <summary>Of this execution of an activity.</summary>
        public string? ActivityInstanceId { get; set; }

        /// <summary>One tenant is served; only carried along.</summary>
        public bool TenantAgnostic { get; set; }

        /// <summary>Bookmarks of kinds of activities.</summary>
        public static BookmarkFilter ByActivityTypeNames(IEnumerable<string> activityTypeNames) => new() { Names = [.. activityTypeNames] };
    }
}

namespace Elsa.Workflows.Runtime.Requests
{
    /// <summary>Asks for an instance of a version.</summary>
    public class DispatchWorkflowDefinitionRequest
    {
        /// <summary>Creates an empty request.</summary>
        public DispatchWorkflowDefinitionRequest()
        {
        }

        /// <summary>Asks for an instance of a version.</summary>
        public DispatchWorkflowDefinitionRequest(string definitionVersionId) => DefinitionVersionId = definitionVersionId;

        /// <summary>The version.</summary>
        public string DefinitionVersionId { get; set; } = null!;

        /// <summary>Instance that starts the new one.</summary>
        public string? ParentWorkflowInstanceId { get; set; }

        /// <summary>Inputs.</summary>
        public IDictionary<string, object>? Input { get; set; }

        /// <summary>Properties set on the instance.</summary>
        public IDictionary<string, object>? Properties { get; set; }

        /// <summary>Free key that groups instances.</summary>
        public string? CorrelationId { get; set; }

        /// <summary>Id of the new instance.</summary>
        public string? InstanceId { get; set; }

        /// <summary>Trigger to begin with.</summary>
        public string? TriggerActivityId { get; set; }
    }

    /// <summary>Asks for an instance to go on.</summary>
    public class DispatchWorkflowInstanceRequest
    {
        /// <summary>Creates an empty request.</summary>
        public DispatchWorkflowInstanceRequest()
        {
        }

        /// <summary>Asks for an instance to go on.</summary>
        public DispatchWorkflowInstanceRequest(string instanceId) => InstanceId = instanceId;

        /// <summary>The instance.</summary>
        public string InstanceId { get; set; } = null!;

        /// <summary>The bookmark.</summary>
        public string? BookmarkId { get; set; }

        /// <summary>An activity of it that waits.</summary>
        public ActivityHandle? ActivityHandle { get; set; }

        /// <summary>Inputs of the burst.</summary>
        public IDictionary<string, object>? Input { get; set; }

        /// <summary>Read and not used: properties are set by activities.</summary>
        public IDictionary<string, object>? Properties { get; set; }

        /// <summary>Read and not used: the instance has its own.</summary>
        public string? CorrelationId { get; set; }
    }

    /// <summary>Asks to start and resume what a stimulus moves.</summary>
    public class DispatchTriggerWorkflowsRequest(string activityTypeName, object bookmarkPayload)
    {
        /// <summary>Kind of activity.</summary>
        public string ActivityTypeName { get; set; } = activityTypeName;

        /// <summary>The stimulus.</summary>
        public object BookmarkPayload { get; set; } = bookmarkPayload;

        /// <summary>Given: only instances with this correlation id; a new one gets it.</summary>
        public string? CorrelationId { get; set; }

        /// <summary>Given: only this instance, and no new one starts.</summary>
        public string? WorkflowInstanceId { get; set; }

        /// <summary>Given: only this execution of an activity, and no new instance starts.</summary>
        public string? ActivityInstanceId { get; set; }

        /// <summary>Inputs.</summary>
        public IDictionary<string, object>? Input { get; set; }

        /// <summary>Read and not used: properties are set by activities.</summary>
        public IDictionary<string, object>? Properties { get; set; }
    }

    /// <summary>Asks to resume what waits for a stimulus.</summary>
    /// <param name="ActivityTypeName">Kind of activity.</param>
    /// <param name="BookmarkPayload">The stimulus.</param>
    /// <param name="CorrelationId">Given: only instances with this correlation id.</param>
    /// <param name="WorkflowInstanceId">Given: only this instance.</param>
    /// <param name="ActivityInstanceId">Given: only this execution of an activity.</param>
    /// <param name="Input">Inputs of the burst.</param>
    public record DispatchResumeWorkflowsRequest(
        string ActivityTypeName,
        object BookmarkPayload,
        string? CorrelationId = null,
        string? WorkflowInstanceId = null,
        string? ActivityInstanceId = null,
        IDictionary<string, object>? Input = null);
}

namespace Elsa.Workflows.Runtime.Responses
{
    /// <summary>What became of a request.</summary>
    public record DispatchWorkflowResponse
    {
        /// <summary>Why it was not carried out; null if it was.</summary>
        public string? ErrorMessage { get; set; }

        /// <summary>True if it was carried out.</summary>
        public bool Succeeded => string.IsNullOrWhiteSpace(ErrorMessage);

        /// <summary>It was carried out.</summary>
        public static DispatchWorkflowResponse Success() => new();

        /// <summary>It was not carried out.</summary>
        public static DispatchWorkflowResponse Failure(string errorMessage) => new() { ErrorMessage = errorMessage };
    }
}

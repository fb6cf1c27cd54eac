using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.State;

namespace Elsa.Workflows.Runtime
{
    /// <summary>Gives access to workflow instances that are stored.</summary>
    /// <remarks>
    /// Scoped, like everything in this namespace: it works in the current unit of work, and what it does is stored with it or not at all. Activities
    /// have one; other code gets one from <c>IUnitOfWorkRunner</c>.
    /// </remarks>
    public interface IWorkflowRuntime
    {
        /// <summary>A client for an instance that is to be created.</summary>
        ValueTask<IWorkflowClient> CreateClientAsync(CancellationToken cancellationToken = default);

        /// <summary>A client for an instance; null: for one that is to be created.</summary>
        ValueTask<IWorkflowClient> CreateClientAsync(string? workflowInstanceId, CancellationToken cancellationToken = default);
    }

    /// <summary>One workflow instance.</summary>
    public interface IWorkflowClient
    {
        /// <summary>Id of the instance.</summary>
        string WorkflowInstanceId { get; }

        /// <summary>Says what the instance will be. It begins to exist when it is run by this client.</summary>
        Task<CreateWorkflowInstanceResponse> CreateInstanceAsync(CreateWorkflowInstanceRequest request, CancellationToken cancellationToken = default);

        /// <summary>
        /// Runs the instance: for the first time if it was created by this client, else at a bookmark. An instance that does not wait there (any more)
        /// stays as it is.
        /// </summary>
        /// <exception cref="InvalidOperationException">There is no such instance.</exception>
        Task<RunWorkflowInstanceResponse> RunInstanceAsync(RunWorkflowInstanceRequest request, CancellationToken cancellationToken = default);

        /// <summary>Creates the instance and runs it.</summary>
        Task<RunWorkflowInstanceResponse> CreateAndRunInstanceAsync(
            CreateAndRunWorkflowInstanceRequest request, CancellationToken cancellationToken = default);

        /// <summary>Cancels the instance and those it started. One that has ended stays as it is.</summary>
        Task CancelAsync(CancellationToken cancellationToken = default);

        /// <summary>The state of the instance.</summary>
        /// <exception cref="InvalidOperationException">There is no such instance.</exception>
        Task<WorkflowState> ExportStateAsync(CancellationToken cancellationToken = default);

        /// <summary>Not supported: the rows of an instance agree with each other because only its own bursts write them.</summary>
        /// <exception cref="NotSupportedException">Always.</exception>
        Task ImportStateAsync(WorkflowState workflowState, CancellationToken cancellationToken = default);

        /// <summary>True if the instance is stored.</summary>
        Task<bool> InstanceExistsAsync(CancellationToken cancellationToken = default);

        /// <summary>Removes the instance with its journal; a running one is cancelled before.</summary>
        /// <returns>False if there is no such instance.</returns>
        Task<bool> DeleteAsync(CancellationToken cancellationToken = default);
    }

    /// <summary>Starts workflows, if their activation strategies allow it.</summary>
    public interface IWorkflowStarter
    {
        /// <summary>Starts a workflow and runs it to its first wait.</summary>
        Task<StartWorkflowResponse> StartWorkflowAsync(StartWorkflowRequest request, CancellationToken cancellationToken = default);
    }

    /// <summary>A request to start a workflow.</summary>
    public class StartWorkflowRequest
    {
        /// <summary>What to start. Default version: the published one.</summary>
        public WorkflowDefinitionHandle? WorkflowDefinitionHandle { get; set; }

        /// <summary>Free key that groups instances.</summary>
        public string? CorrelationId { get; set; }

        /// <summary>Name of the instance.</summary>
        public string? Name { get; set; }

        /// <summary>Inputs.</summary>
        public IDictionary<string, object>? Input { get; set; }

        /// <summary>Values of variables of the workflow, by name.</summary>
        public IDictionary<string, object>? Variables { get; set; }

        /// <summary>Properties set on the instance.</summary>
        public IDictionary<string, object>? Properties { get; set; }

        /// <summary>Instance that starts this one.</summary>
        public string? ParentId { get; set; }

        /// <summary>Trigger to begin with.</summary>
        public string? TriggerActivityId { get; set; }

        /// <summary>Activity to begin with.</summary>
        public ActivityHandle? ActivityHandle { get; set; }
    }

    /// <summary>What became of a request to start a workflow.</summary>
    public record StartWorkflowResponse
    {
        /// <summary>True if the activation strategy did not allow it; nothing else is set then.</summary>
        public bool CannotStart { get; set; }

        /// <summary>Id of the instance.</summary>
        public string? WorkflowInstanceId { get; set; }

        /// <summary>Running or finished.</summary>
        public WorkflowStatus? Status { get; set; }

        /// <summary>Where it stands, in detail.</summary>
        public WorkflowSubStatus? SubStatus { get; set; }

        /// <summary>What it waits for.</summary>
        public ICollection<Bookmark> Bookmarks { get; set; } = [];

        /// <summary>What went wrong so far.</summary>
        public ICollection<ActivityIncident> Incidents { get; set; } = [];

        /// <summary>The same, as what became of an instance.</summary>
        /// <exception cref="InvalidOperationException">It was not started.</exception>
        public RunWorkflowInstanceResponse ToRunWorkflowInstanceResponse() => new()
        {
            WorkflowInstanceId = WorkflowInstanceId ?? throw new InvalidOperationException("The workflow was not started."),
            Status = Status.GetValueOrDefault(),
            SubStatus = SubStatus.GetValueOrDefault(),
            Bookmarks = Bookmarks,
            Incidents = Incidents,
        };
    }

    /// <summary>Cancels workflow instances, and those they started.</summary>
    public interface IWorkflowCancellationService
    {
        /// <summary>Cancels an instance.</summary>
        /// <returns>True if it was running.</returns>
        Task<bool> CancelWorkflowAsync(string workflowInstanceId, CancellationToken cancellationToken = default);

        /// <summary>Cancels instances.</summary>
        /// <returns>How many of them were running.</returns>
        Task<int> CancelWorkflowsAsync(IEnumerable<string> workflowInstanceIds, CancellationToken cancellationToken = default);

        /// <summary>Cancels the instances of a version.</summary>
        /// <returns>How many were running.</returns>
        Task<int> CancelWorkflowByDefinitionVersionAsync(string definitionVersionId, CancellationToken cancellationToken = default);

        /// <summary>Cancels the instances of a definition that run on the versions named.</summary>
        /// <returns>How many were running.</returns>
        Task<int> CancelWorkflowByDefinitionAsync(
            string definitionId, Elsa.Common.Models.VersionOptions versionOptions, CancellationToken cancellationToken = default);
    }
}

namespace Elsa.Workflows.Runtime.Messages
{
    /// <summary>A request to create an instance.</summary>
    public class CreateWorkflowInstanceRequest
    {
        /// <summary>What to create an instance of. Default version: the published one.</summary>
        public WorkflowDefinitionHandle WorkflowDefinitionHandle { get; set; } = null!;

        /// <summary>Free key that groups instances.</summary>
        public string? CorrelationId { get; set; }

        /// <summary>Name of the instance.</summary>
        public string? Name { get; set; }

        /// <summary>Inputs.</summary>
        public IDictionary<string, object>? Input { get; set; }

        /// <summary>Properties set on the instance.</summary>
        public IDictionary<string, object>? Properties { get; set; }

        /// <summary>Instance that starts this one.</summary>
        public string? ParentId { get; set; }
    }

    /// <summary>What became of a request to create an instance.</summary>
    public record CreateWorkflowInstanceResponse;

    /// <summary>A request to run an instance.</summary>
    public class RunWorkflowInstanceRequest
    {
        /// <summary>Says nothing.</summary>
        public static RunWorkflowInstanceRequest Empty => new();

        /// <summary>Trigger to begin with.</summary>
        public string? TriggerActivityId { get; set; }

        /// <summary>Bookmark to go on at.</summary>
        public string? BookmarkId { get; set; }

        /// <summary>Activity to begin with, or whose bookmark to go on at.</summary>
        public ActivityHandle? ActivityHandle { get; set; }

        /// <summary>Properties set on the instance. Read at the start only.</summary>
        public IDictionary<string, object>? Properties { get; set; }

        /// <summary>Inputs.</summary>
        public IDictionary<string, object>? Input { get; set; }

        /// <summary>Values of variables of the workflow, by name. Read at the start only.</summary>
        public IDictionary<string, object>? Variables { get; set; }

        /// <summary>True if the response is to have the outputs. It always has.</summary>
        public bool IncludeWorkflowOutput { get; set; }
    }

    /// <summary>A request to create an instance and run it.</summary>
    public class CreateAndRunWorkflowInstanceRequest : CreateWorkflowInstanceRequest
    {
        /// <summary>Values of variables of the workflow, by name.</summary>
        public IDictionary<string, object>? Variables { get; set; }

        /// <summary>Trigger to begin with.</summary>
        public string? TriggerActivityId { get; set; }

        /// <summary>Activity to begin with.</summary>
        public ActivityHandle? ActivityHandle { get; set; }

        /// <summary>True if the response is to have the outputs. It always has.</summary>
        public bool IncludeWorkflowOutput { get; set; }
    }
}

namespace Elsa.Workflows.Models
{
    /// <summary>Names a workflow definition, or one of its versions.</summary>
    public class WorkflowDefinitionHandle
    {
        /// <summary>The definition.</summary>
        public string? DefinitionId { get; set; }

        /// <summary>Which of its versions. Default: the published one.</summary>
        public Elsa.Common.Models.VersionOptions? VersionOptions { get; set; }

        /// <summary>The version.</summary>
        public string? DefinitionVersionId { get; set; }

        /// <summary>Names a definition.</summary>
        public static WorkflowDefinitionHandle ByDefinitionId(string definitionId, Elsa.Common.Models.VersionOptions? versionOptions = null) =>
            new() { DefinitionId = definitionId, VersionOptions = versionOptions };

        /// <summary>Names a version.</summary>
        public static WorkflowDefinitionHandle ByDefinitionVersionId(string definitionVersionId) => new() { DefinitionVersionId = definitionVersionId };
    }
}

namespace Elsa.Common.Models
{
    /// <summary>Names versions of a definition.</summary>
    public readonly struct VersionOptions : IEquatable<VersionOptions>
    {
        /// <summary>The newest version.</summary>
        public static readonly VersionOptions Latest = new() { IsLatest = true };

        /// <summary>The version new instances start on.</summary>
        public static readonly VersionOptions Published = new() { IsPublished = true };

        /// <summary>The version new instances start on, else the newest.</summary>
        public static readonly VersionOptions LatestOrPublished = new() { IsLatestOrPublished = true };

        /// <summary>The newest version, if it is not published.</summary>
        public static readonly VersionOptions Draft = new() { IsDraft = true };

        /// <summary>Every version.</summary>
        public static readonly VersionOptions All = new() { AllVersions = true };

        /// <summary>True for the newest version.</summary>
        public bool IsLatest { get; private init; }

        /// <summary>True for the published version.</summary>
        public bool IsPublished { get; private init; }

        /// <summary>True for the published version, else the newest.</summary>
        public bool IsLatestOrPublished { get; private init; }

        /// <summary>True for the draft.</summary>
        public bool IsDraft { get; private init; }

        /// <summary>True for every version.</summary>
        public bool AllVersions { get; private init; }

        /// <summary>Number of the version; 0: none.</summary>
        public int Version { get; private init; }

        /// <summary>Names a version by its number.</summary>
        public static VersionOptions SpecificVersion(int version) => new() { Version = version };

        /// <inheritdoc />
        public bool Equals(VersionOptions other) => (IsLatest, IsPublished, IsLatestOrPublished, IsDraft, AllVersions, Version)
            == (other.IsLatest, other.IsPublished, other.IsLatestOrPublished, other.IsDraft, other.AllVersions, other.Version);

        /// <inheritdoc />
        public override bool Equals(object? obj) => obj is VersionOptions other && Equals(other);

        /// <inheritdoc />
        public override int GetHashCode() => HashCode.Combine(IsLatest, IsPublished, IsLatestOrPublished, IsDraft, AllVersions, Version);

        /// <summary>True if both name the same versions.</summary>
        public static bool operator ==(VersionOptions left, VersionOptions right) => left.Equals(right);

        /// <summary>True if they do not.</summary>
        public static bool operator !=(VersionOptions left, VersionOptions right) => !left.Equals(right);
    }
}

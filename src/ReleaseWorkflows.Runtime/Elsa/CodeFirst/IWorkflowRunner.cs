using Elsa.Workflows.Activities;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.State;

namespace Elsa.Workflows
{
    /// <summary>
    /// Runs a workflow in memory until it ends or waits: for tests, and for work that nobody needs to find again. Nothing is stored; what it waits for
    /// is in the result, with which it can be run on. <c>IWorkflowRuntime</c> runs instances that are kept.
    /// </summary>
    /// <remarks>A workflow object can be run many times. The object of an activity belongs to the workflow it was run in first.</remarks>
    /// <exception cref="InvalidOperationException">Every method: the workflow has errors; the message names them.</exception>
    public interface IWorkflowRunner
    {
        /// <summary>Runs an activity as a workflow.</summary>
        Task<RunWorkflowResult> RunAsync(IActivity activity, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default);

        /// <summary>Runs a workflow that is written in code.</summary>
        Task<RunWorkflowResult> RunAsync(IWorkflow workflow, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default);

        /// <summary>Runs a workflow that is written in code and has a result.</summary>
        Task<RunWorkflowResult<TResult>> RunAsync<TResult>(
            WorkflowBase<TResult> workflow, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default);

        /// <summary>Runs a workflow that is written in code.</summary>
        Task<RunWorkflowResult> RunAsync<T>(RunWorkflowOptions? options = null, CancellationToken cancellationToken = default)
            where T : IWorkflow, new();

        /// <summary>Runs a workflow that is written in code, and gives its result.</summary>
        Task<TResult> RunAsync<T, TResult>(RunWorkflowOptions? options = null, CancellationToken cancellationToken = default)
            where T : WorkflowBase<TResult>, new();

        /// <summary>Runs a workflow.</summary>
        Task<RunWorkflowResult> RunAsync(Workflow workflow, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default);

        /// <summary>Runs a workflow on from where it waits; the options name the bookmark.</summary>
        Task<RunWorkflowResult> RunAsync(
            Workflow workflow, WorkflowState workflowState, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default);

        /// <summary>Runs a compiled workflow.</summary>
        Task<RunWorkflowResult> RunAsync(WorkflowGraph workflowGraph, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default);

        /// <summary>Runs a compiled workflow on from where it waits; the options name the bookmark.</summary>
        Task<RunWorkflowResult> RunAsync(
            WorkflowGraph workflowGraph, WorkflowState workflowState, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default);
    }
}

namespace Elsa.Workflows.Options
{
    /// <summary>How a workflow is run.</summary>
    public class RunWorkflowOptions
    {
        /// <summary>Id of the instance. Default: a new one.</summary>
        public string? WorkflowInstanceId { get; set; }

        /// <summary>Free key that groups instances.</summary>
        public string? CorrelationId { get; set; }

        /// <summary>Bookmark to go on at.</summary>
        public string? BookmarkId { get; set; }

        /// <summary>Activity to begin with.</summary>
        public ActivityHandle? ActivityHandle { get; set; }

        /// <summary>Inputs.</summary>
        public IDictionary<string, object>? Input { get; set; }

        /// <summary>Values of variables of the workflow, by name.</summary>
        public IDictionary<string, object>? Variables { get; set; }

        /// <summary>Properties set on the instance.</summary>
        public IDictionary<string, object>? Properties { get; set; }

        /// <summary>Trigger to begin with.</summary>
        public string? TriggerActivityId { get; set; }

        /// <summary>Instance that starts this one.</summary>
        public string? ParentWorkflowInstanceId { get; set; }
    }
}

namespace Elsa.Workflows.Models
{
    /// <summary>What became of a workflow that was run in memory.</summary>
    /// <param name="WorkflowExecutionContext">The instance, with executions, journal, variables and outputs.</param>
    /// <param name="WorkflowState">Its state, with which it can be run on.</param>
    /// <param name="Workflow">The workflow.</param>
    /// <param name="Result">Value of the workflow's result variable; null if it has none.</param>
    public record RunWorkflowResult(
        WorkflowExecutionContext WorkflowExecutionContext, WorkflowState WorkflowState, Workflow Workflow, object? Result);

    /// <summary>What became of a workflow with a result that was run in memory.</summary>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="WorkflowExecutionContext">The instance, with executions, journal, variables and outputs.</param>
    /// <param name="WorkflowState">Its state, with which it can be run on.</param>
    /// <param name="Workflow">The workflow.</param>
    /// <param name="Result">The result; its default if the workflow has not set it.</param>
    public record RunWorkflowResult<TResult>(
        WorkflowExecutionContext WorkflowExecutionContext, WorkflowState WorkflowState, Workflow Workflow, TResult Result);
}

namespace Elsa.Workflows.State
{
    /// <summary>An instance between two bursts.</summary>
    public class WorkflowState
    {
        /// <summary>Id of the instance.</summary>
        public string Id { get; set; } = null!;

        /// <summary>Its definition.</summary>
        public string DefinitionId { get; set; } = null!;

        /// <summary>Id of the version it runs on.</summary>
        public string DefinitionVersionId { get; set; } = null!;

        /// <summary>Number of that version.</summary>
        public int DefinitionVersion { get; set; }

        /// <summary>Instance that started it.</summary>
        public string? ParentWorkflowInstanceId { get; set; }

        /// <summary>Free key that groups instances.</summary>
        public string? CorrelationId { get; set; }

        /// <summary>Name shown to people.</summary>
        public string? Name { get; set; }

        /// <summary>Running or finished.</summary>
        public WorkflowStatus Status { get; set; }

        /// <summary>Where it stands, in detail.</summary>
        public WorkflowSubStatus SubStatus { get; set; }

        /// <summary>What it waits for.</summary>
        public ICollection<Bookmark> Bookmarks { get; set; } = [];

        /// <summary>What went wrong so far.</summary>
        public ICollection<ActivityIncident> Incidents { get; set; } = [];

        /// <summary>Its inputs.</summary>
        public IDictionary<string, object> Input { get; set; } = new Dictionary<string, object>();

        /// <summary>Its outputs.</summary>
        public IDictionary<string, object> Output { get; set; } = new Dictionary<string, object>();

        /// <summary>Its properties.</summary>
        public IDictionary<string, object> Properties { get; set; } = new Dictionary<string, object>();

        /// <summary>When it was created.</summary>
        public DateTimeOffset CreatedAt { get; set; }

        /// <summary>When it was last recorded.</summary>
        public DateTimeOffset UpdatedAt { get; set; }

        /// <summary>When it ended.</summary>
        public DateTimeOffset? FinishedAt { get; set; }

        /// <summary>The state as the engine keeps it.</summary>
        internal ReadOnlyMemory<byte> Bytes { get; set; }
    }
}

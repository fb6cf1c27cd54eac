using Elsa.Workflows.Attributes;

namespace Elsa.Workflows.Runtime
{
    /// <summary>Reports tasks as done that <c>RunTask</c> activities wait for.</summary>
    public interface ITaskReporter
    {
        /// <summary>Reports a task as done; the workflow that waits for it goes on in the current unit of work. An unknown or reported task does nothing.</summary>
        /// <param name="taskId">Id of the task.</param>
        /// <param name="result">Becomes the result of the activity.</param>
        /// <param name="cancellationToken">Ends the work.</param>
        Task ReportCompletionAsync(string taskId, object? result = null, CancellationToken cancellationToken = default);
    }

    /// <summary>Passes requests for tasks on. Register one in the host; it is called inside the unit of work that stores the request.</summary>
    public interface ITaskDispatcher
    {
        /// <summary>Passes a request on. Nothing may leave the process here: write a row, for example of an outbox.</summary>
        Task DispatchAsync(Notifications.RunTaskRequest request, CancellationToken cancellationToken = default);
    }
}

namespace Elsa.Workflows.Runtime.Notifications
{
    /// <summary>A task that a workflow asks for.</summary>
    /// <param name="ActivityExecutionContext">The execution that waits for it.</param>
    /// <param name="TaskId">Id under which it is reported as done.</param>
    /// <param name="TaskName">What is to be done.</param>
    /// <param name="TaskPayload">Further data.</param>
    public record RunTaskRequest(
        ActivityExecutionContext ActivityExecutionContext, string TaskId, string TaskName, IDictionary<string, object>? TaskPayload);
}

namespace Elsa.Workflows.Runtime.Stimuli
{
    /// <summary>Waits for a task.</summary>
    /// <param name="TaskId">Id of the task.</param>
    /// <param name="TaskName">What is to be done; the id alone decides.</param>
    public record RunTaskStimulus(string TaskId, [property: ExcludeFromHash] string TaskName)
    {
        /// <summary>Further data for whoever does it; the id alone decides.</summary>
        [ExcludeFromHash]
        public IDictionary<string, object>? Payload { get; init; }
    }
}

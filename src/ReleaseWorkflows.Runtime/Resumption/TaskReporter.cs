using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Activities;
using Elsa.Workflows.Runtime.Stimuli;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>Elsa's way of reporting tasks, over <see cref="IWorkflowEngine"/>.</summary>
internal sealed class TaskReporter(IWorkflowEngine engine) : ITaskReporter
{
    private const string RunTaskActivity = "Elsa.RunTask";

    public Task ReportCompletionAsync(string taskId, object? result = null, CancellationToken cancellationToken = default) => engine.SignalAsync(
        new Stimulus
        {
            Name = RunTaskActivity,
            Payload = new RunTaskStimulus(taskId, ""),
            Input = result is null ? null : new Dictionary<string, object?> { [RunTask.InputKey] = result },
        },
        cancellationToken);
}

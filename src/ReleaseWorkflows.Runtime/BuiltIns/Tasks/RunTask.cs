using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Notifications;
using Elsa.Workflows.Runtime.Stimuli;

namespace Elsa.Workflows.Runtime.Activities;

/// <summary>
/// Asks someone outside to do something, and waits until it is reported as done: with <see cref="ITaskReporter"/> and the id of the task.
/// </summary>
/// <remarks>
/// What is asked for is the stored bookmark: its payload names the task. An <see cref="ITaskDispatcher"/> may pass the request on; it runs
/// in the same unit of work, so that the request is stored if and only if the workflow waits for it.
/// </remarks>
[Activity("Elsa", "Primitives", "Requests a given task to be run. ", DisplayName = "Run Task")]
public class RunTask : Activity<object?>
{
    /// <summary>Name of the input that carries what was reported.</summary>
    public const string InputKey = "RunTaskInput";

    /// <summary>Creates the activity.</summary>
    public RunTask([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with the name of a task.</summary>
    [OverloadResolutionPriority(1)]
    public RunTask(string taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(taskName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of a task that code computes.</summary>
    public RunTask(Func<string> taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(taskName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of a task that code computes.</summary>
    public RunTask(
        Func<ExpressionExecutionContext, string?> taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(context => taskName(context)!), source, line)
    {
    }

    /// <summary>Creates the activity with the name of a task from a variable.</summary>
    public RunTask(Variable<string> taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(taskName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of a task.</summary>
    public RunTask(Literal<string> taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(taskName), source, line)
    {
    }

    /// <summary>Creates the activity with the name of a task.</summary>
    public RunTask(Input<string> taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => TaskName = taskName;

    /// <summary>What is to be done.</summary>
    [Required]
    [Input(Description = "The name of the task being requested.")]
    public Input<string> TaskName { get; set; } = null!;

    /// <summary>Further data for whoever does it.</summary>
    [Input(Description = "Any additional parameters to send to the task.")]
    public Input<IDictionary<string, object>?> Payload { get; set; } = null!;

    /// <summary>Id under which the task is reported as done.</summary>
    [Output(Description = "The ID of the task that was requested to run.")]
    public Output<string>? TaskId { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var taskName = TaskName.Get(context);
        var taskId = context.WorkflowExecutionContext.IdentityGenerator.GenerateId();
        var payload = Payload.GetOrDefault(context);

        context.CreateBookmark(new RunTaskStimulus(taskId, taskName) { Payload = payload }, OnCompletedAsync, includeActivityInstanceId: false);
        context.Set(TaskId, taskId);

        if (context.GetService<ITaskDispatcher>() is { } dispatcher)
            await dispatcher.DispatchAsync(new RunTaskRequest(context, taskId, taskName, payload), context.CancellationToken);
    }

    private async ValueTask OnCompletedAsync(ActivityExecutionContext context)
    {
        context.SetResult(context.GetWorkflowInput<object?>(InputKey));
        await context.CompleteActivityAsync();
    }
}

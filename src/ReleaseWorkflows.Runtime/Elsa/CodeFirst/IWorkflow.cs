using Elsa.Workflows.Memory;

namespace Elsa.Workflows;

/// <summary>A workflow that is written in code. <see cref="WorkflowBase"/> is the usual way to implement it.</summary>
public interface IWorkflow
{
    /// <summary>Describes the workflow. Called whenever a new copy of it is needed, each time with a new builder; the result has to be the same each time.</summary>
    ValueTask BuildAsync(IWorkflowBuilder builder, CancellationToken cancellationToken = default);
}

/// <summary>Base class of workflows that are written in code.</summary>
public abstract class WorkflowBase : IWorkflow
{
    async ValueTask IWorkflow.BuildAsync(IWorkflowBuilder builder, CancellationToken cancellationToken)
    {
        await BeforeBuildAsync(builder, cancellationToken);
        await BuildAsync(builder, cancellationToken);
        await AfterBuildAsync(builder, cancellationToken);
    }

    /// <summary>Describes the workflow. Calls <see cref="Build"/>.</summary>
    protected virtual ValueTask BuildAsync(IWorkflowBuilder builder, CancellationToken cancellationToken = default)
    {
        Build(builder);
        return ValueTask.CompletedTask;
    }

    /// <summary>Describes the workflow. Does nothing by default.</summary>
    protected virtual void Build(IWorkflowBuilder builder)
    {
    }

    /// <summary>Called before the workflow is described.</summary>
    protected virtual ValueTask BeforeBuildAsync(IWorkflowBuilder builder, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>Called after the workflow was described.</summary>
    protected virtual ValueTask AfterBuildAsync(IWorkflowBuilder builder, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}

/// <summary>Base class of workflows that are written in code and have a result: the value of <see cref="Result"/> when they complete.</summary>
/// <typeparam name="TResult">Type of the result.</typeparam>
public abstract class WorkflowBase<TResult> : WorkflowBase
{
    /// <summary>The variable that holds the result.</summary>
    protected Variable<TResult> Result { get; private set; } = null!;

    /// <inheritdoc />
    protected override ValueTask BeforeBuildAsync(IWorkflowBuilder builder, CancellationToken cancellationToken = default)
    {
        Result = new Variable<TResult>("Result", default!);
        builder.WithVariable(Result);
        builder.Result = Result;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    protected override ValueTask AfterBuildAsync(IWorkflowBuilder builder, CancellationToken cancellationToken = default)
    {
        builder.Result ??= Result;
        return ValueTask.CompletedTask;
    }
}

using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.State;
using ReleaseWorkflows.Runtime.Definitions;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>Runs workflows without storing them.</summary>
internal sealed class InMemoryRunner(
    EngineServices engine, WorkflowCompiler compiler, WorkflowRunner runner, IWorkflowBuilderFactory builders, IServiceProvider services) : IWorkflowRunner
{
    public Task<RunWorkflowResult> RunAsync(IActivity activity, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(activity as Workflow ?? EnclosingOf(activity), options, cancellationToken);

    public async Task<RunWorkflowResult> RunAsync(IWorkflow workflow, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default) =>
        await RunAsync(await builders.CreateBuilder().BuildWorkflowAsync(workflow, cancellationToken), options, cancellationToken);

    public async Task<RunWorkflowResult<TResult>> RunAsync<TResult>(
        WorkflowBase<TResult> workflow, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default)
    {
        var result = await RunAsync((IWorkflow)workflow, options, cancellationToken);
        return new RunWorkflowResult<TResult>(
            result.WorkflowExecutionContext, result.WorkflowState, result.Workflow, Values.To<TResult>(result.Result)!);
    }

    public Task<RunWorkflowResult> RunAsync<T>(RunWorkflowOptions? options = null, CancellationToken cancellationToken = default)
        where T : IWorkflow, new() => RunAsync((IWorkflow)new T(), options, cancellationToken);

    public async Task<TResult> RunAsync<T, TResult>(RunWorkflowOptions? options = null, CancellationToken cancellationToken = default)
        where T : WorkflowBase<TResult>, new() => (await RunAsync<TResult>(new T(), options, cancellationToken)).Result;

    public Task<RunWorkflowResult> RunAsync(Workflow workflow, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(GraphOf(workflow), options, cancellationToken);

    public Task<RunWorkflowResult> RunAsync(
        Workflow workflow, WorkflowState workflowState, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(GraphOf(workflow), workflowState, options, cancellationToken);

    public async Task<RunWorkflowResult> RunAsync(
        WorkflowGraph workflowGraph, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new RunWorkflowOptions();
        var input = options.Input ?? new Dictionary<string, object>();
        var context = new WorkflowExecutionContext(
            engine, services, workflowGraph, options.WorkflowInstanceId ?? engine.Ids.GenerateId(), cancellationToken)
        {
            CreatedAt = engine.Time.GetUtcNow(),
            CorrelationId = options.CorrelationId,
            ParentWorkflowInstanceId = options.ParentWorkflowInstanceId,
            TriggerActivityId = options.TriggerActivityId ?? options.ActivityHandle?.ActivityId,
            StartInput = new Dictionary<string, object>(input),
            Input = new Dictionary<string, object>(input),
            InitialVariables = options.Variables,
        };
        foreach (var (name, value) in options.Properties ?? new Dictionary<string, object>())
            context.SetProperty(name, value);

        context.Queue.Enqueue(new WorkItem { Node = workflowGraph.Root });
        return await RunAsync(context);
    }

    public async Task<RunWorkflowResult> RunAsync(
        WorkflowGraph workflowGraph, WorkflowState workflowState, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new RunWorkflowOptions();
        var context = new WorkflowExecutionContext(engine, services, workflowGraph, workflowState.Id, cancellationToken)
        {
            CreatedAt = workflowState.CreatedAt,
            CorrelationId = workflowState.CorrelationId,
            ParentWorkflowInstanceId = workflowState.ParentWorkflowInstanceId,
            SubStatus = workflowState.SubStatus,
            Name = workflowState.Name,
        };
        new InstanceStateReader(context).Read(workflowState.Bytes);

        // As everywhere: a bookmark that is not there (any more) moves nothing.
        if (context.BookmarkList.Find(bookmark => bookmark.Id == options.BookmarkId) is not { } bookmark
            || context.FindContext(bookmark.ActivityInstanceId!) is not { } waiting)
        {
            return Conclude(context);
        }

        context.Queue.Enqueue(new WorkItem
        {
            Node = waiting.ActivityNode,
            Owner = waiting.ParentActivityExecutionContext,
            Existing = waiting,
            Bookmark = bookmark,
            StimulusInput = new Dictionary<string, object>(options.Input ?? new Dictionary<string, object>()),
        });
        return await RunAsync(context);
    }

    // A compiled workflow stays with its graph, and an activity with the workflow it was run in.
    private WorkflowGraph GraphOf(Workflow workflow)
    {
        if (workflow.CompiledGraph is { } known)
            return known;

        var findings = new List<DefinitionFinding>();
        return workflow.CompiledGraph = compiler.CompileNew(workflow, findings) ?? throw new InvalidOperationException(
            "The workflow has errors: " + string.Join(" ", findings.Where(static finding => finding.Severity == FindingSeverity.Error)
                .Select(static finding => $"{finding.Node}: {finding.Reason}")));
    }

    private static Workflow EnclosingOf(IActivity activity)
    {
        if (activity is not Activity { Node: { } node })
            return new Workflow(activity);

        while (node.Parent is not null)
            node = node.Parent;
        return (Workflow)node.Activity;
    }

    private async Task<RunWorkflowResult> RunAsync(WorkflowExecutionContext context)
    {
        await runner.RunAsync(context);
        context.UpdatedAt = context.Now;
        return Conclude(context);
    }

    private static RunWorkflowResult Conclude(WorkflowExecutionContext context)
    {
        var result = context.Workflow.ResultVariable is { } variable && context.RootContext is { } root && root.TryGet(variable, out var value) ? value : null;
        var state = InstanceRestorer.StateOf(context, context.Status == WorkflowStatus.Finished ? default : new InstanceStateWriter(context).Write());
        return new RunWorkflowResult(context, state, context.Workflow, result);
    }
}

using System.Globalization;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Activities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.LogPersistence;
using ReleaseWorkflows.Runtime.Resumption;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Runtime.Telemetry;

namespace ReleaseWorkflows.Runtime.Execution;

/// <inheritdoc cref="IWorkflowEngine"/>
internal sealed partial class WorkflowEngine(
    EngineServices engine,
    IWorkflowDefinitions definitions,
    IWorkflowStore store,
    WorkflowRunner runner,
    BurstRecorder recorder,
    InstanceRestorer restorer,
    LogPersistenceEvaluator logPersistence,
    FanOuts fanOuts,
    IServiceProvider services,
    IOptions<WorkflowRuntimeOptions> options,
    ILogger<WorkflowEngine> logger) : IWorkflowEngine
{
    // Instances whose bursts are under way further up the call stack. They must not be read from the store: their rows are behind.
    private readonly Dictionary<string, Burst> _running = new(StringComparer.Ordinal);

    public async Task<WorkflowRun> StartAsync(StartWorkflow start, CancellationToken cancellationToken = default)
    {
        var graph = await FindAsync(start, cancellationToken);
        return await TryStartAsync(graph, start, cancellationToken) ?? throw new WorkflowNotStartedException(
            $"The workflow '{graph.Workflow.Identity.DefinitionId}' is not started: its activation strategy allows no other instance while one runs.");
    }

    private async Task<WorkflowRun?> TryStartAsync(WorkflowGraph graph, StartWorkflow start, CancellationToken cancellationToken)
    {
        var activation = Activation.Of(graph.Workflow.Options.ActivationStrategyType, graph.Workflow.Identity.DefinitionId, start.CorrelationId);
        if (activation is not null && await IsTakenAsync(activation, cancellationToken))
            return null;
        if (!await IsAllowedAsync(graph.Workflow, start.CorrelationId, cancellationToken))
            return null;

        var input = ConvertInputs(start.Input, graph.Workflow);
        var context = new WorkflowExecutionContext(engine, services, graph, start.InstanceId ?? engine.Ids.GenerateId(), cancellationToken)
        {
            CreatedAt = engine.Time.GetUtcNow(),
            CorrelationId = start.CorrelationId,
            ActivationKey = activation?.Key,
            Name = start.Name,
            ParentWorkflowInstanceId = start.ParentInstanceId,
            TriggerActivityId = start.TriggerActivityId,
            StartInput = input,
            InitialVariables = start.Variables is null ? null : WithoutNulls(start.Variables),
            Input = new Dictionary<string, object>(input),
        };

        foreach (var (name, value) in start.Properties ?? new Dictionary<string, object?>())
            context.SetProperty(name, value);

        context.Queue.Enqueue(new WorkItem { Node = graph.Root });
        return await RunAsync(new Burst { Context = context, StoredCorrelationId = start.CorrelationId });
    }

    public async Task<StimulusOutcome> SignalAsync(Stimulus stimulus, CancellationToken cancellationToken = default)
    {
        var hash = stimulus.Hash ?? engine.Hasher.Hash(stimulus.Name, stimulus.Payload, stimulus.ActivityInstanceId);

        if (stimulus.InstanceId is { } addressed && !_running.ContainsKey(addressed))
            return new StimulusOutcome([], await ResumeAsync(addressed, stimulus, hash, cancellationToken));

        // What waits now hears the stimulus; what a workflow started by it comes to wait for does not.
        var (waiting, isSpread) = await FindWaitingAsync(stimulus, hash, cancellationToken);
        var started = new List<WorkflowRun>();
        var resumed = new List<WorkflowRun>();

        if (stimulus.IsForAll)
        {
            foreach (var trigger in await store.FindTriggersAsync(hash, cancellationToken))
            {
                var start = new StartWorkflow
                {
                    VersionId = trigger.DefinitionVersionId,
                    TriggerActivityId = trigger.ActivityId,
                    CorrelationId = stimulus.CorrelationId,
                    Input = stimulus.Input,
                    ParentInstanceId = stimulus.ParentInstanceId,
                };
                if (await TryStartAsync(await FindAsync(start, cancellationToken), start, cancellationToken) is { } run)
                    started.Add(run);
            }
        }

        foreach (var (instanceId, bookmarkId) in waiting)
        {
            try
            {
                if (await ResumeAsync(instanceId, bookmarkId, stimulus.Input, cancellationToken) is { } run)
                    resumed.Add(run);
            }
            catch (Exception exception) when (stimulus.InstanceId is null && exception is (WorkflowNotFoundException or InstanceUnreadableException))
            {
                // Whoever waits beside it must not suffer. It goes on waiting, and is told of when it is addressed by itself.
                LogUnreadable(instanceId, exception);
            }
        }

        return new StimulusOutcome(started, resumed) { IsSpread = isSpread };
    }

    // The state says what its instance waits for, so one look is enough.
    private async Task<List<WorkflowRun>> ResumeAsync(string instanceId, Stimulus stimulus, string hash, CancellationToken cancellationToken)
    {
        var resumed = new List<WorkflowRun>();
        if (await RestoreAsync(instanceId, WorkflowStatus.Running, cancellationToken) is not { } burst
            || (stimulus.CorrelationId is { } key && key != burst.Context.CorrelationId))
        {
            return resumed;
        }

        var meant = burst.Context.BookmarkList.FindAll(bookmark => bookmark.Hash == hash && IsMeant(stimulus, bookmark.Id, bookmark.ActivityInstanceId!));
        foreach (var bookmark in meant)
        {
            // What the first one moves may end the wait of the others, and the instance is another one then.
            var run = bookmark == meant[0]
                ? await ResumeAsync(burst, bookmark.Id, stimulus.Input, isRunning: false)
                : await ResumeAsync(instanceId, bookmark.Id, stimulus.Input, cancellationToken);
            if (run is not null)
                resumed.Add(run);
        }

        return resumed;
    }

    public async Task<WorkflowRun?> ResumeAsync(
        string instanceId,
        string bookmarkId,
        IReadOnlyDictionary<string, object?>? input = null,
        CancellationToken cancellationToken = default)
    {
        var isRunning = _running.TryGetValue(instanceId, out var burst);
        return await ResumeAsync(burst ?? await RestoreAsync(instanceId, WorkflowStatus.Running, cancellationToken), bookmarkId, input, isRunning);
    }

    private async Task<WorkflowRun?> ResumeAsync(Burst? burst, string bookmarkId, IReadOnlyDictionary<string, object?>? input, bool isRunning)
    {
        if (burst?.Context.BookmarkList.Find(candidate => candidate.Id == bookmarkId) is not { } bookmark
            || burst.Context.FindContext(bookmark.ActivityInstanceId!) is not { } waiting)
        {
            return null;
        }

        burst.Context.Queue.Enqueue(new WorkItem
        {
            Node = waiting.ActivityNode,
            Owner = waiting.ParentActivityExecutionContext,
            Existing = waiting,
            Bookmark = bookmark,
            StimulusInput = WithoutNulls(input),
        });

        // Up the call stack the burst goes on as soon as this call returns, and finds the item in its queue.
        return isRunning ? Snapshot(burst.Context) : await RunAsync(burst);
    }

    public async Task<bool> CancelAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        if (_running.TryGetValue(instanceId, out var running))
        {
            await WorkflowRunner.CancelAsync(running.Context);
        }
        else
        {
            if (await RestoreAsync(instanceId, WorkflowStatus.Running, cancellationToken) is not { } burst)
                return false;

            await WorkflowRunner.CancelAsync(burst.Context);
            await RecordAsync(burst);
            await TellParentAsync(burst.Context);
        }

        foreach (var childId in await store.FindRunningInstancesAsync(null, null, instanceId, cancellationToken))
            await CancelAsync(childId, cancellationToken);

        return true;
    }

    public async Task<InstanceDeletion> DeleteAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        if (_running.ContainsKey(instanceId))
            return new InstanceDeletion(false, "The instance runs in this very step and cannot delete itself.");
        if (await store.FindInstanceAsync(instanceId, cancellationToken) is not { } instance)
            return new InstanceDeletion(false, null);

        foreach (var protection in services.GetServices<IInstanceProtection>())
        {
            if (await protection.WhyKeptAsync(instance, cancellationToken) is { } reason)
                return new InstanceDeletion(false, reason);
        }

        await CancelAsync(instanceId, cancellationToken);
        store.RemoveInstance(instanceId, instance.Version);
        return new InstanceDeletion(true, null);
    }

    public async Task<bool> SetVariablesAsync(
        string instanceId, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken = default)
    {
        if (_running.ContainsKey(instanceId) || await RestoreAsync(instanceId, WorkflowStatus.Running, cancellationToken) is not { } burst)
            return false;

        foreach (var context in burst.Context.Contexts)
        {
            foreach (var variable in context.Variables)
            {
                if (!values.TryGetValue(variable.Id, out var value) || !context.ExpressionExecutionContext.Memory.TryGetBlock(variable.Id, out var block))
                    continue;

                var conversion = ValueConverter.Convert(value, variable.ValueType);
                block.Value = conversion.IsSuccess
                    ? conversion.Value
                    : throw new ValueConversionException($"The value of the variable '{variable.Name}' does not fit its type: {conversion.Error}");
            }
        }

        recorder.Record(burst);
        return true;
    }

    public async Task<WorkflowRun?> RetryAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        if (_running.ContainsKey(instanceId)
            || await RestoreAsync(instanceId, null, cancellationToken) is not { } burst
            || !Retry.IsPossible(burst.Context))
        {
            return null;
        }

        var instance = (await store.FindInstanceAsync(instanceId, cancellationToken))!;
        foreach (var protection in services.GetServices<IInstanceProtection>())
        {
            if (await protection.WhyNotRetriedAsync(instance, cancellationToken) is { } reason)
                throw new WorkflowNotStartedException(reason);
        }

        // It ended when it faulted, and another one may have started since.
        var context = burst.Context;
        if (context.Status == WorkflowStatus.Finished
            && Activation.OfKey(context.ActivationKey, context.Workflow.Identity.DefinitionId) is { } activation
            && await IsTakenAsync(activation, cancellationToken))
        {
            throw new WorkflowNotStartedException(
                $"The instance '{instanceId}' of '{context.Workflow.Identity.DefinitionId}' is not tried again now: the activation strategy of the workflow "
                + "allows one running instance, and another one runs.");
        }

        Retry.Prepare(context);
        return await RunAsync(burst);
    }

    // A strategy of the host's own is asked; the built-in ones are what they ask of the store.
    private async ValueTask<bool> IsAllowedAsync(Elsa.Workflows.Activities.Workflow workflow, string? correlationId, CancellationToken cancellationToken) =>
        workflow.Options.ActivationStrategyType is not { } type || type.Assembly == typeof(IWorkflowActivationStrategy).Assembly
        || await ((IWorkflowActivationStrategy)ActivatorUtilities.GetServiceOrCreateInstance(services, type))
            .GetAllowActivationAsync(new WorkflowInstantiationStrategyContext(workflow, correlationId, cancellationToken));

    // The store sees what other units have committed; the key of the new instance decides between units that are at it now.
    private async ValueTask<bool> IsTakenAsync(Activation activation, CancellationToken cancellationToken) =>
        _running.Values.Any(burst =>
            burst.Context.Status == WorkflowStatus.Running
            && activation.IsTakenBy(burst.Context.Workflow.Identity.DefinitionId, burst.Context.CorrelationId))
        || (await store.FindRunningInstancesAsync(activation.DefinitionId, activation.CorrelationId, null, cancellationToken))
            .Any(instanceId => !_running.ContainsKey(instanceId));

    private async ValueTask<WorkflowGraph> FindAsync(StartWorkflow start, CancellationToken cancellationToken)
    {
        if (start.VersionId is { } versionId)
        {
            return await definitions.FindVersionAsync(versionId, cancellationToken)
                ?? throw new WorkflowNotFoundException($"There is no version '{versionId}' of a workflow definition.");
        }

        return start.DefinitionId is { } definitionId
            ? await definitions.FindPublishedAsync(definitionId, cancellationToken)
                ?? throw new WorkflowNotFoundException($"There is no published version of the workflow definition '{definitionId}'.")
            : throw new ArgumentException("A start has to name a definition or one of its versions.", nameof(start));
    }

    private async Task<WorkflowRun> RunAsync(Burst burst)
    {
        var context = burst.Context;
        if (_running.Count >= options.Value.MaxNestedBursts)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"More than {options.Value.MaxNestedBursts} workflows have started or woken each other in one unit of work; they seem to go round in a circle."));
        }

        using var span = Traces.StartBurst(context);
        _running.Add(context.Id, burst);
        try
        {
            await runner.RunAsync(context);
        }
        finally
        {
            _running.Remove(context.Id);
        }

        Traces.End(span, context);
        await RecordAsync(burst);
        await TellParentAsync(context);
        return Snapshot(context);
    }

    private async ValueTask RecordAsync(Burst burst)
    {
        await logPersistence.DecideRestAsync(burst.Context);
        recorder.Record(burst);
    }

    private async ValueTask TellParentAsync(WorkflowExecutionContext child)
    {
        if (child.Status != WorkflowStatus.Finished
            || child.ParentWorkflowInstanceId is not { } parentId
            || child.GetProperty<string>(ChildStimulus.ParentBookmark) is not { } bookmarkName)
        {
            return;
        }

        await SignalAsync(
            new Stimulus
            {
                Name = bookmarkName,
                Payload = new ChildStimulus(child.GetProperty<string>(ChildStimulus.ParentActivity) ?? child.Id),
                InstanceId = parentId,
                Input = new Dictionary<string, object?>
                {
                    [ChildStimulus.ResultInput] = new ExecuteWorkflowResult(child.Id, child.Status, child.SubStatus, child.Output),
                },
            },
            child.CancellationToken);
    }

    private async Task<(List<(string InstanceId, string BookmarkId)> Waiting, bool IsSpread)> FindWaitingAsync(
        Stimulus stimulus, string hash, CancellationToken cancellationToken)
    {
        var waiting = new List<(string, string)>();
        var isSpread = false;
        if (stimulus.IsForAll)
        {
            isSpread = await FindStoredAsync(stimulus, hash, waiting, cancellationToken);
        }
        else
        {
            foreach (var bookmark in await store.FindBookmarksAsync(hash, stimulus.CorrelationId, stimulus.InstanceId, cancellationToken))
            {
                if (!_running.ContainsKey(bookmark.InstanceId) && IsMeant(stimulus, bookmark.Id, bookmark.ActivityInstanceId))
                    waiting.Add((bookmark.InstanceId, bookmark.Id));
            }
        }

        foreach (var (instanceId, burst) in _running)
        {
            if (stimulus.InstanceId is { } wanted && wanted != instanceId)
                continue;
            if (stimulus.CorrelationId is { } key && key != burst.Context.CorrelationId)
                continue;

            foreach (var bookmark in burst.Context.BookmarkList)
            {
                if (bookmark.Hash == hash && IsMeant(stimulus, bookmark.Id, bookmark.ActivityInstanceId))
                    waiting.Add((instanceId, bookmark.Id));
            }
        }

        return (waiting, isSpread);
    }

    // Few are moved here and now. Of many, all but those of this very unit are left to units of their own.
    private async Task<bool> FindStoredAsync(Stimulus stimulus, string hash, List<(string, string)> waiting, CancellationToken cancellationToken)
    {
        var atMost = options.Value.ResumptionsPerUnit;
        var everything = new BookmarkRange(hash, stimulus.CorrelationId, -1, long.MaxValue, engine.Time.GetUtcNow());
        var found = await store.FindBookmarksAsync(everything, atMost + 1, cancellationToken);
        var isSpread = found.Count(static bookmark => bookmark.Number is not null) > atMost
            && await fanOuts.TryAddAsync(everything, found[0].Number!.Value, stimulus.Input, _running.Keys, cancellationToken);
        if (isSpread)
            found = [.. found.Where(static bookmark => bookmark.Number is null)];
        else if (found.Count > atMost)
            found = await store.FindBookmarksAsync(everything, int.MaxValue, cancellationToken);

        foreach (var (bookmark, _) in found)
        {
            if (!_running.ContainsKey(bookmark.InstanceId))
                waiting.Add((bookmark.InstanceId, bookmark.Id));
        }

        return isSpread;
    }

    private static bool IsMeant(Stimulus stimulus, string bookmarkId, string? activityInstanceId) =>
        (stimulus.BookmarkId is null || stimulus.BookmarkId == bookmarkId)
        && (stimulus.ActivityInstanceId is null || stimulus.ActivityInstanceId == activityInstanceId);

    private async Task<Burst?> RestoreAsync(string instanceId, WorkflowStatus? expected, CancellationToken cancellationToken)
    {
        if (await store.FindInstanceAsync(instanceId, cancellationToken) is not { } record || (expected is not null && record.Status != expected.ToString()))
            return null;

        var context = await restorer.RestoreAsync(record, cancellationToken);
        var isRunning = context.Status == WorkflowStatus.Running;

        return new Burst
        {
            Context = context,
            RecordVersion = record.Version,
            StoredCorrelationId = record.CorrelationId,
            StoredBookmarks = isRunning ? context.BookmarkList.ToDictionary(static bookmark => bookmark.Id, static bookmark => bookmark.Hash) : [],
            StoredJobIds = isRunning ? BurstRecorder.JobIdsOf(context) : [],
        };
    }

    // Declared inputs get their types at the door, so that an instance never carries a value its definition cannot mean.
    private static Dictionary<string, object> ConvertInputs(IReadOnlyDictionary<string, object?>? given, Elsa.Workflows.Activities.Workflow workflow)
    {
        var input = WithoutNulls(given);
        foreach (var definition in workflow.Inputs)
        {
            if (!input.TryGetValue(definition.Name, out var value))
                continue;

            var conversion = ValueConverter.Convert(value, definition.Type);
            if (!conversion.IsSuccess)
                throw new ValueConversionException($"The input '{definition.Name}' of the workflow does not fit its type: {conversion.Error}");
            if (conversion.Value is null)
                input.Remove(definition.Name);
            else
                input[definition.Name] = conversion.Value;
        }

        return input;
    }

    private static Dictionary<string, object> WithoutNulls(IReadOnlyDictionary<string, object?>? values)
    {
        var result = new Dictionary<string, object>();
        foreach (var (name, value) in values ?? new Dictionary<string, object?>())
        {
            if (value is not null)
                result[name] = value;
        }

        return result;
    }

    private static WorkflowRun Snapshot(WorkflowExecutionContext context) => new()
    {
        InstanceId = context.Id,
        DefinitionId = context.Workflow.Identity.DefinitionId,
        DefinitionVersionId = context.Workflow.Identity.Id,
        DefinitionVersion = context.Workflow.Identity.Version,
        Status = context.Status,
        SubStatus = context.SubStatus,
        CorrelationId = context.CorrelationId,
        Output = new Dictionary<string, object>(context.Output),
        Incidents = [.. context.Incidents],
        Bookmarks = [.. context.BookmarkList],
    };

    [LoggerMessage(1, LogLevel.Error, "The instance {InstanceId} heard a stimulus and could not go on")]
    private partial void LogUnreadable(string instanceId, Exception exception);
}

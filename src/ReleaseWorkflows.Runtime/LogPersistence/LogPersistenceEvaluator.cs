using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.LogPersistence;
using Elsa.Workflows.Runtime;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.LogPersistence;

/// <summary>Decides what the record of an execution keeps. A rule that cannot be evaluated keeps nothing, and the journal says why.</summary>
internal sealed class LogPersistenceEvaluator(
    IEnumerable<ILogPersistenceStrategy> strategies, IExpressionEvaluator evaluator, IOptions<WorkflowRuntimeOptions> options)
{
    /// <summary>Journal event of a rule that cannot be evaluated.</summary>
    public const string RuleFailed = "Log persistence rule failed";

    private readonly Dictionary<string, ILogPersistenceStrategy> _strategies =
        strategies.GroupBy(static strategy => strategy.GetType().Name, StringComparer.Ordinal).ToDictionary(static group => group.Key, static group => group.Last(), StringComparer.Ordinal);

    /// <summary>Decides for an activity that is about to run.</summary>
    public async ValueTask DecideAsync(ActivityExecutionContext context)
    {
        if (context.WorkflowExecutionContext.Graph.HasLogPersistence || options.Value.LogPersistenceMode == LogPersistenceMode.Exclude)
            context.LogPersistence = await EvaluateAsync(context);
    }

    /// <summary>Decides for what a burst changed without running it, such as a container that went on.</summary>
    public async ValueTask DecideRestAsync(WorkflowExecutionContext burst)
    {
        foreach (var context in burst.Contexts)
        {
            if (context is { IsDirty: true, LogPersistence: null })
                await DecideAsync(context);
        }
    }

    private async ValueTask<ActivityLogPersistenceModeMap> EvaluateAsync(ActivityExecutionContext context)
    {
        var workflow = context;
        while (workflow is { Activity: not Elsa.Workflows.Activities.Workflow, ParentActivityExecutionContext: { } parent })
            workflow = parent;

        var plan = context.ActivityNode.LogPersistence;
        var general = await ModeOfAsync(workflow.ActivityNode.LogPersistence?.Default, workflow, Resolved(options.Value.LogPersistenceMode));
        if (context != workflow)
            general = await ModeOfAsync(plan?.Default, context, general);

        var map = new ActivityLogPersistenceModeMap { InternalState = await ModeOfAsync(plan?.InternalState, context, general) };
        foreach (var input in context.ActivityDescriptor.Inputs)
            map.Inputs[input.Name] = await ModeOfAsync(plan?.RuleOfInput(input.Name), context, general);
        foreach (var output in context.ActivityDescriptor.Outputs)
            map.Outputs[output.Name] = await ModeOfAsync(plan?.RuleOfOutput(output.Name), context, general);
        return map;
    }

    private async ValueTask<LogPersistenceMode> ModeOfAsync(LogPersistenceRule? rule, ActivityExecutionContext context, LogPersistenceMode general)
    {
        if (rule is null)
            return general;

        try
        {
            var mode = rule.Expression is { } expression ? await ModeOfAsync(expression, context)
                : rule.Strategy is null ? rule.Mode
                : _strategies.TryGetValue(rule.Strategy, out var strategy)
                    ? await strategy.GetPersistenceModeAsync(new LogPersistenceStrategyContext(context.CancellationToken))
                    : LogPersistenceMode.Inherit;
            return mode == LogPersistenceMode.Inherit ? general : mode;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or StoreUnavailableException or ConcurrencyConflictException))
        {
            context.AddExecutionLogEntry(RuleFailed, $"Nothing is kept, because the rule failed: {exception.Message}");
            return LogPersistenceMode.Exclude;
        }
    }

    private ValueTask<LogPersistenceMode> ModeOfAsync(Expression expression, ActivityExecutionContext context) =>
        evaluator.EvaluateAsync<LogPersistenceMode>(expression, context.ExpressionExecutionContext);

    private static LogPersistenceMode Resolved(LogPersistenceMode mode) => mode == LogPersistenceMode.Inherit ? LogPersistenceMode.Include : mode;
}

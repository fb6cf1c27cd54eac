using Elsa.Common;
using Elsa.Expressions.Contracts;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Models;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>What every burst needs and all bursts share.</summary>
internal sealed class EngineServices(
    TimeProvider time,
    IIdentityGenerator ids,
    IStimulusHasher hasher,
    IActivityRegistry registry,
    IExpressionEvaluator evaluator,
    TypeAliases types,
    IOptions<WorkflowRuntimeOptions> options) : ISystemClock
{
    public TimeProvider Time => time;

    public IIdentityGenerator Ids => ids;

    public IStimulusHasher Hasher => hasher;

    public IActivityRegistry Registry => registry;

    public IExpressionEvaluator Evaluator => evaluator;

    public TypeAliases Types => types;

    public Type DefaultIncidentStrategy => options.Value.DefaultIncidentStrategy;

    public FlowchartExecutionMode FlowchartMode => options.Value.FlowchartMode;

    public ISystemClock Clock => this;

    DateTimeOffset ISystemClock.UtcNow => time.GetUtcNow();
}

using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Resumption;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>Reads the stimuli a workflow starts on. There is no instance: inputs are evaluated with the defaults of the variables.</summary>
internal sealed class TriggerIndexer(IExpressionEvaluator evaluator, IStimulusHasher hasher, IIdentityGenerator ids)
{
    /// <summary>A trigger, and the stimulus it was made from.</summary>
    public sealed record IndexedTrigger(TriggerRecord Record, object? Payload);

    /// <summary>The triggers of a workflow. What goes wrong becomes a finding.</summary>
    public async Task<IReadOnlyList<IndexedTrigger>> IndexAsync(
        WorkflowGraph graph, IServiceProvider services, List<DefinitionFinding> findings, CancellationToken cancellationToken)
    {
        var workflow = new WorkflowIndexingContext(graph.Workflow, cancellationToken);
        var triggers = new List<IndexedTrigger>();

        foreach (var node in graph.Nodes)
        {
            // A workflow that is used as an activity starts where it is used, not at its triggers.
            if (node.EmbeddedIn is not null || node.Activity is not ITrigger trigger || !trigger.GetCanStartWorkflow())
                continue;

            try
            {
                await IndexAsync(node, trigger, workflow, services, triggers);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                findings.Add(DefinitionReader.Error(node.ActivityId, $"The trigger cannot be read: {exception.Message}"));
            }
        }

        return triggers;
    }

    private async Task IndexAsync(
        ActivityNode node, ITrigger trigger, WorkflowIndexingContext workflow, IServiceProvider services, List<IndexedTrigger> triggers)
    {
        var variables = new MemoryRegister();
        for (var scope = node.Parent; scope is not null; scope = scope.Parent)
        {
            if (scope.Activity is IVariableContainer container)
                variables.Declare(container.Variables);
        }

        var outer = new ExpressionExecutionContext(services, variables, cancellationToken: workflow.CancellationToken);
        var memory = workflow.GetOrCreateRegister(trigger);
        var context = new ExpressionExecutionContext(services, memory, outer, cancellationToken: workflow.CancellationToken);

        foreach (var input in node.Inputs)
        {
            memory.Declare(input.Place).Value = input.IsConstant
                ? input.Constant
                : await evaluator.EvaluateAsync(input.Expression, input.Type, context);
        }

        var indexing = new TriggerIndexingContext(workflow, context, trigger, workflow.CancellationToken);
        var payloads = (await trigger.GetTriggerPayloadsAsync(indexing)).ToList();
        if (payloads.Count == 0)
            triggers.Add(Create(null));

        foreach (var payload in payloads)
            triggers.Add(Create(payload));

        IndexedTrigger Create(object? payload)
        {
            var (name, stimulus) = payload is NamedTriggerPayload named ? (named.Name, named.Payload) : (indexing.TriggerName, payload);
            var identity = workflow.Workflow.Identity;
            var record = new TriggerRecord(
                ids.GenerateId(), identity.DefinitionId, identity.Id, name, node.ActivityId, hasher.Hash(name, stimulus), StimulusHasher.ToJson(stimulus));
            return new IndexedTrigger(record, stimulus);
        }
    }
}

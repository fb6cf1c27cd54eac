using System.ComponentModel;
using Elsa.Expressions.Models;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity;

/// <summary>
/// Another workflow, used as an activity. Its inputs and outputs are variables of the workflow inside; its exits are the outcomes that the workflow
/// completes with.
/// </summary>
[Activity("Elsa", "Workflows", "Runs another workflow as an activity.")]
[Browsable(false)]
public class WorkflowDefinitionActivity : Composite
{
    private readonly UsableWorkflow? _source;

    /// <summary>Creates an activity that stands for no workflow.</summary>
    public WorkflowDefinitionActivity()
    {
    }

    internal WorkflowDefinitionActivity(UsableWorkflow source)
    {
        _source = source;
        Type = source.Descriptor.TypeName;
        Version = source.Descriptor.Version;
        WorkflowDefinitionId = source.Identity.DefinitionId;
        WorkflowDefinitionVersionId = source.Identity.Id;
    }

    /// <summary>The definition it stands for.</summary>
    public string WorkflowDefinitionId { get; set; } = null!;

    /// <summary>The version it stands for.</summary>
    public string WorkflowDefinitionVersionId { get; set; } = null!;

    /// <summary>Number of the published version when the definition was saved; only shown.</summary>
    public int LatestAvailablePublishedVersion { get; set; }

    /// <summary>Id of the published version when the definition was saved; only shown.</summary>
    public string? LatestAvailablePublishedVersionId { get; set; }

    /// <summary>The workflow it stands for; null until it has been read.</summary>
    internal UsableWorkflow? Source => _source;

    /// <summary>The value of an input of the nearest such workflow around an expression.</summary>
    /// <returns>False if the expression is not inside one, or the workflow has no such input.</returns>
    internal static bool TryGetInput(ExpressionExecutionContext expression, string name, out object? value)
    {
        value = null;
        if (Around(expression) is not { } around
            || around.Use._source?.Inputs.FirstOrDefault(input => string.Equals(input.Name, name, StringComparison.OrdinalIgnoreCase)) is not { } found)
        {
            return false;
        }

        value = Read(around.Workflow, InputPlace(around.Use, found.Name));
        return true;
    }

    /// <summary>The inputs of the nearest such workflow around an expression; null if there is none.</summary>
    internal static IEnumerable<WorkflowInput>? InputsAround(ExpressionExecutionContext expression) =>
        Around(expression) is { } around
            ? around.Use._source!.Inputs.Select(input => new WorkflowInput(input.Name, Read(around.Workflow, InputPlace(around.Use, input.Name))))
            : null;

    /// <summary>Sets an output of the nearest such workflow around an execution.</summary>
    /// <returns>False if the execution is not inside one.</returns>
    internal static bool TrySetOutput(ActivityExecutionContext context, string name, object? value)
    {
        if (Around(context.ExpressionExecutionContext) is not { } around)
            return false;

        if (around.Use._source!.Outputs.FirstOrDefault(output => output.Name == name) is { } found)
            around.Workflow.Set(new MemoryBlockReference(found.Name), value);
        else
            Scopes.SetHere(around.Workflow, name, value, null);
        return true;
    }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (_source is null || Root is null)
            throw new InvalidOperationException($"The activity '{Id}' stands for a workflow that is not there.");

        // The variables belong to the workflow inside: expressions of this activity's own inputs do not see them.
        var variables = new List<Variable>();
        foreach (var input in _source.Inputs)
        {
            var binding = context.ActivityNode.Inputs.FirstOrDefault(candidate => candidate.Descriptor.Name == input.Name);
            variables.Add(Declare(input, InputPlace(this, input.Name), binding is null ? null : context.Get(binding.Place)));
        }

        // An activity inside binds its output to the workflow's by name.
        variables.AddRange(_source.Outputs.Select(static output => Declare(output, output.Name, null)));
        await context.ScheduleActivityAsync(Root, OnWorkflowCompletedAsync, variables: variables);
    }

    private async ValueTask OnWorkflowCompletedAsync(ActivityCompletedContext context)
    {
        var execution = context.TargetContext;
        foreach (var output in _source!.Outputs)
            execution.WorkflowExecutionContext.SetOutput(execution, output.Name, Read(context.ChildContext, output.Name));

        await OnCompletedAsync(context);
        await execution.CompleteActivityAsync(context.Result);
    }

    // The inputs of the activity itself are expressions of the workflow that uses it; what is inside begins at the workflow it stands for.
    private static (WorkflowDefinitionActivity Use, ActivityExecutionContext Workflow)? Around(ExpressionExecutionContext expression)
    {
        for (var context = expression.Activity; context is not null; context = context.ParentActivityExecutionContext)
        {
            if (context.ParentActivityExecutionContext?.Activity is WorkflowDefinitionActivity use)
                return (use, context);
        }

        return null;
    }

    private static string InputPlace(WorkflowDefinitionActivity use, string name) => $"{use.Id}:input:{name}";

    private static Variable Declare(ArgumentDefinition argument, string id, object? value)
    {
        var variable = (Variable)Activator.CreateInstance(typeof(Variable<>).MakeGenericType(argument.Type))!;
        variable.Name = argument.Name;
        variable.Id = id;
        variable.Value = value;
        return variable;
    }

    private static object? Read(ActivityExecutionContext workflow, string id) =>
        workflow.ExpressionExecutionContext.Memory.TryGetBlock(id, out var block) ? block.Value : null;
}

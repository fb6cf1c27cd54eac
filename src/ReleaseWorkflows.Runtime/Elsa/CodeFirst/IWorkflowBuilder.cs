using Elsa.Workflows.Activities;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Workflows;

/// <summary>Makes builders.</summary>
public interface IWorkflowBuilderFactory
{
    /// <summary>A builder for one workflow.</summary>
    IWorkflowBuilder CreateBuilder();
}

/// <summary>What a workflow written in code says about itself.</summary>
public interface IWorkflowBuilder
{
    /// <summary>Id of the definition. Default: the name of the workflow's class.</summary>
    string? DefinitionId { get; set; }

    /// <summary>Id of the version. A host that stores definitions gives its own.</summary>
    string? Id { get; set; }

    /// <summary>Tenant; one tenant is served, so it is only carried along.</summary>
    string? TenantId { get; set; }

    /// <summary>Orders several classes of one definition: new instances start on the highest, the others keep theirs running. Default: 1.</summary>
    int Version { get; set; }

    /// <summary>Name shown to people. Default: the name of the workflow's class.</summary>
    string? Name { get; set; }

    /// <summary>What the workflow is for.</summary>
    string? Description { get; set; }

    /// <summary>True if it is not edited in Studio. A workflow written in code never is.</summary>
    bool IsReadonly { get; set; }

    /// <summary>True if lists leave it out.</summary>
    bool IsSystem { get; set; }

    /// <summary>Settings.</summary>
    WorkflowOptions WorkflowOptions { get; }

    /// <summary>What the workflow does.</summary>
    IActivity? Root { get; set; }

    /// <summary>Variables.</summary>
    ICollection<Variable> Variables { get; set; }

    /// <summary>Inputs.</summary>
    ICollection<InputDefinition> Inputs { get; set; }

    /// <summary>Outputs.</summary>
    ICollection<OutputDefinition> Outputs { get; set; }

    /// <summary>Exits of the workflow when it is used as an activity.</summary>
    ICollection<string> Outcomes { get; set; }

    /// <summary>Variable whose value is the result of the workflow.</summary>
    Variable? Result { get; set; }

    /// <summary>Free data.</summary>
    IDictionary<string, object> CustomProperties { get; }

    /// <summary>Sets the id of the definition.</summary>
    IWorkflowBuilder WithDefinitionId(string definitionId);

    /// <summary>Sets the id of the version.</summary>
    IWorkflowBuilder WithId(string id);

    /// <summary>Sets the tenant.</summary>
    IWorkflowBuilder WithTenantId(string tenantId);

    /// <summary>Adds a variable without a name.</summary>
    Variable<T> WithVariable<T>();

    /// <summary>Adds a variable.</summary>
    Variable<T> WithVariable<T>(string name, T value);

    /// <summary>Adds a variable without a name.</summary>
    Variable<T> WithVariable<T>(T value);

    /// <summary>Adds a variable.</summary>
    IWorkflowBuilder WithVariable<T>(Variable<T> variable);

    /// <summary>Adds a variable.</summary>
    IWorkflowBuilder WithVariable(Variable variable);

    /// <summary>Adds variables.</summary>
    IWorkflowBuilder WithVariables(params Variable[] variables);

    /// <summary>Adds an input.</summary>
    InputDefinition WithInput<T>(string name, string? description = null);

    /// <summary>Adds an input.</summary>
    InputDefinition WithInput(string name, Type type, string? description = null);

    /// <summary>Adds an input.</summary>
    InputDefinition WithInput(string name, Type type, Action<InputDefinition>? setup = null);

    /// <summary>Adds an input.</summary>
    InputDefinition WithInput(Action<InputDefinition> setup);

    /// <summary>Adds an input.</summary>
    IWorkflowBuilder WithInput(InputDefinition inputDefinition);

    /// <summary>Adds an output.</summary>
    OutputDefinition WithOutput<T>(string name, string? description = null);

    /// <summary>Adds an output.</summary>
    OutputDefinition WithOutput(string name, Type type, string? description = null);

    /// <summary>Adds an output.</summary>
    OutputDefinition WithOutput(string name, Type type, Action<OutputDefinition>? setup = null);

    /// <summary>Adds an output.</summary>
    OutputDefinition WithOutput(Action<OutputDefinition> setup);

    /// <summary>Adds an output.</summary>
    OutputDefinition WithOutput(OutputDefinition outputDefinition);

    /// <summary>Adds free data.</summary>
    IWorkflowBuilder WithCustomProperty(string name, object value);

    /// <summary>Says whether a further instance may start while one runs.</summary>
    IWorkflowBuilder WithActivationStrategyType<T>()
        where T : IWorkflowActivationStrategy;

    /// <summary>Says that the workflow is not edited in Studio.</summary>
    IWorkflowBuilder AsReadonly();

    /// <summary>Says that lists leave the workflow out.</summary>
    IWorkflowBuilder AsSystemWorkflow();

    /// <summary>The workflow as described so far.</summary>
    Task<Workflow> BuildWorkflowAsync(CancellationToken cancellationToken = default);

    /// <summary>The workflow that a class describes.</summary>
    Task<Workflow> BuildWorkflowAsync(IWorkflow workflowDefinition, CancellationToken cancellationToken = default);
}

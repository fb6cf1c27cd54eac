using System.Globalization;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Definitions.CodeFirst;

/// <inheritdoc cref="IWorkflowBuilder"/>
internal sealed class WorkflowBuilder(TimeProvider time) : IWorkflowBuilder
{
    public string? DefinitionId { get; set; }

    public string? Id { get; set; }

    public string? TenantId { get; set; }

    public int Version { get; set; } = 1;

    public string? Name { get; set; }

    public string? Description { get; set; }

    public bool IsReadonly { get; set; }

    public bool IsSystem { get; set; }

    public WorkflowOptions WorkflowOptions { get; } = new();

    public IActivity? Root { get; set; }

    public ICollection<Variable> Variables { get; set; } = [];

    public ICollection<InputDefinition> Inputs { get; set; } = [];

    public ICollection<OutputDefinition> Outputs { get; set; } = [];

    public ICollection<string> Outcomes { get; set; } = [];

    public Variable? Result { get; set; }

    public IDictionary<string, object> CustomProperties { get; } = new Dictionary<string, object>();

    public IWorkflowBuilder WithDefinitionId(string definitionId)
    {
        DefinitionId = definitionId;
        return this;
    }

    public IWorkflowBuilder WithId(string id)
    {
        Id = id;
        return this;
    }

    public IWorkflowBuilder WithTenantId(string tenantId)
    {
        TenantId = tenantId;
        return this;
    }

    public Variable<T> WithVariable<T>() => Add(new Variable<T>());

    public Variable<T> WithVariable<T>(string name, T value) => Add(new Variable<T>(name, value));

    public Variable<T> WithVariable<T>(T value) => Add(new Variable<T>(value));

    public IWorkflowBuilder WithVariable<T>(Variable<T> variable) => WithVariable((Variable)variable);

    public IWorkflowBuilder WithVariable(Variable variable)
    {
        Add(variable);
        return this;
    }

    public IWorkflowBuilder WithVariables(params Variable[] variables)
    {
        foreach (var variable in variables)
            Add(variable);
        return this;
    }

    public InputDefinition WithInput<T>(string name, string? description = null) => WithInput(name, typeof(T), description);

    public InputDefinition WithInput(string name, Type type, string? description = null) =>
        WithInput(name, type, input => input.Description = description ?? "");

    public InputDefinition WithInput(string name, Type type, Action<InputDefinition>? setup = null) => WithInput(input =>
    {
        input.Name = name;
        input.Type = type;
        setup?.Invoke(input);
    });

    public InputDefinition WithInput(Action<InputDefinition> setup)
    {
        var input = new InputDefinition();
        setup(input);
        Inputs.Add(input);
        return input;
    }

    public IWorkflowBuilder WithInput(InputDefinition inputDefinition)
    {
        Inputs.Add(inputDefinition);
        return this;
    }

    public OutputDefinition WithOutput<T>(string name, string? description = null) => WithOutput(name, typeof(T), description);

    public OutputDefinition WithOutput(string name, Type type, string? description = null) =>
        WithOutput(name, type, output => output.Description = description ?? "");

    public OutputDefinition WithOutput(string name, Type type, Action<OutputDefinition>? setup = null) => WithOutput(output =>
    {
        output.Name = name;
        output.Type = type;
        setup?.Invoke(output);
    });

    public OutputDefinition WithOutput(Action<OutputDefinition> setup)
    {
        var output = new OutputDefinition();
        setup(output);
        return WithOutput(output);
    }

    public OutputDefinition WithOutput(OutputDefinition outputDefinition)
    {
        Outputs.Add(outputDefinition);
        return outputDefinition;
    }

    public IWorkflowBuilder WithCustomProperty(string name, object value)
    {
        CustomProperties[name] = value;
        return this;
    }

    public IWorkflowBuilder WithActivationStrategyType<T>()
        where T : IWorkflowActivationStrategy
    {
        WorkflowOptions.ActivationStrategyType = typeof(T);
        return this;
    }

    public IWorkflowBuilder AsReadonly()
    {
        IsReadonly = true;
        return this;
    }

    public IWorkflowBuilder AsSystemWorkflow()
    {
        IsSystem = true;
        return this;
    }

    public Task<Workflow> BuildWorkflowAsync(CancellationToken cancellationToken = default)
    {
        var definitionId = DefinitionId ?? Id ?? "Workflow";
        var workflow = new Workflow
        {
            Identity = new WorkflowIdentity(definitionId, Version, Id ?? $"{definitionId}:v{Version}", TenantId),
            Publication = new WorkflowPublication(true, true),
            WorkflowMetadata = new WorkflowMetadata(Name ?? definitionId, Description, time.GetUtcNow(), new Version(3, 8, 0)),
            Name = Name ?? definitionId,
            Options = WorkflowOptions,
            Root = Root ?? new Sequence(),
            Inputs = [.. Inputs.Select(Complete)],
            Outputs = [.. Outputs.Select(Complete)],
            Variables = [.. Variables],
            Outcomes = [.. Outcomes],
            ResultVariable = Result,
            IsReadonly = IsReadonly,
            IsSystem = IsSystem,
        };
        foreach (var (name, value) in CustomProperties)
            workflow.CustomProperties[name] = value;
        return Task.FromResult(workflow);
    }

    public async Task<Workflow> BuildWorkflowAsync(IWorkflow workflowDefinition, CancellationToken cancellationToken = default)
    {
        var name = ActivityTypeNames.ClassName(workflowDefinition.GetType());
        DefinitionId ??= name;
        Name ??= name;
        IsReadonly = true;
        await workflowDefinition.BuildAsync(this, cancellationToken);
        return await BuildWorkflowAsync(cancellationToken);
    }

    private TVariable Add<TVariable>(TVariable variable)
        where TVariable : Variable
    {
        // Names and ids come from the order in which variables are declared, so that they are the same in the next process.
        if (string.IsNullOrEmpty(variable.Name))
            variable.Name = string.Create(CultureInfo.InvariantCulture, $"Variable{Variables.Count + 1}");
        if (string.IsNullOrEmpty(variable.Id))
            variable.Id = variable.Name;
        if (!Variables.Contains(variable))
            Variables.Add(variable);
        return variable;
    }

    private static T Complete<T>(T argument)
        where T : ArgumentDefinition
    {
        argument.DisplayName ??= argument.Name;
        argument.Description ??= "";
        argument.Category ??= "";
        if (argument is InputDefinition input)
            input.UIHint ??= "";
        return argument;
    }
}

/// <inheritdoc cref="IWorkflowBuilderFactory"/>
internal sealed class WorkflowBuilderFactory(TimeProvider time) : IWorkflowBuilderFactory
{
    public IWorkflowBuilder CreateBuilder() => new WorkflowBuilder(time);
}

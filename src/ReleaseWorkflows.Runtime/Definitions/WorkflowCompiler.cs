using System.Globalization;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Definitions.Validation;
using ReleaseWorkflows.Runtime.Execution;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>
/// Turns a workflow that was read, or built in code, into a graph that bursts share: every activity gets its place, inputs are bound, fixed
/// values computed once. What would fail at run time for certain is reported here.
/// </summary>
internal sealed class WorkflowCompiler(
    IActivityRegistry registry, IExpressionEvaluator evaluator, IEnumerable<IExpressionHandler> handlers, DefinitionValidator validator)
{
    private readonly HashSet<string> _syntaxes = new(handlers.Select(static handler => handler.Type), StringComparer.OrdinalIgnoreCase);
    private readonly ExpressionExecutionContext _nowhere = new(NoServices.Instance, new MemoryRegister());
    private readonly ActivityDescriptor _workflowDescriptor = ActivityDescriber.Describe(typeof(Workflow));

    /// <summary>Compiles a workflow that was published before; null, and findings, if it cannot run.</summary>
    public WorkflowGraph? Compile(Workflow workflow, List<DefinitionFinding> findings) => Compile(workflow, findings, isNew: false);

    /// <summary>Compiles a workflow and checks what a new version is asked; null, and findings, if it has errors.</summary>
    public WorkflowGraph? CompileNew(Workflow workflow, List<DefinitionFinding> findings) => Compile(workflow, findings, isNew: true);

    private WorkflowGraph? Compile(Workflow workflow, List<DefinitionFinding> findings, bool isNew)
    {
        var nodes = new List<ActivityNode>();
        workflow.Id = "Workflow1";
        Visit(workflow, null, null, new HashSet<string>(StringComparer.Ordinal));

        foreach (var node in nodes)
            Bind(node, workflow, findings);
        if (isNew)
            validator.Validate(nodes, findings);

        return findings.Any(static finding => finding.Severity == FindingSeverity.Error)
            ? null
            : new WorkflowGraph(workflow, nodes[0], nodes);

        // Ids are unique in their workflow. One that is used as an activity has ids of its own.
        void Visit(IActivity activity, ActivityNode? parent, string? port, HashSet<string> ids)
        {
            Setup(activity, findings);
            if (string.IsNullOrEmpty(activity.Id))
                activity.Id = GenerateId(activity, ids);
            if (!ids.Add(activity.Id))
            {
                findings.Add(DefinitionReader.Error(activity.Id, $"The id '{activity.Id}' is used by more than one activity."));
                return;
            }

            var node = new ActivityNode(activity, Describe(activity), parent, port);
            nodes.Add(node);
            if (activity is Activity known)
                known.Node = node;

            var inside = activity is WorkflowDefinitionActivity ? new HashSet<string>(StringComparer.Ordinal) : ids;
            foreach (var (childPort, child) in ActivityChildren.Of(activity))
                Visit(child, node, childPort, inside);
        }
    }

    // Counted by type, so that activities of other types can come and go.
    private static string GenerateId(IActivity activity, HashSet<string> ids)
    {
        var type = ActivityTypeNames.ClassName(activity.GetType());
        var name = type.IndexOf('<', StringComparison.Ordinal) is var end and > 0 ? type[..end] : type;
        for (var number = 1; ; number++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{name}{number}");
            if (!ids.Contains(id))
                return id;
        }
    }

    // Code of the activity's author.
    private static void Setup(IActivity activity, List<DefinitionFinding> findings)
    {
        try
        {
            (activity as IComposite)?.Setup();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            findings.Add(DefinitionReader.Error(activity.Id, $"The activity of the type '{activity.Type}' cannot be set up: {Failures.MessageOf(exception)}"));
        }
    }

    private ActivityDescriptor Describe(IActivity activity) => activity is Workflow
        ? _workflowDescriptor
        : activity is WorkflowDefinitionActivity { Source: { } used } ? used.Descriptor
        : registry.Find(activity.Type, activity.Version) ?? registry.Find(activity.Type) ?? ActivityDescriber.Describe(activity.GetType());

    private void Bind(ActivityNode node, Workflow workflow, List<DefinitionFinding> findings)
    {
        var inputs = new List<InputBinding>();
        foreach (var descriptor in node.Descriptor.Inputs)
        {
            if (descriptor.IsWrapped && descriptor.ValueGetter(node.Activity) is Input input)
                BindInput(node, descriptor, input, inputs, findings);
        }

        var outputs = new List<OutputBinding>();
        foreach (var descriptor in node.Descriptor.Outputs)
        {
            if (descriptor.ValueGetter(node.Activity) is Output output)
                outputs.Add(new OutputBinding(descriptor, output));
        }

        node.Inputs = [.. inputs];
        node.Outputs = [.. outputs];
        CheckOutputs(node, workflow, findings);
    }

    private void BindInput(
        ActivityNode node, InputDescriptor descriptor, Input input, List<InputBinding> inputs, List<DefinitionFinding> findings)
    {
        // Without an expression the input reads a place that another activity or a variable fills.
        if (input.Expression is not { } expression)
            return;

        var place = input.MemoryBlockReference();
        if (string.IsNullOrEmpty(place.Id))
            place.Id = $"{node.ActivityId}:{descriptor.Name}";

        if (!_syntaxes.Contains(expression.Type))
        {
            findings.Add(DefinitionReader.Error(
                node.ActivityId, $"The input '{descriptor.Name}' is written in '{expression.Type}', which is not supported here."));
            return;
        }

        if (expression.Type is not ("Literal" or "Object" or "Json"))
        {
            inputs.Add(new InputBinding(descriptor, input));
            return;
        }

        try
        {
            var value = evaluator.EvaluateAsync(expression, input.Type, _nowhere).AsTask().GetAwaiter().GetResult();
            inputs.Add(new InputBinding(descriptor, input) { IsConstant = ImmutableTypes.Contains(value), Constant = value });
        }
        catch (Exception exception) when (exception is ValueConversionException or System.Text.Json.JsonException)
        {
            findings.Add(DefinitionReader.Error(node.ActivityId, $"The input '{descriptor.Name}' does not fit its type: {exception.Message}"));
        }
    }

    private static void CheckOutputs(ActivityNode node, Workflow workflow, List<DefinitionFinding> findings)
    {
        foreach (var binding in node.Outputs)
        {
            if (binding.Output.MemoryBlockReference?.Invoke() is not { Id: { Length: > 0 } id } reference || reference is Variable)
                continue;
            // A workflow that is used as an activity was told when it was published itself.
            if (node.EmbeddedIn is not null || workflow.FindOutput(id) is not null || IsDeclared(id, node))
                continue;

            findings.Add(DefinitionReader.Warning(
                node.ActivityId, $"The output '{binding.Descriptor.Name}' is bound to '{id}', which is neither a variable in scope nor an output of the workflow."));
        }
    }

    private static bool IsDeclared(string variableId, ActivityNode? node)
    {
        for (; node is not null; node = node.Parent)
        {
            if (node.Activity is IVariableContainer container && container.Variables.Any(variable => variable.Id == variableId))
                return true;
        }

        return false;
    }

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}

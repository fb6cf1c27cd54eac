using System.Collections;
using Elsa.Expressions.Models;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Definitions.Validation;

/// <summary>
/// What a definition is told before it is published, beyond what keeps it from being compiled at all. A version that is stored already is not
/// asked again: it runs as it always did.
/// </summary>
internal sealed class DefinitionValidator
{
    private readonly Dictionary<string, IExpressionHandler> _handlers = new(StringComparer.OrdinalIgnoreCase);

    public DefinitionValidator(IEnumerable<IExpressionHandler> handlers)
    {
        foreach (var handler in handlers)
            _handlers[handler.Type] = handler;
    }

    /// <summary>Reports what is wrong with the activities of a workflow.</summary>
    public void Validate(IReadOnlyList<ActivityNode> nodes, List<DefinitionFinding> findings)
    {
        foreach (var node in nodes)
        {
            // A workflow that is used as an activity was asked when it was published itself.
            if (node.EmbeddedIn is not null)
                continue;

            CheckInputs(node, findings);

            if (node.Activity is ICheckedActivity activity)
                findings.AddRange(activity.Check(node));
            if (node.Activity is Flowchart flowchart)
                FlowchartValidation.Check(flowchart, findings);
        }
    }

    private void CheckInputs(ActivityNode node, List<DefinitionFinding> findings)
    {
        foreach (var descriptor in node.Descriptor.Inputs)
        {
            var value = descriptor.ValueGetter(node.Activity);
            if (descriptor.IsRequired && IsMissing(value))
                findings.Add(DefinitionReader.Error(node.ActivityId, $"The input '{descriptor.Name}' is required."));

            if (value is Input { Expression: { } expression })
                CheckExpression(node, descriptor.Name, expression, findings);
            else if (!descriptor.IsWrapped)
                CheckPlain(node, descriptor.Name, value, findings);
        }
    }

    // Expressions inside a plain member: the conditions of the cases of a switch.
    private void CheckPlain(ActivityNode node, string name, object? value, List<DefinitionFinding> findings)
    {
        if (value is string || value is not IEnumerable items)
            return;

        foreach (var item in items)
        {
            foreach (var property in item?.GetType().GetProperties() ?? [])
            {
                if (property.PropertyType == typeof(Expression) && property.GetValue(item) is Expression expression)
                    CheckExpression(node, name, expression, findings);
            }
        }
    }

    private void CheckExpression(ActivityNode node, string name, Expression expression, List<DefinitionFinding> findings)
    {
        // An input in an unknown syntax is reported where it is bound.
        if (!_handlers.TryGetValue(expression.Type, out var handler))
        {
            var reason = $"The input '{name}' is written in '{expression.Type}', which is not supported here.";
            if (!findings.Exists(finding => finding.Node == node.ActivityId && finding.Reason == reason))
                findings.Add(DefinitionReader.Error(node.ActivityId, reason));
        }
        else if (handler.FindError(expression) is { } error)
        {
            findings.Add(DefinitionReader.Error(node.ActivityId, $"The expression of the input '{name}' cannot be read: {error}"));
        }
    }

    private static bool IsMissing(object? value) => value switch
    {
        null => true,
        Input { Expression: { Type: "Literal" or "Object" or "Json" or "JavaScript" } expression } =>
            expression.Value is null || (expression.Value is string text && string.IsNullOrWhiteSpace(text)),
        Input => false,
        string text => string.IsNullOrWhiteSpace(text),
        _ => false,
    };
}

/// <summary>An activity that knows more about its own inputs than their types say.</summary>
internal interface ICheckedActivity
{
    /// <summary>What is wrong with the activity as it is defined.</summary>
    IEnumerable<DefinitionFinding> Check(ActivityNode node);
}

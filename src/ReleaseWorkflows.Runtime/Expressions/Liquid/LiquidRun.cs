using System.Text;
using Elsa.Expressions.Models;
using Elsa.Extensions;

namespace ReleaseWorkflows.Runtime.Expressions.Liquid;

/// <summary>One rendering of a template. It ends with an error when it takes too many steps or makes too much text.</summary>
internal sealed class LiquidRun(ExpressionExecutionContext context)
{
    /// <summary>Most parts that are rendered, turns of loops included.</summary>
    private const int MaxSteps = 100_000;

    /// <summary>Most characters of the result, and of any text on the way.</summary>
    public const int MaxText = 1_000_000;

    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, object?> _locals = new(StringComparer.Ordinal);
    private int _steps;

    /// <summary>What was rendered.</summary>
    public string Text => _text.ToString();

    /// <summary>Renders parts one after the other.</summary>
    public void Render(IReadOnlyList<LiquidNode> nodes)
    {
        foreach (var node in nodes)
        {
            Count();
            switch (node)
            {
                case LiquidText text:
                    Append(text.Text);
                    break;
                case LiquidOutput output:
                    Append(LiquidValues.ToText(Evaluate(output.Value)));
                    break;
                case LiquidIf condition:
                    if (condition.Branches.FirstOrDefault(branch => branch.Condition is null || Holds(branch.Condition) != branch.IsNegated) is { } branch)
                        Render(branch.Body);
                    break;
                case LiquidFor loop:
                    Render(loop);
                    break;
                case LiquidAssign assign:
                    _locals[assign.Name] = Evaluate(assign.Value);
                    break;
            }
        }
    }

    private void Render(LiquidFor loop)
    {
        var items = LiquidValues.Items(Evaluate(loop.List));
        if (items.Count == 0)
        {
            Render(loop.Empty);
            return;
        }

        var hadBefore = _locals.TryGetValue(loop.Name, out var before);
        _locals.TryGetValue("forloop", out var outer);
        for (var index = 0; index < items.Count; index++)
        {
            Count();
            _locals[loop.Name] = items[index];
            _locals["forloop"] = new Dictionary<string, object?>
            {
                ["index"] = index + 1,
                ["index0"] = index,
                ["first"] = index == 0,
                ["last"] = index == items.Count - 1,
                ["length"] = items.Count,
            };
            Render(loop.Body);
        }

        _locals["forloop"] = outer;
        if (hadBefore)
            _locals[loop.Name] = before;
        else
            _locals.Remove(loop.Name);
    }

    private void Count()
    {
        if (++_steps > MaxSteps)
            throw new LiquidException($"The template takes more than {MaxSteps:N0} steps.");
    }

    private void Append(string text)
    {
        if (_text.Length + text.Length > MaxText)
            throw new LiquidException($"The template makes more than {MaxText:N0} characters.");
        _text.Append(text);
    }

    private object? Evaluate(LiquidValue value)
    {
        var result = Evaluate(value.Operand);
        foreach (var filter in value.Filters)
            result = LiquidFilters.Apply(filter.Name, result, [.. filter.Arguments.Select(Evaluate)]);
        return result;
    }

    private object? Evaluate(LiquidOperand operand)
    {
        if (operand.IsConstant)
            return operand.Constant;

        var (value, next) = Root(operand.Path);
        for (; next < operand.Path.Count && value is not null; next++)
        {
            var step = operand.Path[next];
            value = LiquidValues.Member(value, step.Name ?? Evaluate(step.Index!));
        }

        return next < operand.Path.Count ? null : value;
    }

    // The value a path begins at, and how many of its steps were taken for it.
    private (object? Value, int Next) Root(IReadOnlyList<LiquidStep> path)
    {
        var name = path[0].Name!;
        if (_locals.TryGetValue(name, out var local))
            return (local, 1);

        switch (name)
        {
            case "Variables":
                return path.Count > 1 ? (context.GetVariableInScope(NameOf(path[1])), 2) : (Names(), 1);
            case "Input":
                return path.Count > 1 ? (context.GetInput(NameOf(path[1])), 2) : (null, 1);
        }

        if (!context.TryGetWorkflowExecutionContext(out var workflow))
            return (null, 1);

        return (name switch
        {
            "CorrelationId" => workflow.CorrelationId,
            "WorkflowInstanceId" => workflow.Id,
            "WorkflowInstanceName" => workflow.Name,
            "WorkflowDefinitionId" => workflow.Workflow.Identity.DefinitionId,
            "WorkflowDefinitionVersionId" => workflow.Workflow.Identity.Id,
            "WorkflowDefinitionVersion" => workflow.Workflow.Identity.Version,
            _ => (object?)null,
        }, 1);
    }

    private Dictionary<string, object?> Names() => context.GetVariableNamesInScope().ToDictionary(static name => name, context.GetVariableInScope, StringComparer.Ordinal);

    private string NameOf(LiquidStep step) => step.Name ?? LiquidValues.ToText(Evaluate(step.Index!));

    private bool Holds(LiquidCondition condition)
    {
        var left = Evaluate(condition.Left);
        var holds = condition.Operator is { } sign ? LiquidValues.Compare(left, sign, Evaluate(condition.Right!)) : LiquidValues.IsTrue(left);
        return condition.Join switch
        {
            "and" => holds && Holds(condition.Next!),
            "or" => holds || Holds(condition.Next!),
            _ => holds,
        };
    }
}

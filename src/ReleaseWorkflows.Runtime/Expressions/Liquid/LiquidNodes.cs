namespace ReleaseWorkflows.Runtime.Expressions.Liquid;

/// <summary>A part of a template.</summary>
internal abstract record LiquidNode;

/// <summary>Text that stands as it is.</summary>
internal sealed record LiquidText(string Text) : LiquidNode;

/// <summary><c>{{ value | filter }}</c>.</summary>
internal sealed record LiquidOutput(LiquidValue Value) : LiquidNode;

/// <summary><c>if</c>, <c>elsif</c> and <c>else</c>; the first branch that holds is rendered. An <c>else</c> has no condition.</summary>
internal sealed record LiquidIf(IReadOnlyList<LiquidBranch> Branches) : LiquidNode;

/// <summary>A branch of a condition.</summary>
internal sealed record LiquidBranch(LiquidCondition? Condition, bool IsNegated, IReadOnlyList<LiquidNode> Body);

/// <summary><c>for item in list</c>.</summary>
internal sealed record LiquidFor(string Name, LiquidValue List, IReadOnlyList<LiquidNode> Body, IReadOnlyList<LiquidNode> Empty) : LiquidNode;

/// <summary><c>assign name = value</c>.</summary>
internal sealed record LiquidAssign(string Name, LiquidValue Value) : LiquidNode;

/// <summary>A value and what is done to it, one filter after the other.</summary>
internal sealed record LiquidValue(LiquidOperand Operand, IReadOnlyList<LiquidFilter> Filters);

/// <summary>A filter with its arguments.</summary>
internal sealed record LiquidFilter(string Name, IReadOnlyList<LiquidOperand> Arguments);

/// <summary>A constant, or a path such as <c>Variables.Order.lines[0]</c>: names and indexes.</summary>
internal sealed record LiquidOperand(object? Constant, IReadOnlyList<LiquidStep> Path)
{
    /// <summary>True if this is a constant.</summary>
    public bool IsConstant => Path.Count == 0;
}

/// <summary>One step of a path: a name, or an index that is a value itself.</summary>
internal sealed record LiquidStep(string? Name, LiquidOperand? Index);

/// <summary>A comparison, or a value alone; further ones joined by <c>and</c> or <c>or</c>, taken from the right.</summary>
internal sealed record LiquidCondition(LiquidOperand Left, string? Operator, LiquidOperand? Right, string? Join, LiquidCondition? Next);

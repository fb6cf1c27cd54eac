using Jint.Parser;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

// The tree of a script in today's JavaScript: Tokenizer (text to tokens) → ModernParser (tokens to this tree) → Lowering (this tree to the
// ECMAScript 5.1 tree the interpreter runs). Every node keeps its place in the author's text, and so does everything made from it.

/// <summary>A piece of the script and where it starts.</summary>
internal abstract record Node(Location At);

internal sealed record NameNode(Location At, string Name) : Node(At);

internal sealed record ThisNode(Location At) : Node(At);

internal sealed record SuperNode(Location At) : Node(At);

/// <summary>A text, a number, a truth value or null.</summary>
internal sealed record LiteralNode(Location At, object? Value, string Raw) : Node(At);

internal sealed record RegExpNode(Location At, string Raw) : Node(At);

/// <summary>Texts are one more than values; the cooked text is null where an escape is not valid, which only a tag may see.</summary>
internal sealed record TemplateNode(Location At, Node? Tag, IReadOnlyList<(string? Cooked, string Raw)> Texts, IReadOnlyList<Node> Values) : Node(At);

/// <summary>An array, or the pattern it turns out to be; a hole is null.</summary>
internal sealed record ArrayNode(Location At, IReadOnlyList<Node?> Items) : Node(At);

/// <summary>An object, or the pattern it turns out to be.</summary>
internal sealed record ObjectNode(Location At, IReadOnlyList<MemberOfObject> Members) : Node(At);

internal enum MemberKind
{
    Value,
    Shorthand,
    Spread,
    Get,
    Set,
    Method,
    Field,
    StaticBlock,
}

/// <summary>A member of an object literal or a class. Spread and static block have no key.</summary>
/// <param name="At">Where it starts.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Key">Its key: a <see cref="LiteralNode"/> unless it is computed.</param>
/// <param name="Value">Its value; null for a field without one.</param>
/// <param name="IsStatic">True for static members of a class.</param>
internal sealed record MemberOfObject(Location At, MemberKind Kind, Node? Key, Node? Value, bool IsStatic = false) : Node(At);

/// <summary><c>...x</c> in a list, or the rest in a pattern.</summary>
internal sealed record SpreadNode(Location At, Node Argument) : Node(At);

/// <summary><c>(x)</c>, which ends an optional chain and is no longer a pattern.</summary>
internal sealed record ParenthesisNode(Location At, Node Inner) : Node(At);

/// <summary>What stands in parentheses before <c>=&gt;</c> is found; never part of a finished tree.</summary>
internal sealed record CoverNode(Location At, IReadOnlyList<Node> Items, bool IsOnlyParameters, bool IsAsync) : Node(At);

/// <summary><c>a.b</c>, <c>a[b]</c>, <c>a?.b</c>; a key that is written as a name is a <see cref="LiteralNode"/>.</summary>
internal sealed record MemberNode(Location At, Node Object, Node Key, bool IsOptional) : Node(At);

internal sealed record CallNode(Location At, Node Callee, IReadOnlyList<Node> Arguments, bool IsOptional) : Node(At);

internal sealed record NewNode(Location At, Node Callee, IReadOnlyList<Node> Arguments) : Node(At);

internal sealed record UnaryNode(Location At, string Operator, Node Argument) : Node(At);

internal sealed record UpdateNode(Location At, string Operator, Node Argument, bool IsPrefix) : Node(At);

/// <summary>Binary and logical operators.</summary>
internal sealed record BinaryNode(Location At, string Operator, Node Left, Node Right) : Node(At);

internal sealed record AssignNode(Location At, string Operator, Node Target, Node Value) : Node(At);

internal sealed record ConditionalNode(Location At, Node Test, Node Then, Node Else) : Node(At);

internal sealed record SequenceNode(Location At, IReadOnlyList<Node> Items) : Node(At);

internal sealed record AwaitNode(Location At, Node Argument) : Node(At);

/// <summary>A function of any form.</summary>
/// <param name="At">Where it starts.</param>
/// <param name="Name">Its name, if it has one.</param>
/// <param name="Parameters">Names, patterns, <see cref="AssignNode"/> for defaults, a <see cref="SpreadNode"/> for the rest.</param>
/// <param name="Body">Its statements; an arrow with an expression has one return.</param>
/// <param name="IsArrow">True if it has no this and no arguments of its own.</param>
/// <param name="IsAsync">True if it answers with a promise.</param>
/// <param name="IsStrict">True in strict mode.</param>
internal sealed record FunctionNode(
    Location At, NameNode? Name, IReadOnlyList<Node> Parameters, IReadOnlyList<Node> Body, bool IsArrow, bool IsAsync, bool IsStrict) : Node(At);

internal sealed record ClassNode(Location At, NameNode? Name, Node? Parent, IReadOnlyList<MemberOfObject> Members) : Node(At);

// Statements.

internal sealed record ExpressionNode(Location At, Node Expression) : Node(At);

internal enum DeclarationKind
{
    Var,
    Let,
    Const,
}

internal sealed record DeclarationNode(Location At, DeclarationKind Kind, IReadOnlyList<(Node Target, Node? Value)> Items) : Node(At);

internal sealed record FunctionDeclarationNode(Location At, FunctionNode Function) : Node(At);

internal sealed record ClassDeclarationNode(Location At, ClassNode Class) : Node(At);

internal sealed record BlockNode(Location At, IReadOnlyList<Node> Body) : Node(At);

internal sealed record EmptyNode(Location At) : Node(At);

internal sealed record IfNode(Location At, Node Test, Node Then, Node? Else) : Node(At);

internal sealed record ForNode(Location At, Node? Init, Node? Test, Node? Update, Node Body) : Node(At);

/// <summary><c>for (target of|in source)</c>; the target is a declaration without a value, or an assignment target.</summary>
internal sealed record ForEachNode(Location At, Node Target, Node Source, Node Body, bool IsOf, bool IsAwait) : Node(At);

internal sealed record WhileNode(Location At, Node Test, Node Body) : Node(At);

internal sealed record DoWhileNode(Location At, Node Body, Node Test) : Node(At);

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed record JumpNode(Location At, bool IsBreak, string? Label) : Node(At);

internal sealed record LabelNode(Location At, string Label, Node Body) : Node(At);

internal sealed record ReturnNode(Location At, Node? Argument) : Node(At);

internal sealed record ThrowNode(Location At, Node Argument) : Node(At);

internal sealed record SwitchNode(Location At, Node Subject, IReadOnlyList<(Location At, Node? Test, IReadOnlyList<Node> Body)> Cases) : Node(At);

internal sealed record TryNode(Location At, BlockNode Block, Node? Parameter, BlockNode? Handler, BlockNode? Finalizer) : Node(At);

/// <summary>A whole script.</summary>
internal sealed record ScriptNode(Location At, IReadOnlyList<Node> Body, bool IsStrict) : Node(At);

using Jint.Parser;
using Jint.Parser.Ast;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>Makes nodes of the interpreter's tree.</summary>
internal static class Tree
{
    public static Identifier Name(Location at, string name) => new() { Type = SyntaxNodes.Identifier, Location = at, Name = name };

    public static Literal Literal(Location at, object? value, string? raw = null) =>
        new() { Type = SyntaxNodes.Literal, Location = at, Value = value, Raw = raw ?? value?.ToString() ?? "null" };

    public static Expression Undefined(Location at) => Unary(at, UnaryOperator.Void, Literal(at, 0d));

    public static UnaryExpression Unary(Location at, UnaryOperator mark, Expression argument) =>
        new() { Type = SyntaxNodes.UnaryExpression, Location = at, Operator = mark, Argument = argument, Prefix = true };

    public static UpdateExpression Update(Location at, UnaryOperator mark, Expression argument, bool isPrefix) =>
        new() { Type = SyntaxNodes.UpdateExpression, Location = at, Operator = mark, Argument = argument, Prefix = isPrefix };

    public static BinaryExpression Binary(Location at, BinaryOperator mark, Expression left, Expression right) =>
        new() { Type = SyntaxNodes.BinaryExpression, Location = at, Operator = mark, Left = left, Right = right };

    public static LogicalExpression Logical(Location at, LogicalOperator mark, Expression left, Expression right) =>
        new() { Type = SyntaxNodes.LogicalExpression, Location = at, Operator = mark, Left = left, Right = right };

    public static AssignmentExpression Assign(Location at, Expression target, Expression value, AssignmentOperator mark = AssignmentOperator.Assign) =>
        new() { Type = SyntaxNodes.AssignmentExpression, Location = at, Operator = mark, Left = target, Right = value };

    public static ConditionalExpression Conditional(Location at, Expression test, Expression then, Expression otherwise) =>
        new() { Type = SyntaxNodes.ConditionalExpression, Location = at, Test = test, Consequent = then, Alternate = otherwise };

    public static Expression Sequence(Location at, params IReadOnlyList<Expression> items) => items.Count == 1
        ? items[0]
        : new SequenceExpression { Type = SyntaxNodes.SequenceExpression, Location = at, Expressions = [.. items] };

    public static MemberExpression Member(Location at, Expression target, string name) =>
        new() { Type = SyntaxNodes.MemberExpression, Location = at, Object = target, Property = Name(at, name), Computed = false };

    public static MemberExpression Member(Location at, Expression target, Expression key) =>
        new() { Type = SyntaxNodes.MemberExpression, Location = at, Object = target, Property = key, Computed = true };

    public static CallExpression Call(Location at, Expression callee, params IReadOnlyList<Expression> arguments) =>
        new() { Type = SyntaxNodes.CallExpression, Location = at, Callee = callee, Arguments = [.. arguments], CanBeCached = false };

    /// <summary>A call of one of the <see cref="Helpers"/>.</summary>
    public static CallExpression Call(Location at, string helper, params IReadOnlyList<Expression> arguments) => Call(at, Name(at, helper), arguments);

    public static NewExpression New(Location at, Expression callee, IReadOnlyList<Expression> arguments) =>
        new() { Type = SyntaxNodes.NewExpression, Location = at, Callee = callee, Arguments = arguments };

    public static ArrayExpression Array(Location at, IReadOnlyList<Expression> items) =>
        new() { Type = SyntaxNodes.ArrayExpression, Location = at, Elements = items };

    public static BlockStatement Block(Location at, params IReadOnlyList<Statement> body) =>
        new() { Type = SyntaxNodes.BlockStatement, Location = at, Body = body };

    public static ExpressionStatement Do(Expression expression) =>
        new() { Type = SyntaxNodes.ExpressionStatement, Location = expression.Location, Expression = expression };

    public static EmptyStatement Empty(Location at) => new() { Type = SyntaxNodes.EmptyStatement, Location = at };

    public static ReturnStatement Return(Location at, Expression? value) => new() { Type = SyntaxNodes.ReturnStatement, Location = at, Argument = value };

    public static VariableDeclaration Variables(Location at, IEnumerable<(string Name, Expression? Value)> variables) => new()
    {
        Type = SyntaxNodes.VariableDeclaration,
        Location = at,
        Kind = "var",
        Declarations =
        [
            .. variables.Select(variable => new VariableDeclarator
            {
                Type = SyntaxNodes.VariableDeclarator, Location = at, Id = Name(at, variable.Name), Init = variable.Value,
            }),
        ],
    };

    public static ForStatement For(Location at, SyntaxNode? init, Expression? test, Expression? update, Statement body) =>
        new() { Type = SyntaxNodes.ForStatement, Location = at, Init = init, Test = test, Update = update, Body = body };

    public static TryStatement Try(Location at, Statement block, string? parameter, BlockStatement? handler, Statement? finalizer) => new()
    {
        Type = SyntaxNodes.TryStatement,
        Location = at,
        Block = block,
        GuardedHandlers = [],
        Handlers = handler is null
            ? []
            : [new CatchClause { Type = SyntaxNodes.CatchClause, Location = handler.Location, Param = Name(handler.Location, parameter!), Body = handler }],
        Finalizer = finalizer,
    };

    public static FunctionExpression Function(Location at, string? name, IEnumerable<string> parameters, IReadOnlyList<Statement> body, FunctionScope scope, bool isStrict) => new()
    {
        Type = SyntaxNodes.FunctionExpression,
        Location = at,
        Id = name is null ? null : Name(at, name),
        Parameters = [.. parameters.Select(parameter => Name(at, parameter))],
        Body = Block(at, body),
        Strict = isStrict,
        VariableDeclarations = Declared(at, scope),
        FunctionDeclarations = [],
        Defaults = [],
    };

    public static IList<VariableDeclaration> Declared(Location at, FunctionScope scope) =>
        scope.Variables.Count == 0 ? [] : [Variables(at, scope.Variables.Select(name => (name, (Expression?)null)))];
}

using Jint.Parser;
using Jint.Parser.Ast;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

internal sealed partial class Lowering
{
    /// <summary>The variables that patterns declare, with their values, in the order of evaluation.</summary>
    private List<(string Name, Expression? Value)> Declarators(IEnumerable<(Node Target, Expression Value)> items)
    {
        var declarators = new List<(string, Expression?)>();
        foreach (var (target, value) in items)
            TakeApart(target, value, (place, part) => declarators.Add((place is NameNode name ? Emitted(name.Name) : ((TemporaryNode)place).Name, part)));
        return declarators;
    }

    private Expression Assign(AssignNode node)
    {
        var at = node.At;
        if (node.Operator is "=")
            return AssignTo(node.Target, Value(node.Value));
        if (AssignmentOperators.TryGetValue(node.Operator, out var mark))
        {
            return node.Target is NameNode constant && IsConstant(constant)
                ? Constant(constant, Value(node.Value))
                : Tree.Assign(at, Reference(node.Target), Value(node.Value), mark);
        }

        // a().b ??= c reads and writes one place: its object and its key are computed once.
        var parts = new List<Expression>();
        var place = Once(node.Target, parts);
        var value = Value(node.Value);
        parts.Add(node.Operator switch
        {
            "**=" => Write(Tree.Call(at, Helpers.Power, place(), value)),
            "&&=" => Tree.Logical(at, LogicalOperator.LogicalAnd, place(), Write(value)),
            "||=" => Tree.Logical(at, LogicalOperator.LogicalOr, place(), Write(value)),
            _ => WriteIfMissing(),
        });
        return Tree.Sequence(at, parts);

        Expression Write(Expression written) =>
            node.Target is NameNode name && IsConstant(name) ? Constant(name, written) : Tree.Assign(at, place(), written);

        Expression WriteIfMissing()
        {
            var kept = Temporary();
            return Tree.Conditional(at, IsGiven(at, Tree.Assign(at, Tree.Name(at, kept), place())), Tree.Name(at, kept), Write(value));
        }
    }

    private Func<Expression> Once(Node target, List<Expression> before)
    {
        if (target is not MemberNode member || member.Object is SuperNode)
            return () => Reference(target);
        var at = target.At;
        var kept = Temporary();
        before.Add(Tree.Assign(at, Tree.Name(at, kept), Value(member.Object)));
        if (member.Key is LiteralNode)
            return () => Member(at, Tree.Name(at, kept), member.Key);
        var key = Temporary();
        before.Add(Tree.Assign(at, Tree.Name(at, key), Value(member.Key)));
        return () => Tree.Member(at, Tree.Name(at, kept), Tree.Name(at, key));
    }

    /// <summary>What stands on the left of an assignment, or is counted up.</summary>
    private Expression Reference(Node target) => target switch
    {
        NameNode name => Name(name),
        MemberNode { Object: SuperNode } member => Member(member.At, This(member.At), member.Key),
        MemberNode member => Member(member.At, Value(member.Object), member.Key),
        _ => throw ScriptException.At(target.At, "This cannot be assigned to."),
    };

    private Expression AssignTo(Node target, Expression value)
    {
        if (target is not (ArrayNode or ObjectNode))
            return Part(target, value);
        var at = target.At;
        var whole = Temporary();
        var parts = new List<Expression> { Tree.Assign(at, Tree.Name(at, whole), value) };
        TakeApart(target, Tree.Name(at, whole), (place, part) => parts.Add(Part(place, part)));
        parts.Add(Tree.Name(at, whole));
        return Tree.Sequence(at, parts);

        Expression Part(Node place, Expression part) => place switch
        {
            TemporaryNode temporary => Tree.Assign(place.At, Tree.Name(place.At, temporary.Name), part),
            NameNode name when IsConstant(name) => Constant(name, part),
            _ => Tree.Assign(place.At, Reference(place), part),
        };
    }

    /// <summary>Takes a value apart by a pattern: hands out each place, a temporary variable among them, with what belongs there.</summary>
    private void TakeApart(Node target, Expression value, Action<Node, Expression> assign)
    {
        var at = target.At;
        switch (target)
        {
            case AssignNode { Value: var otherwise } withDefault:
                var given = Keep(at, value, assign);
                var isMissing = Tree.Binary(at, BinaryOperator.StrictlyEqual, Tree.Name(at, given), Tree.Undefined(at));
                TakeApart(withDefault.Target, Tree.Conditional(at, isMissing, Value(otherwise), Tree.Name(at, given)), assign);
                break;
            case ArrayNode array:
                var items = Keep(at, Tree.Call(at, Helpers.Items, value), assign);
                for (var index = 0; index < array.Items.Count; index++)
                {
                    switch (array.Items[index])
                    {
                        case null:
                            break;
                        case SpreadNode rest:
                            TakeApart(rest.Argument, Tree.Call(rest.At, Helpers.Rest, Tree.Name(at, items), Tree.Literal(at, (double)index)), assign);
                            break;
                        case var item:
                            TakeApart(item, Tree.Member(item.At, Tree.Name(at, items), Tree.Literal(at, (double)index)), assign);
                            break;
                    }
                }

                break;
            case ObjectNode map:
                TakeObjectApart(map, value, assign);
                break;
            default:
                assign(target, value);
                break;
        }
    }

    private void TakeObjectApart(ObjectNode map, Expression value, Action<Node, Expression> assign)
    {
        var at = map.At;
        var whole = Keep(at, Tree.Call(at, Helpers.Given, value), assign);
        var taken = new List<Func<Expression>>();
        var hasRest = map.Members.Any(member => member.Kind is MemberKind.Spread);
        foreach (var member in map.Members)
        {
            if (member.Kind is MemberKind.Spread)
            {
                TakeApart(member.Value!, Tree.Call(member.At, Helpers.Without, [Tree.Name(at, whole), .. taken.Select(key => key())]), assign);
                continue;
            }

            Expression part;
            if (member.Key is LiteralNode name)
            {
                taken.Add(() => Tree.Literal(at, name.Value));
                part = Member(member.At, Tree.Name(at, whole), name);
            }
            else if (hasRest)
            {
                var key = Keep(member.At, Value(member.Key!), assign);
                taken.Add(() => Tree.Name(at, key));
                part = Tree.Member(member.At, Tree.Name(at, whole), Tree.Name(at, key));
            }
            else
            {
                part = Tree.Member(member.At, Tree.Name(at, whole), Value(member.Key!));
            }

            TakeApart(member.Value!, part, assign);
        }
    }

    private string Keep(Location at, Expression value, Action<Node, Expression> assign)
    {
        if (value is Identifier { Name: ['%', ..] and var kept })
            return kept;
        var name = Temporary();
        assign(new TemporaryNode(at, name), value);
        return name;
    }

    private sealed record TemporaryNode(Location At, string Name) : Node(At);
}

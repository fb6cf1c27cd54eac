using System.Collections.Frozen;
using Jint.Parser;
using Jint.Parser.Ast;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

internal sealed partial class Lowering
{
    private static readonly FrozenDictionary<string, BinaryOperator> BinaryOperators = new Dictionary<string, BinaryOperator>
    {
        ["+"] = BinaryOperator.Plus,
        ["-"] = BinaryOperator.Minus,
        ["*"] = BinaryOperator.Times,
        ["/"] = BinaryOperator.Divide,
        ["%"] = BinaryOperator.Modulo,
        ["=="] = BinaryOperator.Equal,
        ["!="] = BinaryOperator.NotEqual,
        ["==="] = BinaryOperator.StrictlyEqual,
        ["!=="] = BinaryOperator.StricltyNotEqual,
        [">"] = BinaryOperator.Greater,
        [">="] = BinaryOperator.GreaterOrEqual,
        ["<"] = BinaryOperator.Less,
        ["<="] = BinaryOperator.LessOrEqual,
        ["&"] = BinaryOperator.BitwiseAnd,
        ["|"] = BinaryOperator.BitwiseOr,
        ["^"] = BinaryOperator.BitwiseXOr,
        ["<<"] = BinaryOperator.LeftShift,
        [">>"] = BinaryOperator.RightShift,
        [">>>"] = BinaryOperator.UnsignedRightShift,
        ["instanceof"] = BinaryOperator.InstanceOf,
        ["in"] = BinaryOperator.In,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, AssignmentOperator> AssignmentOperators = new Dictionary<string, AssignmentOperator>
    {
        ["+="] = AssignmentOperator.PlusAssign,
        ["-="] = AssignmentOperator.MinusAssign,
        ["*="] = AssignmentOperator.TimesAssign,
        ["/="] = AssignmentOperator.DivideAssign,
        ["%="] = AssignmentOperator.ModuloAssign,
        ["&="] = AssignmentOperator.BitwiseAndAssign,
        ["|="] = AssignmentOperator.BitwiseOrAssign,
        ["^="] = AssignmentOperator.BitwiseXOrAssign,
        ["<<="] = AssignmentOperator.LeftShiftAssign,
        [">>="] = AssignmentOperator.RightShiftAssign,
        [">>>="] = AssignmentOperator.UnsignedRightShiftAssign,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, UnaryOperator> UnaryOperators = new Dictionary<string, UnaryOperator>
    {
        ["+"] = UnaryOperator.Plus,
        ["-"] = UnaryOperator.Minus,
        ["~"] = UnaryOperator.BitwiseNot,
        ["!"] = UnaryOperator.LogicalNot,
        ["delete"] = UnaryOperator.Delete,
        ["void"] = UnaryOperator.Void,
        ["typeof"] = UnaryOperator.TypeOf,
        ["++"] = UnaryOperator.Increment,
        ["--"] = UnaryOperator.Decrement,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private Expression Value(Node node)
    {
        var at = node.At;
        switch (node)
        {
            case NameNode name:
                return Name(name);
            case ThisNode:
                return This(at);
            case LiteralNode literal:
                return Tree.Literal(at, literal.Value, literal.Raw);
            case RegExpNode expression:
                return new Literal { Type = SyntaxNodes.RegularExpressionLiteral, Location = at, Value = null, Raw = expression.Raw };
            case ParenthesisNode parenthesis:
                return Value(parenthesis.Inner);
            case TemplateNode template:
                return Template(template);
            case ArrayNode array:
                return array.Items.Any(item => item is SpreadNode) ? List(at, array.Items) : Tree.Array(at, [.. array.Items.Select(item => item is null ? null! : Value(item))]);
            case ObjectNode map:
                return Object(map);
            case MemberNode or CallNode:
                return Chain(node, value => value, Tree.Undefined);
            case NewNode creation:
                return New(creation);
            case UnaryNode { Operator: "delete", Argument: var deleted } when Unwrapped(deleted) is MemberNode member:
                return Chain(member, value => Tree.Unary(at, UnaryOperator.Delete, value), place => Tree.Literal(place, true));
            case UnaryNode unary:
                return Tree.Unary(at, UnaryOperators[unary.Operator], Value(unary.Argument));
            case UpdateNode { Argument: NameNode name } when IsConstant(name):
                return Constant(name, Value(name));
            case UpdateNode update:
                return Tree.Update(at, UnaryOperators[update.Operator], Value(update.Argument), update.IsPrefix);
            case BinaryNode binary:
                return Binary(binary);
            case AssignNode assignment:
                return Assign(assignment);
            case ConditionalNode conditional:
                return Tree.Conditional(at, Value(conditional.Test), Value(conditional.Then), Value(conditional.Else));
            case SequenceNode sequence:
                return Tree.Sequence(at, [.. sequence.Items.Select(Value)]);
            case AwaitNode awaited:
                return Tree.Call(at, Helpers.Await, Value(awaited.Argument), Tree.Literal(at, true)); // last evaluated, so that errors name this place
            case FunctionNode function:
                return Function(function);
            case ClassNode type:
                return Class(type);
            default:
                throw ScriptException.At(at, "This expression is not supported.");
        }
    }

    private static Node Unwrapped(Node node) => node is ParenthesisNode parenthesis ? Unwrapped(parenthesis.Inner) : node;

    private Identifier Name(NameNode node)
    {
        var binding = _block.Find(node.Name);
        if (binding is null && node.Name is "arguments" && _function.IsArrow && _function.Owner.Parent is not null)
        {
            _function.Owner.KeepsArguments = true;
            return Tree.Name(node.At, ArgumentsName);
        }

        return Tree.Name(node.At, binding?.Emitted ?? node.Name);
    }

    private Expression This(Location at)
    {
        var owner = _function.Owner;
        if (!owner.IsDerivedConstructor)
        {
            if (owner == _function)
                return new ThisExpression { Type = SyntaxNodes.ThisExpression, Location = at };
            owner.KeepsThis = true;
        }

        return Tree.Name(at, ThisName);
    }

    private bool IsConstant(NameNode name) => _block.Find(name.Name)?.Kind is BindingKind.Constant;

    private static CallExpression Constant(NameNode name, Expression value) =>
        Tree.Call(name.At, Helpers.Constant, value, Tree.Literal(name.At, name.Name));

    private Expression Binary(BinaryNode node)
    {
        var at = node.At;
        switch (node.Operator)
        {
            case "&&":
                return Tree.Logical(at, LogicalOperator.LogicalAnd, Value(node.Left), Value(node.Right));
            case "||":
                return Tree.Logical(at, LogicalOperator.LogicalOr, Value(node.Left), Value(node.Right));
            case "??":
                var left = Value(node.Left);
                var kept = Temporary();
                return Tree.Conditional(at, IsGiven(at, Tree.Assign(at, Tree.Name(at, kept), left)), Tree.Name(at, kept), Value(node.Right));
            case "**":
                return Tree.Call(at, Helpers.Power, Value(node.Left), Value(node.Right));
            default:
                return Tree.Binary(at, BinaryOperators[node.Operator], Value(node.Left), Value(node.Right));
        }
    }

    private static BinaryExpression IsGiven(Location at, Expression value) => Tree.Binary(at, BinaryOperator.NotEqual, value, Tree.Literal(at, null));

    private static BinaryExpression IsMissing(Location at, Expression value) => Tree.Binary(at, BinaryOperator.Equal, value, Tree.Literal(at, null));

    private Expression Template(TemplateNode template)
    {
        var at = template.At;
        if (template.Tag is null)
        {
            if (template.Values.Count == 0)
                return Tree.Literal(at, template.Texts[0].Cooked!);
            var parts = new List<Expression>();
            for (var index = 0; index < template.Texts.Count; index++)
            {
                if (template.Texts[index].Cooked is { Length: > 0 } text)
                    parts.Add(Tree.Literal(at, text));
                if (index < template.Values.Count)
                    parts.Add(Value(template.Values[index]));
            }

            return Tree.Call(at, Helpers.Text, parts);
        }

        var texts = Tree.Call(
            at,
            Helpers.TemplateTexts,
            Tree.Array(at, [.. template.Texts.Select(text => text.Cooked is null ? Tree.Undefined(at) : Tree.Literal(at, text.Cooked))]),
            Tree.Array(at, [.. template.Texts.Select(text => Tree.Literal(at, text.Raw))]));
        return Tree.Call(at, Value(template.Tag), [texts, .. template.Values.Select(Value)]);
    }

    /// <summary>An array made of items and of spread sequences.</summary>
    private Expression List(Location at, IReadOnlyList<Node?> items)
    {
        if (!items.Any(item => item is SpreadNode))
            return Tree.Array(at, [.. items.Select(item => item is null ? Tree.Undefined(at) : Value(item))]);
        var parts = new List<Expression>();
        var plain = new List<Expression>();
        foreach (var item in items)
        {
            if (item is not SpreadNode spread)
            {
                plain.Add(item is null ? Tree.Undefined(at) : Value(item));
                continue;
            }

            if (plain.Count > 0)
                parts.Add(Tree.Array(at, [.. plain]));
            plain.Clear();
            parts.Add(Tree.Call(spread.At, Helpers.Items, Value(spread.Argument)));
        }

        if (plain.Count > 0)
            parts.Add(Tree.Array(at, plain));
        return Tree.Call(at, Helpers.Concat, parts);
    }

    private Expression Object(ObjectNode map)
    {
        var at = map.At;
        var literal = new ObjectExpression { Type = SyntaxNodes.ObjectExpression, Location = at };
        var members = new List<Property>();
        var parts = new List<Expression> { literal };
        foreach (var member in map.Members)
        {
            if (member is { Kind: MemberKind.Shorthand, Value: AssignNode })
                throw ScriptException.At(member.At, "A default (=) is only allowed when the object is taken apart.");
            var kind = member.Kind is MemberKind.Get or MemberKind.Set or MemberKind.Spread ? member.Kind : MemberKind.Value;
            if (parts.Count == 1 && member.Key is LiteralNode name)
            {
                members.Add(new Property
                {
                    Type = SyntaxNodes.Property,
                    Location = member.At,
                    Kind = kind switch { MemberKind.Get => PropertyKind.Get, MemberKind.Set => PropertyKind.Set, _ => PropertyKind.Data },
                    Key = Tree.Name(name.At, (string)name.Value!),
                    Value = Value(member.Value!),
                });
                continue;
            }

            parts.Add(Tree.Literal(member.At, kind.ToString()));
            parts.Add(member.Key is null ? Tree.Literal(member.At, "") : Value(member.Key));
            parts.Add(Value(member.Value!));
        }

        literal.Properties = members;
        return parts.Count == 1 ? literal : Tree.Call(at, Helpers.Object, parts);
    }

    /// <summary>
    /// Members and calls behind each other. If one of them is optional and its object is missing, the whole chain gives what
    /// <paramref name="missing"/> makes.
    /// </summary>
    private Expression Chain(Node node, Func<Expression, Expression> use, Func<Location, Expression> missing)
    {
        var tests = new List<Expression>();
        var value = use(Link(node, tests));
        if (tests.Count == 0)
            return value;
        var anyMissing = tests.Aggregate((left, right) => Tree.Logical(right.Location, LogicalOperator.LogicalOr, left, right));
        return Tree.Conditional(node.At, anyMissing, missing(node.At), value);
    }

    private Expression Link(Node node, List<Expression> tests)
    {
        switch (node)
        {
            case MemberNode member:
                if (member.Object is SuperNode)
                    return SuperMember(member);
                var (target, key) = (Target(member, tests), member.Key);
                return Member(member.At, target, key);
            case CallNode { Callee: SuperNode } call:
                return SuperCall(call);
            case CallNode call:
                return Call(call, tests);
            default:
                return Value(node);
        }
    }

    private Expression Target(MemberNode member, List<Expression> tests)
    {
        var target = Link(member.Object, tests);
        if (!member.IsOptional)
            return target;
        var kept = Temporary();
        tests.Add(IsMissing(member.At, Tree.Assign(member.At, Tree.Name(member.At, kept), target)));
        return Tree.Name(member.At, kept);
    }

    private MemberExpression Member(Location at, Expression target, Node key) => key switch
    {
        LiteralNode { Value: string name } when name.StartsWith(ModernParser.PrivatePrefix, StringComparison.Ordinal) =>
            Tree.Member(at, target, Tree.Literal(key.At, name)),
        LiteralNode { Value: string name } => Tree.Member(at, target, name),
        _ => Tree.Member(at, target, Value(key)),
    };

    private CallExpression Call(CallNode call, List<Expression> tests)
    {
        var at = call.At;
        var isSpread = call.Arguments.Any(argument => argument is SpreadNode);
        if (!call.IsOptional && !isSpread && call.Callee is not MemberNode { Object: SuperNode })
            return Tree.Call(at, Link(call.Callee, tests), [.. call.Arguments.Select(Value)]);

        Expression function;
        var self = Tree.Undefined(at);
        switch (Unwrapped(call.Callee))
        {
            case MemberNode { Object: SuperNode } member:
                function = SuperMember(member);
                self = This(at);
                break;
            case MemberNode member:
                var kept = Temporary();
                var target = Target(member, tests);
                function = Member(member.At, Tree.Assign(at, Tree.Name(at, kept), target), member.Key);
                self = Tree.Name(at, kept);
                break;
            default:
                function = Link(call.Callee, tests);
                break;
        }

        if (call.IsOptional)
        {
            var kept = Temporary();
            tests.Add(IsMissing(at, Tree.Assign(at, Tree.Name(at, kept), function)));
            function = Tree.Name(at, kept);
        }

        return Tree.Call(at, Helpers.Apply, function, self, List(at, call.Arguments), Tree.Literal(at, Describe(call.Callee)));
    }

    private Expression New(NewNode creation)
    {
        var callee = Value(creation.Callee);
        return creation.Arguments.Any(argument => argument is SpreadNode)
            ? Tree.Call(creation.At, Helpers.New, callee, List(creation.At, creation.Arguments), Tree.Literal(creation.At, Describe(creation.Callee)))
            : Tree.New(creation.At, callee, [.. creation.Arguments.Select(Value)]);
    }

    // How an error names what was called.
    private static string Describe(Node node) => Unwrapped(node) switch
    {
        NameNode name => name.Name,
        MemberNode { Key: LiteralNode key } member => $"{Describe(member.Object)}.{key.Raw}",
        MemberNode member => $"{Describe(member.Object)}[…]",
        CallNode call => $"{Describe(call.Callee)}(…)",
        ThisNode => "this",
        SuperNode => "super",
        _ => "the expression",
    };
}

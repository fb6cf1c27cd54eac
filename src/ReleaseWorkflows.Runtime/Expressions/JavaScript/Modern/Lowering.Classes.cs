using Jint.Parser;
using Jint.Parser.Ast;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

internal sealed partial class Lowering
{
    // (function () {
    //     var %parent = …, %fields = function () { … };
    //     var %class = %class(constructor, %parent, name, [kind, isStatic, key, function, …]);
    //     … static fields and blocks …
    //     return %class;
    // })()
    private CallExpression Class(ClassNode node)
    {
        var at = node.At;
        var outer = (_function, _block, _loopDepth, _switchDepth, _labels);
        _function = new FunctionScope(_function, isArrow: true);
        _block = new BlockScope(_block, _function, isInLoop: false);
        (_loopDepth, _switchDepth, _labels) = (0, 0, []);
        var body = new List<Statement>();
        var parent = node.Parent is null ? null : Temporary();
        if (parent is not null)
            body.Add(Tree.Variables(at, [(parent, Tree.Call(node.Parent!.At, Helpers.Parent, Value(node.Parent)))]));
        if (node.Name is { } own)
        {
            _block.TryDeclare(own.Name, Fresh(own.Name), BindingKind.Constant);
            _function.Declare(Emitted(own.Name));
        }

        var instanceFields = node.Members.Where(member => member is { Kind: MemberKind.Field, IsStatic: false }).ToArray();
        var scope = new ClassScope(Temporary(), parent, instanceFields.Length > 0 ? Temporary() : null);
        var keys = new Dictionary<MemberOfObject, string>(ReferenceEqualityComparer.Instance);
        foreach (var member in node.Members.Where(member => member is { Kind: MemberKind.Field, Key: not LiteralNode }))
        {
            keys[member] = Temporary();
            body.Add(Tree.Variables(member.At, [(keys[member], Value(member.Key!))]));
        }

        if (scope.Fields is not null)
            body.Add(Tree.Variables(at, [(scope.Fields, Fields(at, instanceFields, scope, keys))]));
        var constructor = node.Members.FirstOrDefault(member => member is { IsStatic: false, Kind: MemberKind.Method, Key: LiteralNode { Value: "constructor" } });
        var arguments = new List<Expression>
        {
            Function(constructor?.Value as FunctionNode ?? DefaultConstructor(at, parent is not null), scope, isStatic: false, isConstructor: true),
            parent is null ? Tree.Literal(at, false) : Tree.Name(at, parent),
            Tree.Literal(at, node.Name?.Name ?? ""),
        };
        foreach (var member in node.Members.Where(member => member != constructor && member.Kind is MemberKind.Method or MemberKind.Get or MemberKind.Set))
        {
            arguments.Add(Tree.Literal(member.At, member.Kind.ToString()));
            arguments.Add(Tree.Literal(member.At, member.IsStatic));
            arguments.Add(Value(member.Key!));
            arguments.Add(Function((FunctionNode)member.Value!, scope, member.IsStatic));
        }

        body.Add(Tree.Variables(at, [(scope.Name, Tree.Call(at, Helpers.Class, arguments))]));
        if (node.Name is { } named)
            body.Add(Tree.Variables(at, [(Emitted(named.Name), Tree.Name(at, scope.Name))]));
        foreach (var member in node.Members.Where(member => member is { IsStatic: true, Kind: MemberKind.Field or MemberKind.StaticBlock }))
            body.Add(Tree.Do(Field(member, Tree.Name(member.At, scope.Name), scope, keys)));
        body.Add(Tree.Return(at, Tree.Name(at, scope.Name)));

        var function = _function;
        (_function, _block, _loopDepth, _switchDepth, _labels) = outer;
        return Tree.Call(at, Tree.Function(at, null, [], body, function, isStrict: true));
    }

    private FunctionExpression Fields(Location at, IEnumerable<MemberOfObject> fields, ClassScope scope, Dictionary<MemberOfObject, string> keys)
    {
        var outer = (_function, _block);
        _function = new FunctionScope(_function, isArrow: false) { Class = scope };
        _block = new BlockScope(_block, _function, isInLoop: false);
        Statement[] body = [.. fields.Select(field => Tree.Do(Field(field, This(field.At), scope, keys)))];
        var function = Tree.Function(at, null, [], body, _function, isStrict: true);
        (_function, _block) = outer;
        return function;
    }

    private Expression Field(MemberOfObject member, Expression target, ClassScope scope, Dictionary<MemberOfObject, string> keys)
    {
        var at = member.At;
        var value = member.Value is FunctionNode function
            ? Tree.Call(at, Helpers.Apply, Function(function, scope, member.IsStatic), target, Tree.Array(at, []), Tree.Literal(at, "the field"))
            : Tree.Undefined(at);
        if (member.Kind is MemberKind.StaticBlock)
            return value;
        return Tree.Call(at, Helpers.Define, target, keys.TryGetValue(member, out var key) ? Tree.Name(at, key) : Value(member.Key!), value);
    }

    private static FunctionNode DefaultConstructor(Location at, bool isDerived)
    {
        if (!isDerived)
            return new FunctionNode(at, null, [], [], IsArrow: false, IsAsync: false, IsStrict: true);
        var call = new CallNode(at, new SuperNode(at), [new SpreadNode(at, new NameNode(at, "arguments"))], IsOptional: false);
        return new FunctionNode(at, null, [], [new ExpressionNode(at, call)], IsArrow: false, IsAsync: false, IsStrict: true);
    }

    // The body of a constructor: refuses to be called without new, sets the fields.
    private List<Statement> Constructing(Location at, ClassScope scope, List<Statement> body)
    {
        var self = new ThisExpression { Type = SyntaxNodes.ThisExpression, Location = at };
        var result = new List<Statement> { Tree.Do(Tree.Call(at, Helpers.Constructed, self, Tree.Name(at, scope.Name))) };
        if (scope.Parent is not null)
        {
            _function.Declare(ThisName);
            return [.. result, .. body, Tree.Return(at, Tree.Name(at, ThisName))];
        }

        if (scope.Fields is not null)
            result.Add(Tree.Do(SetFields(at, self, scope)));
        return [.. result, .. body];
    }

    private static CallExpression SetFields(Location at, Expression self, ClassScope scope) =>
        Tree.Call(at, Helpers.Apply, Tree.Name(at, scope.Fields!), self, Tree.Array(at, []), Tree.Literal(at, "the fields"));

    private Expression SuperCall(CallNode call)
    {
        var at = call.At;
        if (!_function.IsDerivedConstructor)
            throw ScriptException.At(at, "super() belongs directly into the constructor of a class that extends another.");
        var self = new ThisExpression { Type = SyntaxNodes.ThisExpression, Location = at };
        var scope = _function.Class!;
        var created = Tree.Assign(
            at, Tree.Name(at, ThisName), Tree.Call(at, Helpers.Super, Tree.Name(at, scope.Parent!), self, List(at, call.Arguments)));
        return scope.Fields is null
            ? created
            : Tree.Sequence(at, created, SetFields(at, Tree.Name(at, ThisName), scope), Tree.Name(at, ThisName));
    }

    private CallExpression SuperMember(MemberNode member)
    {
        var at = member.At;
        var owner = _function.Owner;
        if (owner.Class is not { } scope)
            throw ScriptException.At(at, "super is only known inside classes.");
        return Tree.Call(
            at,
            Helpers.SuperMember,
            scope.Parent is null ? Tree.Literal(at, false) : Tree.Name(at, scope.Parent),
            Tree.Literal(at, owner.IsStatic),
            Value(member.Key),
            This(at));
    }
}

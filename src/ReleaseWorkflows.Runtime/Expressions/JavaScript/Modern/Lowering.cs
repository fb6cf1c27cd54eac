using System.Text.RegularExpressions;
using Jint.Parser;
using Jint.Parser.Ast;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>
/// Rewrites a script in today's JavaScript into the tree of ECMAScript 5.1 that the interpreter runs. Every node made keeps the place of what it
/// was made from, so errors name the author's line and column.
/// </summary>
/// <remarks>
/// <para>Names that contain a percent sign cannot be written in a script: <c>%t1</c> is a temporary variable, <c>x%2</c> a variable
/// of a block that is called x, <c>%text</c> one of the <see cref="Helpers"/>.</para>
/// <para>Variables of a block become variables of its function. If a block can run several times and functions made in it use its variables, it
/// gets real variables of its own: the parameter of a catch clause is the one scope smaller than a function that the interpreter
/// has, so the block becomes the handler of a throw.</para>
/// </remarks>
internal sealed partial class Lowering
{
    private FunctionScope _function = new(null, isArrow: false);
    private BlockScope _block;
    private int _loopDepth;
    private int _switchDepth;
    private int _fresh;
    private List<string> _labels = [];
    private readonly Dictionary<string, string> _labelAliases = new(StringComparer.Ordinal);

    private Lowering() => _block = new BlockScope(null, _function, isInLoop: false);

    /// <summary>Rewrites a script.</summary>
    /// <exception cref="ScriptException">A declaration, a label or a pattern of the script is wrong.</exception>
    public static Program Rewrite(ScriptNode script)
    {
        var lowering = new Lowering();
        lowering.DeclareTop(script.Body);
        var body = lowering.Contents(script.Body);
        body = [.. Kept(script.At, lowering._function), .. lowering.Enclose(script.At, lowering._block, body)];
        return new Program
        {
            Type = SyntaxNodes.Program,
            Location = script.At,
            Body = body,
            VariableDeclarations = Tree.Declared(script.At, lowering._function),
            FunctionDeclarations = [],
            Strict = script.IsStrict,
        };
    }

    /// <summary>A function, called with its own variables.</summary>
    private FunctionExpression Function(FunctionNode node, ClassScope? ofClass = null, bool isStatic = false, bool isConstructor = false)
    {
        var outer = (_function, _block, _loopDepth, _switchDepth, _labels);
        var scope = new FunctionScope(_function, node.IsArrow)
        {
            Class = ofClass,
            IsStatic = isStatic,
            IsDerivedConstructor = isConstructor && ofClass?.Parent is not null,
        };
        (_function, _loopDepth, _switchDepth, _labels) = (scope, 0, 0, []);
        if (node.Name is { } own)
        {
            _block = new BlockScope(_block, scope, isInLoop: false);
            _block.TryDeclare(own.Name, own.Name, BindingKind.Variable);
        }

        _block = new BlockScope(_block, scope, isInLoop: false);
        foreach (var name in node.Parameters.SelectMany(Patterns.Names))
            _block.TryDeclare(name.Name, name.Name, BindingKind.Variable);

        var parameters = new List<string>();
        var values = new List<(Node Target, Expression Value)>();
        foreach (var parameter in node.Parameters)
        {
            switch (parameter)
            {
                case NameNode name:
                    parameters.Add(name.Name);
                    break;
                case SpreadNode rest:
                    var given = Tree.Call(rest.At, Helpers.Rest, Tree.Name(rest.At, "arguments"), Tree.Literal(rest.At, (double)parameters.Count));
                    values.Add((rest.Argument, given));
                    break;
                default:
                    parameters.Add($"%p{++_fresh}");
                    values.Add((parameter, Tree.Name(parameter.At, parameters[^1])));
                    break;
            }
        }

        List<Statement> body;
        var declarators = Declarators(values);
        if (node.IsAsync)
        {
            var inner = node with { Name = null, Parameters = [], IsAsync = false, IsArrow = true };
            body = [Tree.Return(node.At, Tree.Call(node.At, Helpers.Async, Function(inner)))];
        }
        else
        {
            DeclareTop(node.Body);
            body = Contents(node.Body);
        }

        // Variables that patterns declare are variables of the function like all others.
        foreach (var (target, _) in values)
        {
            foreach (var name in Patterns.Names(target))
                scope.Declare(name.Name);
        }

        if (isConstructor)
            body = Constructing(node.At, ofClass!, body);
        if (declarators.Count > 0)
            body.Insert(0, Tree.Variables(node.At, declarators));
        body = Enclose(node.At, _block, body);
        body.InsertRange(0, Kept(node.At, scope));
        (_function, _block, _loopDepth, _switchDepth, _labels) = outer;
        return Tree.Function(node.At, node.Name?.Name, parameters, body, scope, node.IsStrict);
    }

    // What arrows inside use of this function.
    private static List<Statement> Kept(Location at, FunctionScope scope)
    {
        var kept = new List<(string, Expression?)>();
        if (scope.KeepsThis && !scope.IsDerivedConstructor)
            kept.Add((ThisName, new ThisExpression { Type = SyntaxNodes.ThisExpression, Location = at }));
        if (scope.KeepsArguments)
            kept.Add((ArgumentsName, Tree.Name(at, "arguments")));
        foreach (var (name, _) in kept)
            scope.Declare(name);
        return kept.Count == 0 ? [] : [Tree.Variables(at, kept)];
    }

    private const string ThisName = "%this";
    private const string ArgumentsName = "%arguments";

    // What a function or the script declares at its top, and the variables of its blocks.
    private void DeclareTop(IReadOnlyList<Node> statements)
    {
        var variables = new List<(NameNode Name, bool IsFunction)>();
        foreach (var statement in statements)
            Patterns.CollectVariables(statement, isTop: true, variables);
        foreach (var (name, _) in variables.Where(variable => !variable.IsFunction))
        {
            _block.TryDeclare(name.Name, name.Name, BindingKind.Variable);
            _function.Declare(name.Name);
        }

        DeclareLexical(statements, isTop: true);
        foreach (var (name, _) in variables.Where(variable => variable.IsFunction))
        {
            if (_block.TryDeclare(name.Name, name.Name, BindingKind.Variable))
                _function.Declare(name.Name);
        }
    }

    private void DeclareLexical(IReadOnlyList<Node> statements, bool isTop)
    {
        foreach (var statement in statements)
        {
            switch (statement)
            {
                case DeclarationNode { Kind: not DeclarationKind.Var } declaration:
                    foreach (var name in declaration.Items.SelectMany(item => Patterns.Names(item.Target)))
                        Declare(name, declaration.Kind is DeclarationKind.Const ? BindingKind.Constant : BindingKind.Lexical, isTop);
                    break;
                case ClassDeclarationNode type:
                    Declare(type.Class.Name!, BindingKind.Lexical, isTop);
                    break;
                case FunctionDeclarationNode function when !isTop:
                    DeclareInBlock(function.Function.Name!);
                    break;
            }
        }
    }

    private void Declare(NameNode name, BindingKind kind, bool isTop)
    {
        if (name.Name is "let")
            throw ScriptException.At(name.At, "let cannot be the name of a variable.");
        if (!_block.TryDeclare(name.Name, isTop ? name.Name : Fresh(name.Name), kind))
            throw ScriptException.At(name.At, $"'{name.Name}' is declared twice.");
    }

    // A function in a block is known in its whole function, unless a variable of that name is.
    private void DeclareInBlock(NameNode name)
    {
        var isVariable = _block.Find(name.Name) is { Kind: BindingKind.Variable } binding && binding.Emitted == name.Name;
        if (!_block.TryDeclare(name.Name, isVariable ? name.Name : Fresh(name.Name), isVariable ? BindingKind.Variable : BindingKind.Lexical))
            throw ScriptException.At(name.At, $"'{name.Name}' is declared twice.");
    }

    // Functions first, as they are known from the beginning of their block.
    private List<Statement> Contents(IReadOnlyList<Node> statements)
    {
        var result = new List<Statement>();
        foreach (var declaration in statements.OfType<FunctionDeclarationNode>())
        {
            var node = declaration.Function;
            result.Add(Tree.Variables(node.At, [(Emitted(node.Name!.Name), Function(node with { Name = null }))]));
        }

        foreach (var statement in statements)
        {
            if (statement is not (FunctionDeclarationNode or EmptyNode))
                result.Add(Lower(statement));
        }

        return result;
    }

    /// <summary>Ends a block: gives it variables of its own where that is needed, and makes the others variables of the function.</summary>
    private List<Statement> Enclose(Location at, BlockScope scope, List<Statement> body)
    {
        foreach (var binding in scope.Bindings.Where(binding => binding.Kind is not BindingKind.Variable))
        {
            if (scope.IsInLoop && binding.IsCaptured)
                body = [OwnVariable(at, binding.Emitted, body)];
            else
                _function.Declare(binding.Emitted);
        }

        return body;
    }

    private static TryStatement OwnVariable(Location at, string name, IReadOnlyList<Statement> body)
    {
        var thrown = new ThrowStatement { Type = SyntaxNodes.ThrowStatement, Location = at, Argument = Tree.Undefined(at) };
        return Tree.Try(at, Tree.Block(at, thrown), name, Tree.Block(at, body), null);
    }

    /// <summary>A message of the interpreter, with the names that the author gave to variables.</summary>
    public static string OwnNames(string message) =>
        message.Contains('%', StringComparison.Ordinal) ? RenamedVariable().Replace(message, "") : message;

    [GeneratedRegex(@"(?<=[\w$])%\d+(?='| is not defined)")]
    private static partial Regex RenamedVariable();

    private BlockScope Enter(bool isInLoop)
    {
        var outer = _block;
        _block = new BlockScope(outer, _function, isInLoop);
        return outer;
    }

    private string Emitted(string name) => _block.Find(name)?.Emitted ?? name;

    private string Fresh(string name) => $"{name}%{++_fresh}";

    private string Temporary()
    {
        var name = $"%t{++_fresh}";
        _function.Declare(name);
        return name;
    }
}

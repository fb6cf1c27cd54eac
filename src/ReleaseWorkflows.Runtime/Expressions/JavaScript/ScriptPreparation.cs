using System.Collections.Frozen;
using Jint.Native;
using Jint.Parser;
using Jint.Parser.Ast;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// Turns a freshly parsed tree into one that evaluations can share and that stays within bounds.
/// </summary>
/// <remarks>
/// <para>The interpreter caches values in the tree: a literal's value, a regular expression with the engine it belongs to, the arguments of a call.
/// Here literals get their value beforehand, regular expressions become calls that create them per evaluation, and calls are marked as
/// not cacheable. After that a tree is immutable.</para>
/// <para>The interpreter counts statements and looks at the clock, but it does not look at the stack or at memory, and it counts a recursion
/// wrongly when an error is caught. So loops get a checkpoint per turn and functions one at entry and one at exit.</para>
/// </remarks>
internal sealed class ScriptPreparation
{
    /// <summary>Called at each turn of a loop. The name cannot be written in a script.</summary>
    public const string TurnName = "%turn";

    /// <summary>Called when a function of the script is entered.</summary>
    public const string EnterName = "%enter";

    /// <summary>Called when a function of the script is left, however it is left.</summary>
    public const string LeaveName = "%leave";

    /// <summary>Creates a regular expression from its literal.</summary>
    public const string RegExpName = "%regexp";

    /// <summary>Gives a thrown value a message.</summary>
    public const string ThrownName = "%thrown";

    /// <summary>What the counters of rewritten loops are called: an index they give is a number, never the name of a member.</summary>
    public const string IndexPrefix = "%index";

    // The runtime can only be asked whether 128 KB of stack are left; that is asked before a script and on entry to each of its functions.
    // In between the tree may take this much of it, which leaves room for what built-in functions and exceptions need.
    private const int MaxStackBytes = 80_000;

    // Functions that give out a member by a name that is a value: to these a script has all names.
    private static readonly string[] MemberReaders = ["getOwnPropertyDescriptor", "getOwnPropertyDescriptors", Modern.Helpers.SuperMember];

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private bool _usesComputedMembers;
    private int _stackBytes;

    private ScriptPreparation()
    {
    }

    /// <summary>Prepares the tree, which must not have been used before.</summary>
    /// <exception cref="ScriptException">The tree is nested too deeply.</exception>
    public static PreparedScript Prepare(Program program)
    {
        var preparation = new ScriptPreparation();
        program.Body = [.. preparation.Statements(program.Body)];
        return new PreparedScript(
            program,
            preparation._names.ToFrozenSet(StringComparer.Ordinal),
            preparation._usesComputedMembers || preparation._names.Overlaps(MemberReaders));
    }

    private Statement[] Statements(IEnumerable<Statement> statements) => [.. statements.Select(statement => Visit(statement)!)];

    private Statement? Visit(Statement? statement)
    {
        switch (statement)
        {
            case null or BreakStatement or ContinueStatement or DebuggerStatement or EmptyStatement:
                break;
            case BlockStatement block:
                block.Body = Deeper(block, () => Statements(block.Body));
                break;
            case ExpressionStatement expression:
                expression.Expression = Visit(expression.Expression)!;
                break;
            case VariableDeclaration declaration:
                foreach (var declarator in declaration.Declarations)
                    declarator.Init = Visit(declarator.Init);
                break;
            case FunctionDeclaration function:
                function.Body = FunctionBody(function.Body);
                break;
            case IfStatement branch:
                branch.Test = Visit(branch.Test)!;
                branch.Consequent = Deeper(branch, () => Visit(branch.Consequent)!);
                branch.Alternate = Deeper(branch, () => Visit(branch.Alternate));
                break;
            case ForStatement loop:
                loop.Init = loop.Init is Expression init ? Visit(init) : Visit((Statement?)loop.Init);
                loop.Test = Visit(loop.Test);
                loop.Update = Visit(loop.Update);
                loop.Body = LoopBody(loop.Body);
                break;
            case ForInStatement loop:
                loop.Left = loop.Left is Expression left ? Visit(left)! : Visit((Statement)loop.Left)!;
                loop.Right = Visit(loop.Right)!;
                loop.Body = LoopBody(loop.Body);
                break;
            case WhileStatement loop:
                loop.Test = Visit(loop.Test)!;
                loop.Body = LoopBody(loop.Body);
                break;
            case DoWhileStatement loop:
                loop.Body = LoopBody(loop.Body);
                loop.Test = Visit(loop.Test)!;
                break;
            case LabelledStatement labelled:
                labelled.Body = Deeper(labelled, () => Visit(labelled.Body)!);
                labelled.Body.LabelSet = labelled.Label.Name;
                break;
            case ReturnStatement result:
                result.Argument = Visit(result.Argument);
                break;
            case ThrowStatement thrown:
                thrown.Argument = Call(ThrownName, thrown.Location, Visit(thrown.Argument)!);
                break;
            case SwitchStatement choice:
                choice.Discriminant = Visit(choice.Discriminant)!;
                choice.Cases = Deeper(choice, () => choice.Cases.Select(Visit).ToArray());
                break;
            case TryStatement attempt:
                attempt.Block = Deeper(attempt, () => Visit(attempt.Block)!);
                attempt.Handlers = attempt.Handlers.Select(handler => (CatchClause)Visit(handler)!).ToArray();
                attempt.Finalizer = Visit(attempt.Finalizer);
                break;
            case CatchClause handler:
                handler.Body = (BlockStatement)Visit(handler.Body)!;
                break;
            case WithStatement with:
                throw ScriptException.At(with.Location, "The with statement is not supported in expressions; name the object each time.");
            default:
                throw ScriptException.At(statement.Location, $"This statement ({statement.Type}) is not supported in expressions.");
        }

        return statement;
    }

    private SwitchCase Visit(SwitchCase choice)
    {
        choice.Test = Visit(choice.Test);
        choice.Consequent = Statements(choice.Consequent);
        return choice;
    }

    private Expression? Visit(Expression? expression)
    {
        switch (expression)
        {
            case null or ThisExpression:
                return expression;
            case Identifier identifier:
                _names.Add(identifier.Name);
                return expression;
            case Literal { Type: SyntaxNodes.RegularExpressionLiteral } literal:
                return Call(RegExpName, literal.Location, Text(literal.Raw));
            case Literal literal:
                if (literal.Value is string text && Modern.Library.Knows(text))
                    _names.Add(text);
                return WithValue(literal);
            default:
                return Deeper(expression, () => VisitChildren(expression));
        }
    }

    private Expression VisitChildren(Expression expression)
    {
        switch (expression)
        {
            case ArrayExpression array:
                array.Elements = array.Elements.Select(element => Visit(element)!).ToArray();
                break;
            case ObjectExpression map:
                foreach (var property in map.Properties)
                {
                    _names.Add(property.Key.GetKey());
                    property.Value = Visit(property.Value)!;
                }

                break;
            case FunctionExpression function:
                function.Body = FunctionBody(function.Body);
                break;
            case AssignmentExpression assignment:
                assignment.Left = Visit(assignment.Left)!;
                assignment.Right = Visit(assignment.Right)!;
                break;
            case BinaryExpression binary:
                binary.Left = Visit(binary.Left)!;
                binary.Right = Visit(binary.Right)!;
                break;
            case LogicalExpression logical:
                logical.Left = Visit(logical.Left)!;
                logical.Right = Visit(logical.Right)!;
                break;
            case ConditionalExpression conditional:
                conditional.Test = Visit(conditional.Test)!;
                conditional.Consequent = Visit(conditional.Consequent)!;
                conditional.Alternate = Visit(conditional.Alternate)!;
                break;
            case UnaryExpression unary: // increments and decrements are unary, too
                unary.Argument = Visit(unary.Argument)!;
                break;
            case SequenceExpression sequence:
                sequence.Expressions = sequence.Expressions.Select(part => Visit(part)!).ToArray();
                break;
            case CallExpression call:
                call.Callee = Visit(call.Callee)!;
                call.Arguments = call.Arguments.Select(argument => Visit(argument)!).ToArray();
                call.CanBeCached = false;
                break;
            case NewExpression creation:
                creation.Callee = Visit(creation.Callee)!;
                creation.Arguments = creation.Arguments.Select(argument => Visit(argument)!).ToArray();
                break;
            case MemberExpression member:
                VisitMember(member);
                break;
            default:
                throw ScriptException.At(expression.Location, $"This expression ({expression.Type}) is not supported.");
        }

        return expression;
    }

    private void VisitMember(MemberExpression member)
    {
        member.Object = Visit(member.Object)!;
        switch (member.Property)
        {
            case Identifier name when !member.Computed:
                _names.Add(name.Name);
                break;
            case Literal { Value: string name } literal:
                _names.Add(name);
                member.Property = WithValue(literal);
                break;
            default:
                _usesComputedMembers |= member.Property is not (Literal { Value: double or int } or Identifier { Name: ['%', 'i', ..] });
                member.Property = Visit(member.Property)!;
                break;
        }
    }

    private BlockStatement LoopBody(Statement body)
    {
        var inner = Deeper(body, () => Visit(body)!);
        return Block(body.Location, [Checkpoint(TurnName, body.Location), .. inner is BlockStatement block ? block.Body : [inner]]);
    }

    private BlockStatement FunctionBody(Statement body)
    {
        // The count starts again: on entry each function checks that there is stack for the deepest tree allowed.
        var outer = _stackBytes;
        _stackBytes = 0;
        var inner = Visit(body)!;
        _stackBytes = outer;
        var guarded = new TryStatement
        {
            Type = SyntaxNodes.TryStatement,
            Location = body.Location,
            Block = inner,
            GuardedHandlers = [],
            Handlers = [],
            Finalizer = Block(body.Location, [Checkpoint(LeaveName, body.Location)]),
        };
        return Block(body.Location, [Checkpoint(EnterName, body.Location), guarded]);
    }

    private T Deeper<T>(SyntaxNode node, Func<T> visit)
    {
        var cost = StackBytes(node);
        _stackBytes += cost;
        if (_stackBytes > MaxStackBytes)
            throw ScriptException.At(node.Location, "The script is nested too deeply here; split it into steps.");
        var result = visit();
        _stackBytes -= cost;
        return result;
    }

    // What one level costs the interpreter, measured before the just-in-time compiler has optimised it, and rounded up.
    private static int StackBytes(SyntaxNode node) => node switch
    {
        SwitchStatement => 1_300,
        Statement => 850,
        CallExpression or ObjectExpression => 1_200,
        LogicalExpression or ConditionalExpression or MemberExpression => 500,
        _ => 750,
    };

    private static BlockStatement Block(Location location, Statement[] body) =>
        new() { Type = SyntaxNodes.BlockStatement, Location = location, Body = body };

    private static ExpressionStatement Checkpoint(string name, Location location) =>
        new() { Type = SyntaxNodes.ExpressionStatement, Location = location, Expression = Call(name, location) };

    private static CallExpression Call(string name, Location location, params Expression[] arguments) => new()
    {
        Type = SyntaxNodes.CallExpression,
        Location = location,
        Callee = new Identifier { Type = SyntaxNodes.Identifier, Location = location, Name = name },
        Arguments = arguments,
        CanBeCached = false,
    };

    private static Literal Text(string value) => WithValue(new Literal { Type = SyntaxNodes.Literal, Value = value, Raw = value });

    private static Literal WithValue(Literal literal)
    {
        literal.CachedValue = literal.Value switch
        {
            string text => new JsValue(text),
            bool flag => new JsValue(flag),
            null => JsValue.Null,
            var number => new JsValue(Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture)),
        };
        literal.Cached = true;
        return literal;
    }
}

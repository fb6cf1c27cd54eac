using Jint.Parser;
using Jint.Parser.Ast;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

internal sealed partial class Lowering
{
    private Statement Lower(Node statement, string? label = null)
    {
        var at = statement.At;
        switch (statement)
        {
            case ExpressionNode expression:
                return new ExpressionStatement { Type = SyntaxNodes.ExpressionStatement, Location = at, Expression = Value(expression.Expression) };
            case DeclarationNode declaration:
                return Declaration(declaration);
            case ClassDeclarationNode type:
                return Tree.Variables(at, [(Emitted(type.Class.Name!.Name), Class(type.Class))]);
            case FunctionDeclarationNode function: // the single statement of an if, say
                return Block(new BlockNode(at, [function]));
            case BlockNode block:
                return Block(block);
            case EmptyNode:
                return Tree.Empty(at);
            case IfNode branch:
                return new IfStatement
                {
                    Type = SyntaxNodes.IfStatement,
                    Location = at,
                    Test = Value(branch.Test),
                    Consequent = Lower(branch.Then),
                    Alternate = branch.Else is null ? null : Lower(branch.Else),
                };
            case ForNode loop:
                return For(loop, label);
            case ForEachNode loop:
                return ForEach(loop, label);
            case WhileNode loop:
                var test = Value(loop.Test);
                return Labelled(at, label, Tree.For(at, null, test, null, LoopBody(loop.Body)));
            case DoWhileNode loop:
                return DoWhile(loop, label);
            case JumpNode jump:
                return Jump(jump);
            case LabelNode labelled:
                return Label(labelled);
            case ReturnNode result:
                return Tree.Return(at, result.Argument is null
                    ? _function.IsDerivedConstructor ? Tree.Name(at, ThisName) : null
                    : Value(result.Argument));
            case ThrowNode thrown:
                return new ThrowStatement { Type = SyntaxNodes.ThrowStatement, Location = at, Argument = Value(thrown.Argument) };
            case SwitchNode choice:
                return Switch(choice);
            case TryNode attempt:
                return Try(attempt);
            default:
                throw ScriptException.At(at, "This statement is not supported in expressions.");
        }
    }

    private Statement Declaration(DeclarationNode declaration)
    {
        var values = declaration.Items
            .Where(item => item.Value is not null || declaration.Kind is not DeclarationKind.Var)
            .Select(item => (item.Target, item.Value is null ? Tree.Undefined(item.Target.At) : Value(item.Value)));
        var declarators = Declarators(values);
        return declarators.Count == 0 ? Tree.Empty(declaration.At) : Tree.Variables(declaration.At, declarators);
    }

    private BlockStatement Block(BlockNode block)
    {
        var outer = Enter(_loopDepth > 0);
        DeclareLexical(block.Body, isTop: false);
        var body = Enclose(block.At, _block, Contents(block.Body));
        _block = outer;
        return Tree.Block(block.At, body);
    }

    private Statement LoopBody(Node body)
    {
        _loopDepth++;
        var result = Lower(body);
        _loopDepth--;
        return result;
    }

    private Statement For(ForNode loop, string? label)
    {
        var at = loop.At;
        var outer = Enter(_loopDepth > 0);
        SyntaxNode? init = null;
        if (loop.Init is DeclarationNode declaration)
        {
            DeclareLexical([declaration], isTop: false);
            init = Declaration(declaration) is VariableDeclaration variables ? variables : null;
        }
        else if (loop.Init is not null)
        {
            init = Value(loop.Init);
        }

        _loopDepth++;
        var test = loop.Test is null ? null : Value(loop.Test);
        var update = loop.Update is null ? null : Value(loop.Update);
        var body = Lower(loop.Body);
        _loopDepth--;

        // Functions made in a turn keep the variables of that turn: each turn works on a copy, which is handed on to the next.
        var captured = _block.Bindings.Where(binding => binding is { IsCaptured: true, Kind: BindingKind.Lexical }).Select(binding => binding.Emitted).ToArray();
        if (captured.Length > 0)
        {
            var copies = captured.ToDictionary(name => name, _ => Temporary());
            var save = captured.Select(Statement (name) => Tree.Variables(at, [(copies[name], Tree.Name(at, name))])).ToArray();
            var restore = captured.Select(name => Tree.Assign(at, Tree.Name(at, name), Tree.Name(at, copies[name]))).ToArray();
            List<Statement> turn =
            [
                .. restore.Select(Tree.Do),
                Tree.Try(at, Tree.Block(at, body), null, null, Tree.Block(at, save)),
            ];
            turn = captured.Aggregate(turn, (inner, name) => [OwnVariable(at, name, inner)]);
            body = Tree.Block(at, [.. save, .. turn]);
            Expression[] handOn = [.. captured.Select(name => Tree.Assign(at, Tree.Name(at, name), Tree.Name(at, copies[name])))];
            update = Tree.Sequence(at, update is null ? handOn : [.. handOn, update]);
        }

        foreach (var binding in _block.Bindings.Where(binding => binding.Kind is not BindingKind.Variable))
            _function.Declare(binding.Emitted);
        _block = outer;
        return Labelled(at, label, Tree.For(at, init, test, update, body));
    }

    private Statement ForEach(ForEachNode loop, string? label)
    {
        var at = loop.At;
        var (items, index) = (Temporary(), $"{ScriptPreparation.IndexPrefix}{++_fresh}");
        _function.Declare(index);
        var source = Tree.Call(loop.Source.At, loop.IsOf ? Helpers.Items : Helpers.Keys, Value(loop.Source));

        var outer = Enter(isInLoop: true);
        _loopDepth++;
        Expression item = Tree.Member(loop.Target.At, Tree.Name(at, items), Tree.Name(at, index));
        if (loop.IsAwait)
            item = Tree.Call(at, Helpers.Await, item);
        Statement assign;
        if (loop.Target is DeclarationNode declaration)
        {
            DeclareLexical([declaration], isTop: false);
            assign = Tree.Variables(declaration.At, Declarators([(declaration.Items[0].Target, item)]));
        }
        else
        {
            assign = Tree.Do(AssignTo(loop.Target, item));
        }

        var body = Enclose(at, _block, [assign, Lower(loop.Body)]);
        _loopDepth--;
        _block = outer;
        var init = Tree.Variables(at, [(items, source), (index, Tree.Literal(at, 0d))]);
        var test = Tree.Binary(at, BinaryOperator.Less, Tree.Name(at, index), Tree.Member(at, Tree.Name(at, items), "length"));
        var update = Tree.Update(at, UnaryOperator.Increment, Tree.Name(at, index), isPrefix: false);
        return Labelled(at, label, Tree.For(at, init, test, update, Tree.Block(at, body)));
    }

    // for (first = true; first || test; ) { first = false; … }: so that continue comes to the test.
    private Statement DoWhile(DoWhileNode loop, string? label)
    {
        var at = loop.At;
        var first = Temporary();
        var body = LoopBody(loop.Body);
        var test = Tree.Logical(at, LogicalOperator.LogicalOr, Tree.Name(at, first), Value(loop.Test));
        return Labelled(at, label, Tree.For(
            at,
            Tree.Variables(at, [(first, Tree.Literal(at, true))]),
            test,
            null,
            Tree.Block(at, Tree.Variables(at, [(first, Tree.Literal(at, false))]), body)));
    }

    private Statement Jump(JumpNode jump)
    {
        var at = jump.At;
        var word = jump.IsBreak ? "break" : "continue";
        if (jump.Label is { } label)
        {
            if (!_labels.Contains(label))
                throw ScriptException.At(at, $"The label '{label}' is not known here.");
        }
        else if (_loopDepth == 0 && !(jump.IsBreak && _switchDepth > 0))
        {
            throw ScriptException.At(at, $"{word} needs a loop around it.");
        }

        var target = jump.Label is null ? null : Tree.Name(at, jump.IsBreak ? jump.Label : _labelAliases.GetValueOrDefault(jump.Label, jump.Label));
        return jump.IsBreak
            ? new BreakStatement { Type = SyntaxNodes.BreakStatement, Location = at, Label = target }
            : new ContinueStatement { Type = SyntaxNodes.ContinueStatement, Location = at, Label = target };
    }

    private Statement Label(LabelNode labelled)
    {
        if (_labels.Contains(labelled.Label))
            throw ScriptException.At(labelled.At, $"The label '{labelled.Label}' is used already.");
        _labels.Add(labelled.Label);
        var innermost = labelled;
        while (innermost.Body is LabelNode inner)
            innermost = inner;
        _labelAliases[labelled.Label] = innermost.Label;
        var isLoop = labelled.Body is ForNode or ForEachNode or WhileNode or DoWhileNode;
        var body = isLoop
            ? Lower(labelled.Body, labelled.Label)
            : Labelled(labelled.At, labelled.Label, Tree.Block(labelled.At, Lower(labelled.Body)));
        _labels.Remove(labelled.Label);
        return body;
    }

    private static Statement Labelled(Location at, string? label, Statement body) => label is null
        ? body
        : new LabelledStatement { Type = SyntaxNodes.LabeledStatement, Location = at, Label = Tree.Name(at, label), Body = body };

    private BlockStatement Switch(SwitchNode choice)
    {
        var at = choice.At;
        var subject = Value(choice.Subject);
        var outer = Enter(_loopDepth > 0);
        var all = choice.Cases.SelectMany(entry => entry.Body).ToArray();
        DeclareLexical(all, isTop: false);
        _switchDepth++;
        var functions = Contents([.. all.OfType<FunctionDeclarationNode>()]);
        var tests = choice.Cases.Select(entry => entry.Test is null ? null : Value(entry.Test)).ToArray();
        var bodies = choice.Cases
            .Select(entry => entry.Body.Where(inner => inner is not (FunctionDeclarationNode or EmptyNode)).Select(inner => Lower(inner)).ToArray())
            .ToArray();
        _switchDepth--;

        // The interpreter wants the default last; elsewhere the case is found first, then run by its number.
        var defaultAt = Array.IndexOf(tests, null);
        var statements = new List<Statement>(functions);
        if (defaultAt >= 0 && defaultAt < tests.Length - 1)
        {
            var value = Temporary();
            Expression number = Tree.Literal(at, (double)defaultAt);
            for (var index = tests.Length - 1; index >= 0; index--)
            {
                if (tests[index] is { } test)
                    number = Tree.Conditional(at, Tree.Binary(at, BinaryOperator.StrictlyEqual, Tree.Name(at, value), test), Tree.Literal(at, (double)index), number);
                tests[index] = Tree.Literal(at, (double)index);
            }

            statements.Add(Tree.Variables(at, [(value, subject)]));
            subject = number;
        }

        statements.Add(new SwitchStatement
        {
            Type = SyntaxNodes.SwitchStatement,
            Location = at,
            Discriminant = subject,
            Cases =
            [
                .. tests.Select((test, index) => new SwitchCase
                {
                    Type = SyntaxNodes.SwitchCase, Location = choice.Cases[index].At, Test = test, Consequent = bodies[index],
                }),
            ],
        });
        statements = Enclose(at, _block, statements);
        _block = outer;
        return Tree.Block(at, statements);
    }

    private TryStatement Try(TryNode attempt)
    {
        var block = Block(attempt.Block);
        string? name = null;
        BlockStatement? handler = null;
        if (attempt.Handler is not null)
        {
            var outer = Enter(_loopDepth > 0);
            Statement? declare = null;
            if (attempt.Parameter is NameNode parameter)
            {
                name = parameter.Name;
                _block.TryDeclare(name, name, BindingKind.Variable);
            }
            else
            {
                name = $"%e{++_fresh}";
                if (attempt.Parameter is { } pattern)
                {
                    foreach (var bound in Patterns.Names(pattern))
                        Declare(bound, BindingKind.Lexical, isTop: false);
                    declare = Tree.Variables(pattern.At, Declarators([(pattern, Tree.Name(pattern.At, name))]));
                }
            }

            handler = Block(attempt.Handler);
            if (declare is not null)
                handler = Tree.Block(attempt.Handler.At, Enclose(attempt.Handler.At, _block, [declare, handler]));
            _block = outer;
        }

        return Tree.Try(attempt.At, block, name, handler, attempt.Finalizer is null ? null : Block(attempt.Finalizer));
    }
}

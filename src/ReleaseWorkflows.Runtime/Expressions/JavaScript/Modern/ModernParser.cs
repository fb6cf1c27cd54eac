using Jint.Parser;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>
/// Parses a script in today's JavaScript: statements, with <c>return</c> and <c>await</c> allowed at the top level.
/// </summary>
/// <remarks>
/// Recursive descent without going back, so that the time is in proportion to the length: what stands in parentheses is read once
/// and becomes parameters when an arrow follows; literals become patterns when an assignment follows. The statements are in this file,
/// the expressions in <c>ModernParser.Expressions.cs</c>.
/// </remarks>
internal sealed partial class ModernParser
{
    private const int MaxDepth = 400;

    private readonly Tokenizer _tokenizer;
    private Token _token;
    private int _depth;

    // What the function being read allows.
    private bool _allowsAwait = true;
    private bool _isStrict;

    private ModernParser(string text)
    {
        _tokenizer = new Tokenizer(text);
        _token = _tokenizer.Next();
    }

    /// <summary>Parses statements.</summary>
    /// <exception cref="ScriptException">The script cannot be read; the exception tells what is wrong and where.</exception>
    public static ScriptNode ParseStatements(string text)
    {
        var parser = new ModernParser(text);
        var at = parser._token.At;
        var body = parser.Statements(TokenKind.End);
        return new ScriptNode(at, body, parser._isStrict);
    }

    /// <summary>Parses a single expression.</summary>
    /// <exception cref="ScriptException">The script cannot be read; the exception tells what is wrong and where.</exception>
    public static ScriptNode ParseExpression(string text)
    {
        var parser = new ModernParser(text);
        var at = parser._token.At;
        var expression = parser.Expression();
        parser.Accept(";");
        return parser._token.Kind is TokenKind.End ? new ScriptNode(at, [new ExpressionNode(at, expression)], false) : throw parser.Unexpected();
    }

    private List<Node> Statements(TokenKind end)
    {
        var statements = new List<Node>();
        var isPrologue = true;
        while (end is TokenKind.End ? _token.Kind is not TokenKind.End : !_token.Is("}"))
        {
            if (isPrologue)
            {
                isPrologue = _token.Kind is TokenKind.Text;
                _isStrict |= isPrologue && _token.Text == "use strict";
            }

            statements.Add(Statement(isListed: true));
        }

        return statements;
    }

    private Node Statement(bool isListed = false)
    {
        using var depth = Deeper();
        var at = _token.At;
        switch (_token.Kind)
        {
            case TokenKind.Mark when _token.Text is "{":
                return Block();
            case TokenKind.Mark when _token.Text is ";":
                Advance();
                return new EmptyNode(at);
            case TokenKind.Keyword:
                if (!isListed && _token.Text is "const" or "class")
                    throw Error("A declaration needs a block around it here.");
                if (KeywordStatement(at) is { } statement)
                    return statement;
                break;
            case TokenKind.Name when _token.Text is "let" && BeginsDeclaration():
                if (!isListed)
                    throw Error("A declaration needs a block around it here.");
                return Ended(Declaration(allowIn: true));
            case TokenKind.Name when _token.Text is "async" && Ahead() is { Kind: TokenKind.Keyword, Text: "function", AfterLineBreak: false }:
                return new FunctionDeclarationNode(at, Function(isDeclaration: true));
        }

        var expression = Expression();
        if (expression is NameNode label && _token.Is(":"))
        {
            Advance();
            return new LabelNode(at, label.Name, Statement());
        }

        return Ended(new ExpressionNode(at, expression));
    }

    private Node? KeywordStatement(Location at)
    {
        switch (_token.Text)
        {
            case "var" or "const":
                return Ended(Declaration(allowIn: true));
            case "function":
                return new FunctionDeclarationNode(at, Function(isDeclaration: true));
            case "class":
                return new ClassDeclarationNode(at, Class(isDeclaration: true));
            case "if":
                Advance();
                var test = Parenthesised();
                var then = Statement();
                return new IfNode(at, test, then, Accept("else") ? Statement() : null);
            case "for":
                return For(at);
            case "while":
                Advance();
                return new WhileNode(at, Parenthesised(), Statement());
            case "do":
                Advance();
                var body = Statement();
                Expect("while");
                var until = Parenthesised();
                Accept(";");
                return new DoWhileNode(at, body, until);
            case "break" or "continue":
                var isBreak = _token.Text is "break";
                Advance();
                string? label = null;
                if (_token is { Kind: TokenKind.Name, AfterLineBreak: false })
                {
                    label = _token.Text;
                    Advance();
                }

                return Ended(new JumpNode(at, isBreak, label));
            case "return":
                Advance();
                return Ended(new ReturnNode(at, EndsStatement() ? null : Expression()));
            case "throw":
                Advance();
                if (_token.AfterLineBreak)
                    throw Error("What is thrown starts on the line of throw.");
                return Ended(new ThrowNode(at, Expression()));
            case "switch":
                return Switch(at);
            case "try":
                return Try(at);
            case "debugger":
                Advance();
                return Ended(new EmptyNode(at));
            case "with":
                throw Error("The with statement is not supported in expressions; name the object each time.");
            case "import" when Ahead() is not { Text: "(" or "." }:
                throw Error("Modules are not supported; import is not available.");
            case "export":
                throw Error("Modules are not supported; export is not available.");
            case "enum":
                throw Unexpected();
            default:
                return null;
        }
    }

    private BlockNode Block()
    {
        var at = _token.At;
        Expect("{");
        var body = new List<Node>();
        while (!_token.Is("}"))
            body.Add(Statement(isListed: true));
        Advance();
        return new BlockNode(at, body);
    }

    // let is a name unless a name or a pattern follows.
    private bool BeginsDeclaration() => Ahead() is { Kind: TokenKind.Name } or { Kind: TokenKind.Mark, Text: "{" or "[" };

    private DeclarationNode Declaration(bool allowIn)
    {
        var at = _token.At;
        var kind = _token.Text switch { "let" => DeclarationKind.Let, "const" => DeclarationKind.Const, _ => DeclarationKind.Var };
        Advance();
        var items = new List<(Node, Node?)>();
        do
        {
            var place = _token;
            var target = BindingTarget();
            var value = Accept("=") ? Assignment(allowIn) : null;
            if (value is null && (allowIn || !(_token.IsName("of") || _token.Is("in"))))
            {
                if (target is not NameNode)
                    throw ErrorAt("A pattern needs a value to take apart.", place);
                if (kind is DeclarationKind.Const)
                    throw Error("A const needs a value.");
            }

            items.Add((target, value));
        }
        while (Accept(","));
        return new DeclarationNode(at, kind, items);
    }

    private Node BindingTarget()
    {
        if (_token.Is("[") || _token.Is("{"))
            return ToPattern(Primary(), isBinding: true);
        return Name();
    }

    private Node For(Location at)
    {
        Advance();
        var isAwait = _token.IsName("await");
        if (isAwait)
        {
            CheckAwait();
            Advance();
        }

        Expect("(");
        Node? init = null;
        var place = _token;
        if (_token.Is("var") || _token.Is("const") || (_token.IsName("let") && BeginsDeclaration()))
            init = Declaration(allowIn: false);
        else if (!_token.Is(";"))
            init = Expression(allowIn: false);

        if (init is not null && (_token.IsName("of") || _token.Is("in")))
        {
            var isOf = _token.IsName("of");
            if (init is DeclarationNode declaration)
            {
                if (declaration.Items is not [(_, null)])
                    throw ErrorAt("The variable of this loop is a single one, without a value.", place);
            }
            else
            {
                init = ToPattern(init, isBinding: false);
            }

            Advance();
            var source = isOf ? Assignment() : Expression();
            Expect(")");
            return new ForEachNode(at, init, source, Statement(), isOf, isAwait);
        }

        if (isAwait)
            throw Unexpected();
        Expect(";");
        var test = _token.Is(";") ? null : Expression();
        Expect(";");
        var update = _token.Is(")") ? null : Expression();
        Expect(")");
        return new ForNode(at, init, test, update, Statement());
    }

    private SwitchNode Switch(Location at)
    {
        Advance();
        var subject = Parenthesised();
        Expect("{");
        var cases = new List<(Location, Node?, IReadOnlyList<Node>)>();
        var hasDefault = false;
        while (!_token.Is("}"))
        {
            var place = _token;
            Node? test = null;
            if (Accept("default"))
            {
                if (hasDefault)
                    throw ErrorAt("There is a default already.", place);
                hasDefault = true;
            }
            else
            {
                Expect("case");
                test = Expression();
            }

            Expect(":");
            var body = new List<Node>();
            while (!_token.Is("case") && !_token.Is("default") && !_token.Is("}"))
                body.Add(Statement(isListed: true));
            cases.Add((place.At, test, body));
        }

        Advance();
        return new SwitchNode(at, subject, cases);
    }

    private TryNode Try(Location at)
    {
        Advance();
        var block = Block();
        Node? parameter = null;
        BlockNode? handler = null;
        if (Accept("catch"))
        {
            if (Accept("("))
            {
                parameter = BindingTarget();
                Expect(")");
            }

            handler = Block();
        }

        var finalizer = Accept("finally") ? Block() : null;
        return handler is null && finalizer is null ? throw Error("A try needs a catch or a finally.") : new TryNode(at, block, parameter, handler, finalizer);
    }

    private Node Parenthesised()
    {
        Expect("(");
        var expression = Expression();
        Expect(")");
        return expression;
    }

    private bool EndsStatement() => _token.Is(";") || _token.Is("}") || _token.Kind is TokenKind.End || _token.AfterLineBreak;

    private T Ended<T>(T statement)
    {
        if (!Accept(";") && !EndsStatement())
            throw Unexpected();
        return statement;
    }

    private NameNode Name()
    {
        if (_token.Kind is not TokenKind.Name)
            throw Unexpected();
        if (_isStrict && _token.Text is "eval" or "arguments")
            throw Error($"'{_token.Text}' cannot be declared in strict mode.");
        var name = new NameNode(_token.At, _token.Text);
        Advance();
        return name;
    }

    private void Advance()
    {
        _token = _tokenizer.Next();
    }

    private Token Ahead()
    {
        var state = _tokenizer.State;
        try
        {
            return _tokenizer.Next();
        }
        catch (ScriptException)
        {
            return default; // a slash or a brace that only the parser understands
        }
        finally
        {
            _tokenizer.State = state;
        }
    }

    private bool Accept(string mark)
    {
        if (!_token.Is(mark))
            return false;
        Advance();
        return true;
    }

    private void Expect(string mark)
    {
        if (!Accept(mark))
            throw Unexpected();
    }

    private Depth Deeper() =>
        ++_depth > MaxDepth ? throw Error("The script is nested too deeply here; split it into steps.") : new Depth(this);

    private ScriptException Unexpected() => Error(_token.Kind switch
    {
        TokenKind.End => "Unexpected end of input.",
        TokenKind.Number => "Unexpected number.",
        TokenKind.Text => "Unexpected text.",
        TokenKind.Template => "Unexpected template.",
        TokenKind.Name => $"Unexpected name {_token.Text}.",
        _ => $"Unexpected token {_token.Text}.",
    });

    private ScriptException Error(string reason) => ErrorAt(reason, _token);

    private static ScriptException ErrorAt(string reason, Token token) => new(reason, token.Line, token.Column + 1);

    private readonly struct Depth(ModernParser parser) : IDisposable
    {
        public void Dispose() => parser._depth--;
    }
}

using Jint.Parser;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

internal sealed partial class ModernParser
{
    /// <summary>Marks the members of a class that only its own text can name.</summary>
    internal const string PrivatePrefix = "%#";

    private readonly Stack<HashSet<string>> _privateNames = new();
    private int _classDepth;

    private FunctionNode Function(bool isDeclaration)
    {
        var place = _token;
        var isAsync = _token.IsName("async");
        if (isAsync)
            Advance();
        Expect("function");
        RefuseGenerator();
        var name = isDeclaration || _token.Kind is TokenKind.Name ? Name() : null;
        return Callable(place.At, name, isAsync);
    }

    private FunctionNode Callable(Location at, NameNode? name, bool isAsync)
    {
        using var depth = Deeper();
        var outer = (_allowsAwait, _isStrict);
        _allowsAwait = isAsync;
        var parameters = Parameters();
        var body = FunctionBody();
        var strict = _isStrict;
        (_allowsAwait, _isStrict) = outer;
        return new FunctionNode(at, name, parameters, body, IsArrow: false, isAsync, strict);
    }

    private List<Node> Parameters()
    {
        Expect("(");
        var parameters = new List<Node>();
        while (!_token.Is(")"))
        {
            var at = _token.At;
            if (Accept("..."))
            {
                parameters.Add(new SpreadNode(at, BindingTarget()));
                if (!_token.Is(")"))
                    throw ErrorAt("The rest comes last.", _token);
                break;
            }

            var target = BindingTarget();
            parameters.Add(Accept("=") ? new AssignNode(at, "=", target, Assignment()) : target);
            if (!_token.Is(")"))
                Expect(",");
        }

        Advance();
        if (parameters.Exists(parameter => parameter is not NameNode))
            CheckDuplicates(parameters);
        return parameters;
    }

    private static void CheckDuplicates(IReadOnlyList<Node> parameters)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in parameters)
        {
            if (parameter is SpreadNode && !ReferenceEquals(parameter, parameters[^1]))
                throw At(parameter, "The rest comes last.");
            foreach (var name in Patterns.Names(parameter))
            {
                if (!names.Add(name.Name))
                    throw At(name, $"'{name.Name}' is declared twice.");
            }
        }
    }

    private void RefuseGenerator()
    {
        if (_token.Is("*"))
            throw Error("Generators are not supported.");
    }

    private ObjectNode Object()
    {
        var at = _token.At;
        Expect("{");
        var members = new List<MemberOfObject>();
        while (!_token.Is("}"))
        {
            members.Add(MemberOfObject());
            if (!_token.Is("}"))
                Expect(",");
        }

        Advance();
        return new ObjectNode(at, members);
    }

    private MemberOfObject MemberOfObject()
    {
        var place = _token;
        var at = place.At;
        if (Accept("..."))
            return new MemberOfObject(at, MemberKind.Spread, null, Assignment());
        var (kind, isAsync) = Modifiers(isClass: false);
        var keyPlace = _token;
        var key = PropertyKey();
        if (kind is not MemberKind.Value)
            return new MemberOfObject(at, kind, key, Callable(at, null, isAsync));
        if (_token.Is("(") || isAsync)
            return new MemberOfObject(at, MemberKind.Method, key, Callable(at, null, isAsync));
        if (Accept(":"))
            return new MemberOfObject(at, MemberKind.Value, key, Assignment());
        if (keyPlace.Kind is not TokenKind.Name)
            throw Unexpected();

        // { a } and, in a pattern, { a = 1 }.
        var name = new NameNode(at, keyPlace.Text);
        return Accept("=")
            ? new MemberOfObject(at, MemberKind.Shorthand, key, new AssignNode(at, "=", name, Assignment()))
            : new MemberOfObject(at, MemberKind.Shorthand, key, name);
    }

    // get, set and async are names like any other when no key follows.
    private (MemberKind Kind, bool IsAsync) Modifiers(bool isClass)
    {
        RefuseGenerator();
        if (_token.Kind is not TokenKind.Name || _token.Text is not ("get" or "set" or "async"))
            return (MemberKind.Value, false);
        var ahead = Ahead();
        var isModifier = ahead.Kind is TokenKind.Name or TokenKind.Keyword or TokenKind.Text or TokenKind.Number or TokenKind.PrivateName
            || ahead is { Kind: TokenKind.Mark, Text: "[" or "*" };
        if (!isModifier || (ahead.AfterLineBreak && (isClass || _token.Text is "async")))
            return (MemberKind.Value, false);
        var word = _token.Text;
        Advance();
        RefuseGenerator();
        return word switch { "get" => (MemberKind.Get, false), "set" => (MemberKind.Set, false), _ => (MemberKind.Value, true) };
    }

    private Node PropertyKey()
    {
        var at = _token.At;
        switch (_token.Kind)
        {
            case TokenKind.Name or TokenKind.Keyword or TokenKind.Text:
                var name = new LiteralNode(at, _token.Text, _token.Text);
                Advance();
                return name;
            case TokenKind.Number:
                var number = new LiteralNode(at, Jint.Runtime.TypeConverter.ToString(new Jint.Native.JsValue(_token.Number)), _token.Text);
                Advance();
                return number;
            case TokenKind.Mark when _token.Text is "[":
                Advance();
                var key = Assignment();
                Expect("]");
                return new ParenthesisNode(at, key); // marks it as computed
            default:
                throw Unexpected();
        }
    }

    private ClassNode Class(bool isDeclaration)
    {
        using var depth = Deeper();
        var at = _token.At;
        var outer = _isStrict;
        _isStrict = true;
        Advance();
        var name = isDeclaration || _token.Kind is TokenKind.Name ? Name() : null;
        var parent = Accept("extends") ? Finished(Postfix()) : null;
        var members = new List<MemberOfObject>();
        Expect("{");
        _privateNames.Push(PrivateNames());
        _classDepth++;
        while (!_token.Is("}"))
        {
            if (!Accept(";"))
                members.Add(MemberOfClass(members));
        }

        _classDepth--;
        _privateNames.Pop();
        _isStrict = outer;
        Advance();
        return new ClassNode(at, name, parent, members);
    }

    // Private names are known in the whole class, so they are looked for ahead: every #name at the beginning of a member. Those that are used
    // before a dot, a question mark or behind one are uses. Reading the class twice would take time in proportion to its depth.
    private HashSet<string> PrivateNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var state = _tokenizer.State;
        var before = _token;
        var depth = 0;
        try
        {
            for (var token = _token; token.Kind is not TokenKind.End && depth >= 0 && names.Count < 1_000; before = token, token = _tokenizer.Next())
            {
                if (token.Kind is TokenKind.PrivateName && depth == 0 && !before.Is(".") && !before.Is("?."))
                    names.Add(token.Text);
                else if (token.Kind is TokenKind.Template)
                    SkipTemplate(token);
                else if (token.Is("{") || token.Is("(") || token.Is("["))
                    depth++;
                else if (token.Is("}") || token.Is(")") || token.Is("]"))
                    depth--;
            }
        }
        catch (ScriptException)
        {
            // What cannot be read is reported when its turn comes.
        }

        _tokenizer.State = state;
        return names;

        void SkipTemplate(Token token)
        {
            var start = token.Start + 1;
            while (!_tokenizer.TemplateText(start).IsLast)
            {
                var inner = 0;
                for (token = _tokenizer.Next(); token.Kind is not TokenKind.End && !(inner == 0 && token.Is("}")); token = _tokenizer.Next())
                    inner += token.Is("{") ? 1 : token.Is("}") ? -1 : 0;
                start = token.Start + 1;
            }
        }
    }

    private MemberOfObject MemberOfClass(List<MemberOfObject> before)
    {
        var place = _token;
        var at = place.At;
        var isStatic = false;
        if (_token.IsName("static") && Ahead() is not { Kind: TokenKind.Mark, Text: "(" or "=" or ";" or "}" })
        {
            isStatic = true;
            Advance();
            if (_token.Is("{"))
                return new MemberOfObject(at, MemberKind.StaticBlock, null, FunctionAround(() => FunctionBody(), at), IsStatic: true);
        }

        var (kind, isAsync) = Modifiers(isClass: true);
        var keyPlace = _token;
        var key = _token.Kind is TokenKind.PrivateName ? PrivateKey() : PropertyKey();
        var isConstructor = !isStatic && key is LiteralNode { Value: "constructor" };
        if (kind is MemberKind.Get or MemberKind.Set || _token.Is("(") || isAsync)
        {
            if (isConstructor && (kind is not MemberKind.Value || isAsync))
                throw ErrorAt("A constructor is a plain method.", keyPlace);
            if (isConstructor && before.Exists(member => member is { IsStatic: false, Kind: MemberKind.Method, Key: LiteralNode { Value: "constructor" } }))
                throw ErrorAt("A class has one constructor.", keyPlace);
            return new MemberOfObject(at, kind is MemberKind.Value ? MemberKind.Method : kind, key, Callable(at, null, isAsync), isStatic);
        }

        if (isConstructor)
            throw ErrorAt("A field cannot be named constructor.", keyPlace);
        Node? value = null;
        if (Accept("="))
        {
            value = FunctionAround(
                () =>
                {
                    var expression = Assignment();
                    return [new ReturnNode(expression.At, expression)];
                },
                at);
        }

        return Ended(new MemberOfObject(at, MemberKind.Field, key, value, isStatic));
    }

    // The value of a field and a static block have a this of their own.
    private FunctionNode FunctionAround(Func<IReadOnlyList<Node>> body, Location at)
    {
        var outer = _allowsAwait;
        _allowsAwait = false;
        var statements = body();
        _allowsAwait = outer;
        return new FunctionNode(at, null, [], statements, IsArrow: false, IsAsync: false, IsStrict: true);
    }
}

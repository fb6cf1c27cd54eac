namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

internal sealed partial class ModernParser
{
    private Node Expression(bool allowIn = true)
    {
        var first = Assignment(allowIn);
        if (!_token.Is(","))
            return first;
        var items = new List<Node> { first };
        while (Accept(","))
            items.Add(Assignment(allowIn));
        return new SequenceNode(first.At, items);
    }

    private Node Assignment(bool allowIn = true)
    {
        using var depth = Deeper();
        var place = _token;
        if (_token.IsName("yield") && _isStrict)
            throw Error("Generators are not supported.");
        if (_token.IsName("async") && Ahead() is { AfterLineBreak: false } ahead)
        {
            if (ahead.Kind is TokenKind.Name && ahead.Text is not ("of" or "in"))
            {
                Advance();
                var parameter = Name();
                return _token.Is("=>") ? Arrow(place, [parameter], isAsync: true, allowIn) : throw Unexpected();
            }
        }

        var left = Conditional(allowIn);
        if (_token.Is("=>") && !_token.AfterLineBreak)
        {
            switch (left)
            {
                case NameNode name:
                    return Arrow(place, [name], isAsync: false, allowIn);
                case CoverNode cover:
                    return Arrow(place, [.. cover.Items.Select(item => ToPattern(item, isBinding: true, isParameter: true))], cover.IsAsync, allowIn);
                default:
                    throw Unexpected();
            }
        }

        if (left is CoverNode unfinished)
            left = Finish(unfinished);
        if (_token.Kind is not TokenKind.Mark)
            return left;
        switch (_token.Text)
        {
            case "=":
                var target = ToPattern(left, isBinding: false);
                Advance();
                return new AssignNode(left.At, "=", target, Assignment(allowIn));
            case "+=" or "-=" or "*=" or "/=" or "%=" or "&=" or "|=" or "^=" or "<<=" or ">>=" or ">>>=" or "**=" or "&&=" or "||=" or "??=":
                if (Unwrap(left) is not (NameNode or MemberNode { IsOptional: false }))
                    throw ErrorAt("This cannot be assigned to.", place);
                var assignment = _token.Text;
                Advance();
                return new AssignNode(left.At, assignment, Unwrap(left), Assignment(allowIn));
            default:
                return left;
        }
    }

    // Parentheses that no arrow followed.
    private Node Finish(CoverNode cover)
    {
        if (cover.IsAsync)
            return new CallNode(cover.At, new NameNode(cover.At, "async"), cover.Items, false);
        if (cover.IsOnlyParameters)
            throw Unexpected();
        return new ParenthesisNode(cover.At, cover.Items is [var single] ? single : new SequenceNode(cover.Items[0].At, cover.Items));
    }

    private FunctionNode Arrow(Token place, IReadOnlyList<Node> parameters, bool isAsync, bool allowIn)
    {
        CheckDuplicates(parameters);
        Expect("=>");
        var outer = (_allowsAwait, _isStrict);
        _allowsAwait = isAsync;
        IReadOnlyList<Node> body;
        if (_token.Is("{"))
        {
            body = FunctionBody();
        }
        else
        {
            var value = Assignment(allowIn);
            body = [new ReturnNode(value.At, value)];
        }

        var strict = _isStrict;
        (_allowsAwait, _isStrict) = outer;
        return new FunctionNode(place.At, null, parameters, body, IsArrow: true, isAsync, strict);
    }

    private List<Node> FunctionBody()
    {
        Expect("{");
        var body = Statements(TokenKind.Mark);
        // The mode of the function ends with its brace, the token behind it belongs to the outside already.
        Advance();
        return body;
    }

    private static readonly string[][] Levels =
    [
        ["??"], ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!=", "===", "!=="], ["<", ">", "<=", ">=", "instanceof", "in"], ["<<", ">>", ">>>"],
        ["+", "-"], ["*", "/", "%"],
    ];

    private static readonly Dictionary<string, int> Precedence =
        Levels.SelectMany((level, index) => level.Select(mark => (mark, index))).ToDictionary(entry => entry.mark, entry => entry.index + 1, StringComparer.Ordinal);

    private Node Conditional(bool allowIn)
    {
        var test = Binary(1, allowIn);
        if (!_token.Is("?"))
            return test;
        Advance();
        if (test is CoverNode cover)
            test = Finish(cover);
        var then = Assignment();
        Expect(":");
        return new ConditionalNode(test.At, test, then, Assignment(allowIn));
    }

    private Node Binary(int level, bool allowIn)
    {
        Node left;
        if (_token.Kind is TokenKind.PrivateName && Ahead() is { Kind: TokenKind.Keyword, Text: "in" })
        {
            left = PrivateKey();
        }
        else
        {
            left = Unary();
        }

        while (_token.Kind is TokenKind.Mark or TokenKind.Keyword
            && Precedence.TryGetValue(_token.Text, out var precedence) && precedence >= level && (allowIn || _token.Text is not "in"))
        {
            if (left is CoverNode cover)
                left = Finish(cover);
            var mark = _token;
            Advance();
            var right = Binary(precedence + 1, allowIn);
            if (right is CoverNode rightCover)
                right = Finish(rightCover);
            if (mark.Text is "??" ? IsLogical(left) || IsLogical(right) : mark.Text is "||" or "&&" && (IsCoalescing(left) || IsCoalescing(right)))
                throw ErrorAt("?? needs parentheses beside || and &&.", mark);
            left = new BinaryNode(left.At, mark.Text, left, right);
        }

        return left;

        static bool IsLogical(Node node) => node is BinaryNode { Operator: "||" or "&&" };

        static bool IsCoalescing(Node node) => node is BinaryNode { Operator: "??" };
    }

    private Node Unary(bool allowPower = true)
    {
        var place = _token;
        if (_token.Is("!") || _token.Is("-") || _token.Is("+") || _token.Is("~") || _token.Is("typeof") || _token.Is("void") || _token.Is("delete"))
        {
            using var depth = Deeper();
            Advance();
            var argument = Finished(Unary(allowPower: false));
            if (_token.Is("**"))
                throw Error("A sign before ** needs parentheses.");
            return new UnaryNode(place.At, place.Text, argument);
        }

        if (_token.Is("++") || _token.Is("--"))
        {
            using var depth = Deeper();
            Advance();
            var target = _token;
            var argument = Unwrap(Finished(Unary()));
            return argument is NameNode or MemberNode { IsOptional: false }
                ? new UpdateNode(place.At, place.Text, argument, IsPrefix: true)
                : throw ErrorAt("This cannot be assigned to.", target);
        }

        if (_token.IsName("await") && (_allowsAwait || Ahead() is { AfterLineBreak: false, Kind: TokenKind.Name or TokenKind.Number or TokenKind.Text }))
        {
            using var depth = Deeper();
            CheckAwait();
            Advance();
            var awaited = new AwaitNode(place.At, Finished(Unary(allowPower: false)));
            return allowPower ? Power(awaited) : awaited;
        }

        var operand = Postfix();
        if (_token.Kind is TokenKind.Mark && _token.Text is "++" or "--" && !_token.AfterLineBreak)
        {
            operand = Finished(operand);
            if (Unwrap(operand) is not (NameNode or MemberNode { IsOptional: false }))
                throw ErrorAt("This cannot be assigned to.", place);
            operand = new UpdateNode(operand.At, _token.Text, Unwrap(operand), IsPrefix: false);
            Advance();
        }

        return allowPower ? Power(operand) : operand;
    }

    private Node Power(Node left)
    {
        if (!_token.Is("**"))
            return left;
        using var depth = Deeper();
        Advance();
        left = Finished(left);
        return new BinaryNode(left.At, "**", left, Finished(Unary()));
    }

    private Node Finished(Node node) => node is CoverNode cover ? Finish(cover) : node;

    private void CheckAwait()
    {
        if (!_allowsAwait)
            throw Error("await needs an async function around it.");
    }

    private Node Postfix()
    {
        var place = _token;
        var node = _token.Is("new") ? New() : Primary();
        if (node is CoverNode { IsOnlyParameters: true } || (node is CoverNode && _token.Is("=>")))
            return node;
        if (node is NameNode { Name: "async" } && _token.Is("(") && !_token.AfterLineBreak)
        {
            var arguments = Arguments();
            if (_token.Is("=>") && !_token.AfterLineBreak)
                return new CoverNode(place.At, arguments, IsOnlyParameters: false, IsAsync: true);
            node = new CallNode(place.At, node, arguments, IsOptional: false);
        }

        return Suffixes(node, allowCalls: true);
    }

    private Node Suffixes(Node node, bool allowCalls)
    {
        while (true)
        {
            if (_token.Kind is TokenKind.Template)
            {
                node = Template(Finished(node));
                continue;
            }

            if (_token.Kind is not TokenKind.Mark)
                return node;
            switch (_token.Text)
            {
                case ".":
                    Advance();
                    node = new MemberNode(node.At, Finished(node), KeyName(), IsOptional: false);
                    break;
                case "?." when !allowCalls:
                    throw Error("?. cannot stand behind new.");
                case "?.":
                    Advance();
                    node = Finished(node);
                    if (_token.Is("("))
                        node = new CallNode(node.At, node, Arguments(), IsOptional: true);
                    else if (_token.Is("["))
                        node = new MemberNode(node.At, node, ComputedKey(), IsOptional: true);
                    else
                        node = new MemberNode(node.At, node, KeyName(), IsOptional: true);
                    break;
                case "[":
                    node = new MemberNode(node.At, Finished(node), ComputedKey(), IsOptional: false);
                    break;
                case "(" when allowCalls:
                    node = new CallNode(node.At, Finished(node), Arguments(), IsOptional: false);
                    break;
                default:
                    return node;
            }
        }
    }

    private NewNode New()
    {
        using var depth = Deeper();
        var place = _token;
        var at = place.At;
        Advance();
        if (_token.Is("."))
            throw ErrorAt("new.target is not supported.", place);
        Node callee = _token.Is("new") ? New() : Finished(Primary());
        callee = Suffixes(callee, allowCalls: false);
        return new NewNode(at, callee, _token.Is("(") ? Arguments() : []);
    }

    private List<Node> Arguments()
    {
        Expect("(");
        var arguments = new List<Node>();
        while (!_token.Is(")"))
        {
            arguments.Add(ItemOrSpread());
            if (!_token.Is(")"))
                Expect(",");
        }

        Advance();
        return arguments;
    }

    private Node ItemOrSpread()
    {
        var at = _token.At;
        return Accept("...") ? new SpreadNode(at, Assignment()) : Assignment();
    }

    private ParenthesisNode ComputedKey()
    {
        Expect("[");
        var key = Expression();
        Expect("]");
        return new ParenthesisNode(key.At, key); // marks it as computed
    }

    private LiteralNode KeyName()
    {
        if (_token.Kind is TokenKind.PrivateName)
            return PrivateKey();
        if (_token.Kind is not (TokenKind.Name or TokenKind.Keyword))
            throw Unexpected();
        var key = new LiteralNode(_token.At, _token.Text, _token.Text);
        Advance();
        return key;
    }

    private LiteralNode PrivateKey()
    {
        if (!_privateNames.Any(names => names.Contains(_token.Text)))
            throw Error($"#{_token.Text} is not declared by a class around this place.");
        var key = new LiteralNode(_token.At, PrivatePrefix + _token.Text, "#" + _token.Text);
        Advance();
        return key;
    }

    private Node Primary()
    {
        var token = _token;
        var at = token.At;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Advance();
                return new LiteralNode(at, token.Number, token.Text);
            case TokenKind.Text:
                Advance();
                return new LiteralNode(at, token.Text, token.Text);
            case TokenKind.Template:
                return Template(null);
            case TokenKind.Name when token.Text is "async" && Ahead() is { Kind: TokenKind.Keyword, Text: "function", AfterLineBreak: false }:
                return Function(isDeclaration: false);
            case TokenKind.Name:
                Advance();
                return new NameNode(at, token.Text);
            case TokenKind.Keyword:
                return PrimaryKeyword(token);
            case TokenKind.Mark:
                switch (token.Text)
                {
                    case "(":
                        return Parentheses();
                    case "[":
                        return Array();
                    case "{":
                        return Object();
                    case "/" or "/=":
                        var raw = _tokenizer.RegExp(token);
                        Advance();
                        return new RegExpNode(at, raw);
                }

                break;
        }

        throw Unexpected();
    }

    private Node PrimaryKeyword(Token token)
    {
        switch (token.Text)
        {
            case "this":
                Advance();
                return new ThisNode(token.At);
            case "null" or "true" or "false":
                Advance();
                return new LiteralNode(token.At, token.Text switch { "null" => null, var word => word is "true" }, token.Text);
            case "function":
                return Function(isDeclaration: false);
            case "class":
                return Class(isDeclaration: false);
            case "super":
                if (_classDepth == 0)
                    throw Error("super is only known inside classes.");
                Advance();
                return _token.Is("(") || _token.Is(".") || _token.Is("[") ? new SuperNode(token.At) : throw Unexpected();
            case "import":
                throw Error("Modules are not supported; import is not available.");
            default:
                throw Unexpected();
        }
    }

    private CoverNode Parentheses()
    {
        using var depth = Deeper();
        var at = _token.At;
        Expect("(");
        var items = new List<Node>();
        var isOnlyParameters = _token.Is(")");
        while (!_token.Is(")"))
        {
            var item = ItemOrSpread();
            isOnlyParameters |= item is SpreadNode;
            items.Add(item);
            if (_token.Is(")"))
                break;
            Expect(",");
            isOnlyParameters |= _token.Is(")");
        }

        Advance();
        if (isOnlyParameters && !_token.Is("=>"))
            throw Unexpected();
        return new CoverNode(at, items, isOnlyParameters, IsAsync: false);
    }

    private ArrayNode Array()
    {
        var at = _token.At;
        Expect("[");
        var items = new List<Node?>();
        while (!_token.Is("]"))
        {
            if (Accept(","))
            {
                items.Add(null);
                continue;
            }

            items.Add(ItemOrSpread());
            if (!_token.Is("]"))
                Expect(",");
        }

        Advance();
        return new ArrayNode(at, items);
    }

    private TemplateNode Template(Node? tag)
    {
        using var depth = Deeper();
        var at = _token.At;
        var texts = new List<(string?, string)>();
        var values = new List<Node>();
        var start = _token.Start + 1;
        while (true)
        {
            var (cooked, raw, isLast) = _tokenizer.TemplateText(start);
            if (cooked is null && tag is null)
                throw ErrorAt("An escape in this template is not valid.", _token);
            texts.Add((cooked, raw));
            Advance();
            if (isLast)
                return new TemplateNode(tag?.At ?? at, tag, texts, values);
            values.Add(Expression());
            if (!_token.Is("}"))
                throw Unexpected();
            start = _token.Start + 1;
        }
    }

    private static Node Unwrap(Node node) => node is ParenthesisNode parenthesis ? Unwrap(parenthesis.Inner) : node;

    /// <summary>Reads what was parsed as a value as the place it is assigned to.</summary>
    private Node ToPattern(Node node, bool isBinding, bool isParameter = false)
    {
        switch (node)
        {
            case NameNode name when isBinding && _isStrict && name.Name is "eval" or "arguments":
                throw At(node, "This name cannot be declared in strict mode.");
            case NameNode:
                return node;
            case MemberNode { IsOptional: false } when !isBinding:
                return node;
            case ParenthesisNode { Inner: var inner } when !isBinding && Unwrap(inner) is NameNode or MemberNode { IsOptional: false }:
                return Unwrap(inner);
            case AssignNode { Operator: "=" } assignment:
                // The target was made a pattern when the assignment was read; a declaration allows less.
                return isBinding ? assignment with { Target = ToPattern(assignment.Target, isBinding: true) } : assignment;
            case ArrayNode array:
                return array with { Items = [.. array.Items.Select((item, index) => Item(item, index == array.Items.Count - 1))] };
            case ObjectNode map:
                return map with { Members = [.. map.Members.Select((member, index) => Member(member, index == map.Members.Count - 1))] };
            case SpreadNode rest when isParameter:
                return rest with { Argument = ToPattern(rest.Argument, isBinding) };
            default:
                throw At(node, isBinding ? "A name or a pattern is needed here." : "This cannot be assigned to.");
        }

        Node? Item(Node? item, bool isLast) => item switch
        {
            null => null,
            SpreadNode rest when isLast && rest.Argument is not AssignNode => rest with { Argument = ToPattern(rest.Argument, isBinding) },
            SpreadNode => throw At(item, "The rest comes last."),
            _ => ToPattern(item, isBinding),
        };

        MemberOfObject Member(MemberOfObject member, bool isLast) => member.Kind switch
        {
            MemberKind.Value or MemberKind.Shorthand => member with { Value = ToPattern(member.Value!, isBinding) },
            MemberKind.Spread when isLast && member.Value is not AssignNode => member with { Value = ToPattern(member.Value!, isBinding) },
            MemberKind.Spread => throw At(member, "The rest comes last."),
            _ => throw At(member, "A pattern has no methods."),
        };
    }

    private static ScriptException At(Node node, string reason) => ScriptException.At(node.At, reason);
}

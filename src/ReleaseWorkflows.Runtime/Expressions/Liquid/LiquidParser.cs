using System.Globalization;

namespace ReleaseWorkflows.Runtime.Expressions.Liquid;

/// <summary>Reads a template.</summary>
internal sealed class LiquidParser(string source)
{
    private const int MaxLength = 32_768;
    private const int MaxDepth = 64;

    private int _position;
    private int _depth;

    /// <exception cref="LiquidException">It cannot be read: line, and why.</exception>
    public IReadOnlyList<LiquidNode> Read()
    {
        if (source.Length > MaxLength)
            throw new LiquidException($"The template has {source.Length:N0} characters; at most {MaxLength:N0} are allowed.");

        var nodes = ReadUntil([], out _);
        return nodes;
    }

    // Reads up to one of the tags that end a block; it is read as well.
    private List<LiquidNode> ReadUntil(string[] ends, out LiquidTokens end)
    {
        if (++_depth > MaxDepth)
            throw Error($"Tags are nested more than {MaxDepth} deep.");

        var nodes = new List<LiquidNode>();
        while (_position < source.Length)
        {
            var open = NextOpening();
            if (open > _position)
                nodes.Add(new LiquidText(Trimmed(_position, open)));
            _position = open;
            if (open == source.Length)
                break;

            if (source[open + 1] == '{')
            {
                var tokens = Inside("}}");
                nodes.Add(new LiquidOutput(tokens.ReadValue()));
                tokens.ExpectEnd();
                continue;
            }

            var tag = Inside("%}");
            var name = tag.ReadName("the name of a tag");
            if (ends.Contains(name, StringComparer.Ordinal))
            {
                _depth--;
                end = tag.Named(name);
                return nodes;
            }

            if (ReadTag(name, tag) is { } node)
                nodes.Add(node);
        }

        if (ends.Length > 0)
            throw Error($"'{ends[^1]}' is missing.");
        _depth--;
        end = new LiquidTokens("", 1);
        return nodes;
    }

    private LiquidNode? ReadTag(string name, LiquidTokens tag)
    {
        switch (name)
        {
            case "if" or "unless":
                return ReadIf(name, tag);
            case "for":
                return ReadFor(tag);
            case "assign":
                var variable = tag.ReadName("a name");
                tag.Expect("=");
                var value = tag.ReadValue();
                tag.ExpectEnd();
                return new LiquidAssign(variable, value);
            case "comment" or "raw":
                var start = _position;
                SkipTo("end" + name, out var stop);
                return name == "raw" ? new LiquidText(source[start..stop]) : null;
            default:
                throw Error($"The tag '{name}' is not known here. There are if, unless, for, assign, comment and raw.");
        }
    }

    private LiquidIf ReadIf(string name, LiquidTokens tag)
    {
        var branches = new List<LiquidBranch>();
        var isNegated = name == "unless";
        LiquidCondition? condition = tag.ReadCondition();
        tag.ExpectEnd();
        while (true)
        {
            var body = ReadUntil(["elsif", "else", "end" + name], out var end);
            branches.Add(new LiquidBranch(condition, isNegated, body));
            if (end.Name == "end" + name)
                return new LiquidIf(branches);
            if (condition is null)
                throw Error("Nothing comes after 'else'.");

            isNegated = false;
            condition = end.Name == "elsif" ? end.ReadCondition() : null;
            end.ExpectEnd();
        }
    }

    private LiquidFor ReadFor(LiquidTokens tag)
    {
        var name = tag.ReadName("a name");
        if (tag.ReadName("'in'") != "in")
            throw Error("'in' is missing after the name.");
        var list = tag.ReadValue();
        tag.ExpectEnd();
        var body = ReadUntil(["else", "endfor"], out var end);
        var empty = end.Name == "else" ? ReadUntil(["endfor"], out _) : [];
        return new LiquidFor(name, list, body, empty);
    }

    private int NextOpening()
    {
        for (var index = _position; index + 1 < source.Length; index++)
        {
            if (source[index] == '{' && source[index + 1] is '{' or '%')
                return index;
        }

        return source.Length;
    }

    private LiquidTokens Inside(string close)
    {
        var start = _position + 2;
        var end = source.IndexOf(close, start, StringComparison.Ordinal);
        if (end < 0)
            throw Error($"'{close}' is missing.");

        var line = Line();
        _position = end + 2;
        var text = source[start..end];
        return new LiquidTokens(text.TrimStart('-').TrimEnd('-'), line);
    }

    // A hyphen at a tag takes the white space on its side away.
    private string Trimmed(int start, int end)
    {
        var text = source[start..end];
        if (start >= 3 && source[start - 3] == '-')
            text = text.TrimStart();
        return end + 2 < source.Length && source[end + 2] == '-' ? text.TrimEnd() : text;
    }

    private void SkipTo(string tag, out int stop)
    {
        for (var open = source.IndexOf("{%", _position, StringComparison.Ordinal); open >= 0; open = source.IndexOf("{%", open + 2, StringComparison.Ordinal))
        {
            var close = source.IndexOf("%}", open, StringComparison.Ordinal);
            if (close > 0 && source[(open + 2)..close].Trim('-', ' ', '\t', '\r', '\n') == tag)
            {
                stop = open;
                _position = close + 2;
                return;
            }
        }

        throw Error($"'{tag}' is missing.");
    }

    private int Line() => source.AsSpan(0, Math.Min(_position, source.Length)).Count('\n') + 1;

    private LiquidException Error(string reason) => new(string.Create(CultureInfo.InvariantCulture, $"Line {Line()}: {reason}"));
}

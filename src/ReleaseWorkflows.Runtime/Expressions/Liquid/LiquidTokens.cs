using System.Globalization;

namespace ReleaseWorkflows.Runtime.Expressions.Liquid;

/// <summary>Reads what stands inside a tag or an output.</summary>
internal sealed class LiquidTokens(string text, int line)
{
    private static readonly string[] Operators = ["==", "!=", "<>", ">=", "<=", ">", "<"];

    private const int MaxDepth = 64;

    private int _position;
    private int _depth;

    /// <summary>Name of the tag, where it ends a block.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Remembers the name of the tag.</summary>
    public LiquidTokens Named(string name)
    {
        Name = name;
        return this;
    }

    /// <summary>A value with its filters.</summary>
    public LiquidValue ReadValue()
    {
        var operand = ReadOperand();
        var filters = new List<LiquidFilter>();
        while (Take("|"))
        {
            var name = ReadName("the name of a filter");
            if (!LiquidFilters.Known.Contains(name))
                throw Error($"The filter '{name}' is not known here. There are {string.Join(", ", LiquidFilters.Known.Order(StringComparer.Ordinal))}.");

            var arguments = new List<LiquidOperand>();
            if (Take(":"))
            {
                do
                    arguments.Add(ReadOperand());
                while (Take(","));
            }

            filters.Add(new LiquidFilter(name, arguments));
        }

        return new LiquidValue(operand, filters);
    }

    /// <summary>A condition.</summary>
    public LiquidCondition ReadCondition()
    {
        if (++_depth > MaxDepth)
            throw Error($"A condition has more than {MaxDepth} parts.");
        var left = ReadOperand();
        string? sign = null;
        LiquidOperand? right = null;
        if (Array.Find(Operators, Take) is { } taken)
            sign = taken;
        else if (TakeWord("contains"))
            sign = "contains";
        if (sign is not null)
            right = ReadOperand();

        var join = TakeWord("and") ? "and" : TakeWord("or") ? "or" : null;
        return new LiquidCondition(left, sign, right, join, join is null ? null : ReadCondition());
    }

    /// <summary>A name: letters, digits, underscores and hyphens.</summary>
    public string ReadName(string wanted)
    {
        Skip();
        var start = _position;
        while (_position < text.Length && (char.IsLetterOrDigit(text[_position]) || text[_position] is '_' or '-'))
            _position++;
        return _position > start ? text[start.._position] : throw Error($"{wanted} is missing.");
    }

    /// <summary>This sign has to come.</summary>
    public void Expect(string sign)
    {
        if (!Take(sign))
            throw Error($"'{sign}' is missing.");
    }

    /// <summary>Nothing more may come.</summary>
    public void ExpectEnd()
    {
        Skip();
        if (_position < text.Length)
            throw Error($"'{text[_position..]}' is not understood.");
    }

    private LiquidOperand ReadOperand()
    {
        Skip();
        if (_position >= text.Length)
            throw Error("A value is missing.");

        var first = text[_position];
        if (first is '"' or '\'')
        {
            var end = text.IndexOf(first, _position + 1);
            if (end < 0)
                throw Error("A text does not end.");
            var constant = text[(_position + 1)..end];
            _position = end + 1;
            return new LiquidOperand(constant, []);
        }

        return char.IsDigit(first) || (first == '-' && _position + 1 < text.Length && char.IsDigit(text[_position + 1])) ? ReadNumber() : ReadPath();
    }

    private LiquidOperand ReadNumber()
    {
        var start = _position++;
        while (_position < text.Length && (char.IsDigit(text[_position]) || (text[_position] == '.' && _position + 1 < text.Length && char.IsDigit(text[_position + 1]))))
            _position++;
        return decimal.TryParse(text.AsSpan(start, _position - start), NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
            ? new LiquidOperand(number, [])
            : throw Error($"'{text[start.._position]}' is not a number.");
    }

    private LiquidOperand ReadPath()
    {
        var name = ReadName("A value");
        switch (name)
        {
            case "true":
                return new LiquidOperand(true, []);
            case "false":
                return new LiquidOperand(false, []);
            case "nil" or "null" or "empty" or "blank":
                return new LiquidOperand(null, []);
        }

        var path = new List<LiquidStep> { new(name, null) };
        while (_position < text.Length && text[_position] is '.' or '[')
        {
            if (text[_position++] == '.')
            {
                path.Add(new LiquidStep(ReadName("A name"), null));
            }
            else
            {
                if (++_depth > MaxDepth)
                    throw Error($"More than {MaxDepth} indexes.");
                path.Add(new LiquidStep(null, ReadOperand()));
                Expect("]");
            }
        }

        return new LiquidOperand(null, path);
    }

    private bool Take(string sign)
    {
        Skip();
        if (!text.AsSpan(_position).StartsWith(sign, StringComparison.Ordinal))
            return false;
        _position += sign.Length;
        return true;
    }

    private bool TakeWord(string word)
    {
        Skip();
        var end = _position + word.Length;
        if (!text.AsSpan(_position).StartsWith(word, StringComparison.Ordinal) || (end < text.Length && char.IsLetterOrDigit(text[end])))
            return false;
        _position = end;
        return true;
    }

    private void Skip()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position]))
            _position++;
    }

    private LiquidException Error(string reason) => new(string.Create(CultureInfo.InvariantCulture, $"Line {line}: {reason}"));
}

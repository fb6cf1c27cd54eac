using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Jint.Parser;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

internal enum TokenKind
{
    End,
    Name,
    Keyword,
    PrivateName,
    Mark,
    Number,
    Text,
    Template,
}

/// <summary>One token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The word, the mark, or the value of a text.</param>
/// <param name="Number">The value of a number.</param>
/// <param name="Start">Index in the script.</param>
/// <param name="Line">Line, counted from 1.</param>
/// <param name="Column">Column, counted from 0.</param>
/// <param name="AfterLineBreak">True if a line ended since the token before.</param>
internal readonly record struct Token(TokenKind Kind, string Text, double Number, int Start, int Line, int Column, bool AfterLineBreak)
{
    public Location At => new() { Start = new Position { Line = Line, Column = Column }, End = new Position { Line = Line, Column = Column } };

    public bool Is(string mark) => Kind is TokenKind.Mark or TokenKind.Keyword && Text == mark;

    public bool IsName(string name) => Kind is TokenKind.Name && Text == name;
}

/// <summary>
/// Cuts a script into tokens, one at a time. Whether a slash begins a regular expression and a brace ends a piece of a template only the
/// parser knows, so it asks for those.
/// </summary>
internal sealed class Tokenizer(string text)
{
    private static readonly FrozenSet<string> Keywords = new[]
    {
        "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "enum", "export", "extends", "false",
        "finally", "for", "function", "if", "import", "in", "instanceof", "new", "null", "return", "super", "switch", "this", "throw", "true", "try",
        "typeof", "var", "void", "while", "with",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Longest first.
    private static readonly string[] Marks =
    [
        ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++",
        "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**", "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/",
        "%", "&", "|", "^", "!", "~", "?", ":", "=", ".",
    ];

    private int _index;
    private int _line = 1;
    private int _lineStart;

    /// <summary>Where the tokenizer stands; setting it goes back.</summary>
    public (int Index, int Line, int LineStart) State
    {
        get => (_index, _line, _lineStart);
        set => (_index, _line, _lineStart) = value;
    }

    /// <summary>The next token.</summary>
    /// <exception cref="ScriptException">No token begins here.</exception>
    public Token Next()
    {
        var lineBreak = SkipSpace();
        var start = _index;
        if (start == text.Length)
            return Create(TokenKind.End, "", start, lineBreak);
        var first = text[start];
        if (IsNameStart(first))
            return Word(lineBreak);
        if (char.IsAsciiDigit(first) || (first is '.' && char.IsAsciiDigit(Peek(1))))
            return Number(lineBreak);
        switch (first)
        {
            case '"' or '\'':
                return Text(lineBreak);
            case '`':
                _index++;
                return Create(TokenKind.Template, "`", start, lineBreak);
            case '#' when IsNameStart(Peek(1)):
                _index++;
                var name = Word(lineBreak);
                return name with { Kind = TokenKind.PrivateName, Start = start, Column = name.Column - 1 };
        }

        foreach (var mark in Marks)
        {
            // "a?.5:1" is a conditional with a decimal number.
            if (text.AsSpan(start).StartsWith(mark, StringComparison.Ordinal) && !(mark == "?." && char.IsAsciiDigit(Peek(2))))
            {
                _index += mark.Length;
                return Create(TokenKind.Mark, mark, start, lineBreak);
            }
        }

        throw Error(first is '\\' ? "Escapes in names are not supported." : $"Unexpected character '{Rune.GetRuneAt(text, start)}'.", start);
    }

    /// <summary>Reads the regular expression that begins with the slash of the given token; answers with it and its flags, as written.</summary>
    public string RegExp(Token slash)
    {
        _index = slash.Start + 1;
        var inClass = false;
        for (; ; _index++)
        {
            if (_index >= text.Length || IsLineBreak(text[_index]))
                throw Error("The regular expression is not closed.", slash.Start);
            if (text[_index] is '\\')
                _index++;
            else if (text[_index] is '[')
                inClass = true;
            else if (text[_index] is ']')
                inClass = false;
            else if (text[_index] is '/' && !inClass)
                break;
        }

        var flags = ++_index;
        while (_index < text.Length && IsNamePart(text[_index]))
            _index++;
        if (RegExpSyntax.Explain(text[(slash.Start + 1)..(flags - 1)], text[flags.._index]) is { } reason)
            throw Error(reason, slash.Start);
        return text[slash.Start.._index];
    }

    /// <summary>
    /// Reads a text of a template, from behind its opening back quote or closing brace to behind the next back quote or <c>${</c>.
    /// </summary>
    public (string? Cooked, string Raw, bool IsLast) TemplateText(int start)
    {
        _index = start;
        var cooked = new StringBuilder();
        var raw = new StringBuilder();
        var isValid = true;
        while (true)
        {
            if (_index >= text.Length)
                throw Error("The template is not closed.", text.Length);
            var character = text[_index];
            if (character is '`')
            {
                _index++;
                return (isValid ? cooked.ToString() : null, raw.ToString(), true);
            }

            if (character is '$' && Peek(1) is '{')
            {
                _index += 2;
                return (isValid ? cooked.ToString() : null, raw.ToString(), false);
            }

            if (character is '\\')
            {
                var escape = _index;
                isValid &= Escape(cooked);
                raw.Append(text, escape, _index - escape);
            }
            else if (IsLineBreak(character))
            {
                NewLine();
                cooked.Append('\n');
                raw.Append('\n');
            }
            else
            {
                cooked.Append(character);
                raw.Append(character);
                _index++;
            }
        }
    }

    /// <summary>An error at an index.</summary>
    public ScriptException Error(string reason, int index) => index >= _lineStart
        ? new ScriptException(reason, _line, index - _lineStart + 1)
        : new ScriptException(reason, 1 + text.AsSpan(0, index).Count('\n'), index - text.AsSpan(0, index).LastIndexOf('\n'));

    private Token Create(TokenKind kind, string value, int start, bool lineBreak, double number = 0) =>
        new(kind, value, number, start, _line, start - _lineStart, lineBreak);

    private Token Word(bool lineBreak)
    {
        var start = _index;
        while (_index < text.Length && IsNamePart(text[_index]))
            _index++;
        if (_index < text.Length && text[_index] is '\\')
            throw Error("Escapes in names are not supported.", _index);
        var word = text[start.._index];
        return Create(Keywords.Contains(word) ? TokenKind.Keyword : TokenKind.Name, word, start, lineBreak);
    }

    private Token Number(bool lineBreak)
    {
        var start = _index;
        double value;
        var radix = text[start] is '0' ? char.ToLowerInvariant(Peek(1)) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 } : 10;
        if (radix != 10)
        {
            _index += 2;
            var digits = Digits(start, radix);
            if (digits.Length == 0)
                throw Error("Digits are missing.", _index);
            value = 0;
            foreach (var digit in digits)
                value = (value * radix) + Convert.ToInt32(digit.ToString(), 16);
        }
        else
        {
            var number = new StringBuilder(Digits(start, 10));
            if (number.Length > 1 && number[0] is '0')
                throw Error("Octal literals are not supported; write 0o17.", start);
            if (Peek(0) is '.')
            {
                _index++;
                number.Append('.').Append(Digits(start, 10));
            }

            if (Peek(0) is 'e' or 'E')
            {
                _index++;
                number.Append('e');
                if (Peek(0) is '+' or '-')
                    number.Append(text[_index++]);
                var exponent = Digits(start, 10);
                if (exponent.Length == 0)
                    throw Error("Digits are missing.", _index);
                number.Append(exponent);
            }

            value = double.Parse(number.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        if (Peek(0) is 'n')
            throw Error("BigInt is not supported.", start);
        if (IsNamePart(Peek(0)))
            throw Error("A name cannot follow a number directly.", _index);
        return Create(TokenKind.Number, text[start.._index], start, lineBreak, value);
    }

    private string Digits(int numberStart, int radix)
    {
        var digits = new StringBuilder();
        while (_index < text.Length)
        {
            var character = text[_index];
            if (character is '_')
            {
                if (_index == numberStart || !char.IsAsciiHexDigit(text[_index - 1]) || !char.IsAsciiHexDigit(Peek(1)))
                    throw Error("A numeric separator stands between two digits.", _index);
            }
            else if (char.IsAsciiHexDigit(character) && Convert.ToInt32(character.ToString(), 16) < radix)
            {
                digits.Append(character);
            }
            else
            {
                break;
            }

            _index++;
        }

        return digits.ToString();
    }

    private Token Text(bool lineBreak)
    {
        var start = _index;
        var (line, lineStart) = (_line, _lineStart);
        var quote = text[_index++];
        var value = new StringBuilder();
        while (true)
        {
            if (_index >= text.Length || text[_index] is '\n' or '\r')
                throw Error("The text is not closed.", start);
            if (text[_index] == quote)
                break;
            if (text[_index] is '\\')
            {
                var escape = _index;
                if (!Escape(value))
                    throw Error("This escape is not valid.", escape);
            }
            else
            {
                value.Append(text[_index++]);
            }
        }

        _index++;
        return new Token(TokenKind.Text, value.ToString(), 0, start, line, start - lineStart, lineBreak);
    }

    // Answers false for an escape that is not valid, having skipped it.
    private bool Escape(StringBuilder value)
    {
        _index++;
        if (_index >= text.Length)
            return true;
        var character = text[_index];
        if (IsLineBreak(character))
        {
            NewLine();
            return true;
        }

        _index++;
        switch (character)
        {
            case 'x':
                return Hexadecimal(value, 2);
            case 'u' when Peek(0) is '{':
                var end = text.IndexOf('}', _index);
                if (end < 0 || end - _index > 8
                    || !int.TryParse(text.AsSpan(_index + 1, end - _index - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point)
                    || point is < 0 or > 0x10FFFF)
                {
                    return false;
                }

                _index = end + 1;
                value.Append(point > 0xFFFF ? char.ConvertFromUtf32(point) : ((char)point).ToString());
                return true;
            case 'u':
                return Hexadecimal(value, 4);
            case >= '0' and <= '9' when character is not '0' || char.IsAsciiDigit(Peek(0)):
                return false;
            default:
                value.Append(character switch
                {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\b',
                    'f' => '\f',
                    'v' => '\v',
                    '0' => '\0',
                    _ => character,
                });
                return true;
        }
    }

    private bool Hexadecimal(StringBuilder value, int digits)
    {
        if (_index + digits > text.Length
            || !ushort.TryParse(text.AsSpan(_index, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            return false;
        }

        _index += digits;
        value.Append((char)code);
        return true;
    }

    private bool SkipSpace()
    {
        var lineBreak = _index == 0;
        while (_index < text.Length)
        {
            var character = text[_index];
            if (IsLineBreak(character))
            {
                NewLine();
                lineBreak = true;
            }
            else if (char.IsWhiteSpace(character) || character is '\uFEFF')
            {
                _index++;
            }
            else if (character is '/' && Peek(1) is '/')
            {
                while (_index < text.Length && !IsLineBreak(text[_index]))
                    _index++;
            }
            else if (character is '/' && Peek(1) is '*')
            {
                var start = _index;
                _index += 2;
                while (!(Peek(0) is '*' && Peek(1) is '/'))
                {
                    if (_index >= text.Length)
                        throw Error("The comment is not closed.", start);
                    if (IsLineBreak(text[_index]))
                    {
                        NewLine();
                        lineBreak = true;
                    }
                    else
                    {
                        _index++;
                    }
                }

                _index += 2;
            }
            else
            {
                break;
            }
        }

        return lineBreak;
    }

    private void NewLine()
    {
        _index += text[_index] is '\r' && Peek(1) is '\n' ? 2 : 1;
        _line++;
        _lineStart = _index;
    }

    private char Peek(int distance) => _index + distance < text.Length ? text[_index + distance] : '\0';

    private static bool IsLineBreak(char character) => character is '\n' or '\r' or '\u2028' or '\u2029';

    private static bool IsNameStart(char character) => char.IsLetter(character) || character is '_' or '$';

    private static bool IsNamePart(char character) => char.IsLetterOrDigit(character) || character is '_' or '$' or '\u200C' or '\u200D';
}

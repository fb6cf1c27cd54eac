using Jint.Parser;
using Jint.Parser.Ast;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// Reads a script: one expression, statements whose last value is the result, or statements with a <c>return</c> at the top level.
/// </summary>
internal static class ScriptParser
{
    // The parser descends about fifteen calls per nested bracket. So a script is read on a thread of its own whose stack would suffice
    // if it consisted of brackets only. Scripts are cached, so that this happens once each.
    private const int StackBytesPerCharacter = 8_192;
    private const int MinStackBytes = 1_048_576;

    /// <summary>Parses and prepares a script.</summary>
    /// <exception cref="ScriptException">The script is too long, nested too deeply, or not ECMAScript 5.1.</exception>
    public static PreparedScript Parse(string text, int maxLength)
    {
        if (text.Length > maxLength)
            throw new ScriptException($"The script has {text.Length:N0} characters; at most {maxLength:N0} are allowed.");

        PreparedScript? script = null;
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    script = ParseHere(text);
                }
                catch (Exception exception)
                {
                    failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(exception);
                }
            },
            Math.Max(text.Length * StackBytesPerCharacter, MinStackBytes));
        thread.Start();
        thread.Join();
        failure?.Throw();
        return script!;
    }

    private static PreparedScript ParseHere(string text)
    {
        // "{ a: 1, b: 2 }" reads as a block; an author who starts with a brace means an object unless it parses as statements.
        if (text.AsSpan().TrimStart() is ['{', ..] && TryParse(text, out _) is null && TryParse($"({text}\n)", out _) is { } value)
            return ScriptPreparation.Prepare(value);
        return ScriptPreparation.Prepare(TryParse(text, out var failure) ?? throw Explain(text, failure!));
    }

    private static Program? TryParse(string text, out ParserException? failure)
    {
        try
        {
            // Tolerant, because a return outside a function is the one "error" that is welcome here.
            var program = new JavaScriptParser().Parse(text, new ParserOptions { Tolerant = true });
            failure = program.Errors?.Find(error => !error.Message.EndsWith(Messages.IllegalReturn, StringComparison.Ordinal));
            return failure is null ? program : null;
        }
        catch (ParserException exception)
        {
            failure = exception;
            return null;
        }
    }

    private static ScriptException Explain(string text, ParserException failure)
    {
        var line = Math.Max(failure.LineNumber, 1);
        if (failure.Description is { } description)
            return UnsupportedSyntax.Explain(text, line) ?? new ScriptException($"{description}.", line, Math.Max(failure.Column, 1));

        // An error the parser tolerated keeps its line in the message only: "Line 3: Octal literals are not allowed in strict mode."
        var parts = failure.Message.Split(": ", 2);
        return int.TryParse(parts[0].AsSpan()["Line ".Length..], out line)
            ? new ScriptException($"{parts[1].TrimEnd('.')}.", line, 1)
            : new ScriptException(failure.Message);
    }
}

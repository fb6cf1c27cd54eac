using Jint.Parser;
using Jint.Parser.Ast;
using ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

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
    /// <exception cref="ScriptException">The script is too long, nested too deeply, or not JavaScript.</exception>
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

    // What reads as ECMAScript 5.1 goes to the interpreter as it is. Everything else is rewritten for it.
    private static PreparedScript ParseHere(string text)
    {
        // "{ a: 1, b: 2 }" reads as a block; an author who starts with a brace means an object unless it parses as statements.
        var mayBeObject = text.AsSpan().TrimStart() is ['{', ..];
        if (!MayMeanMore(text) && (TryParse(text) ?? (mayBeObject ? TryParse($"({text}\n)") : null)) is { } program)
            return ScriptPreparation.Prepare(program);
        if (!mayBeObject)
            return Rewrite(ModernParser.ParseStatements(text));

        try
        {
            return Rewrite(ModernParser.ParseStatements(text));
        }
        catch (ScriptException asStatements)
        {
            try
            {
                return Rewrite(ModernParser.ParseExpression(text));
            }
            catch (ScriptException asObject) when ((asObject.Line, asObject.Column).CompareTo((asStatements.Line, asStatements.Column)) < 0)
            {
                throw asStatements;
            }
        }
    }

    private static PreparedScript Rewrite(ScriptNode script) => ScriptPreparation.Prepare(Lowering.Rewrite(script));

    // The old parser takes let and const for var, and await for a name.
    private static bool MayMeanMore(string text) => Mentions(text, "let") || Mentions(text, "const") || Mentions(text, "await");

    private static bool Mentions(string text, string word)
    {
        for (var index = text.IndexOf(word, StringComparison.Ordinal); index >= 0; index = text.IndexOf(word, index + 1, StringComparison.Ordinal))
        {
            var end = index + word.Length;
            if ((index == 0 || !char.IsLetterOrDigit(text[index - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
                return true;
        }

        return false;
    }

    private static Program? TryParse(string text)
    {
        try
        {
            // Tolerant, because a return outside a function is the one "error" that is welcome here.
            var program = new JavaScriptParser().Parse(text, new ParserOptions { Tolerant = true });
            return program.Errors?.Exists(error => !error.Message.EndsWith(Messages.IllegalReturn, StringComparison.Ordinal)) == true ? null : program;
        }
        catch (ParserException)
        {
            return null;
        }
    }
}

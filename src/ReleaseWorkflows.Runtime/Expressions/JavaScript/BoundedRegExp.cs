using System.Text;
using System.Text.RegularExpressions;
using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;
using Jint.Native.RegExp;
using Jint.Runtime;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>Creates regular expressions whose matching ends with the time limit of the evaluation.</summary>
internal static class BoundedRegExp
{
    /// <summary>Creates the expression a literal such as <c>/a+/gi</c> stands for.</summary>
    public static RegExpInstance FromLiteral(ScriptRun run, string literal)
    {
        var end = literal.LastIndexOf('/');
        return Create(run, literal[1..end].Replace("\\/", "/", StringComparison.Ordinal), literal[(end + 1)..]);
    }

    /// <summary>Creates an expression from pattern and flags.</summary>
    public static RegExpInstance Create(ScriptRun run, string pattern, string flags)
    {
        var engine = run.Engine;
        var options = RegexOptions.ECMAScript;
        foreach (var flag in flags)
        {
            if (flag is not ('g' or 'i' or 'm' or 's') || flags.Count(other => other == flag) > 1)
                throw new JavaScriptException(engine.SyntaxError, $"Invalid regular expression flags '{flags}'");
            options |= flag switch { 'i' => RegexOptions.IgnoreCase, 'm' => RegexOptions.Multiline, _ => RegexOptions.None };
        }

        Regex expression;
        try
        {
            expression = new Regex(flags.Contains('s', StringComparison.Ordinal) ? WithDotForEverything(pattern) : pattern, options, run.Options.TimeLimit);
        }
        catch (ArgumentException exception)
        {
            throw new JavaScriptException(engine.SyntaxError, $"Invalid regular expression /{pattern}/: {exception.Message}");
        }

        var instance = new RegExpInstance(engine)
        {
            Prototype = engine.RegExp.PrototypeObject,
            Extensible = true,
            Value = expression,
            Source = pattern.Length == 0 ? "(?:)" : pattern,
            Flags = flags,
            Global = flags.Contains('g', StringComparison.Ordinal),
            IgnoreCase = options.HasFlag(RegexOptions.IgnoreCase),
            Multiline = options.HasFlag(RegexOptions.Multiline),
        };
        instance.FastAddProperty("flags", flags, false, false, false);
        instance.FastAddProperty("global", instance.Global, false, false, false);
        instance.FastAddProperty("ignoreCase", instance.IgnoreCase, false, false, false);
        instance.FastAddProperty("multiline", instance.Multiline, false, false, false);
        instance.FastAddProperty("source", instance.Source, false, false, false);
        instance.FastAddProperty("lastIndex", 0, true, false, false);
        return instance;
    }

    // The engine has no such option beside the rules of JavaScript.
    private static string WithDotForEverything(string pattern)
    {
        var result = new StringBuilder();
        var inClass = false;
        for (var index = 0; index < pattern.Length; index++)
        {
            var character = pattern[index];
            inClass = character switch { '[' => true, ']' => false, _ => inClass };
            if (character is '.' && !inClass)
                result.Append("[\\s\\S]");
            else
                result.Append(character);
            if (character is '\\' && index + 1 < pattern.Length)
                result.Append(pattern[++index]);
        }

        return result.ToString();
    }
}

/// <summary>The global <c>RegExp</c>.</summary>
internal sealed class BoundedRegExpConstructor : FunctionInstance, IConstructor
{
    private readonly ScriptRun _run;

    public BoundedRegExpConstructor(ScriptRun run)
        : base(run.Engine, null, null, false)
    {
        _run = run;
        Extensible = true;
        Prototype = run.Engine.Function.PrototypeObject;
        FastAddProperty("prototype", new JsValue(run.Engine.RegExp.PrototypeObject), false, false, false);
    }

    public override JsValue Call(JsValue thisObject, JsValue[] arguments) => new(Construct(arguments));

    public ObjectInstance Construct(JsValue[] arguments)
    {
        var pattern = arguments.Length > 0 ? arguments[0] : JsValue.Undefined;
        var flags = arguments.Length > 1 && !arguments[1].IsUndefined() ? TypeConverter.ToString(arguments[1]) : "";
        if (pattern.TryCast<RegExpInstance>() is { } expression)
            return flags.Length == 0 ? expression : BoundedRegExp.Create(_run, expression.Source, flags);
        return BoundedRegExp.Create(_run, pattern.IsUndefined() ? "" : TypeConverter.ToString(pattern), flags);
    }
}

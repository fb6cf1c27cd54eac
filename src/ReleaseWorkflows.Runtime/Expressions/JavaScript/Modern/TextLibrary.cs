using System.Text;
using Jint.Native;
using Jint.Native.RegExp;
using Jint.Runtime;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>The newer functions of texts.</summary>
internal static class TextLibrary
{
    public static void Add(LibraryBuilder library)
    {
        Method("includes", (run, text, arguments) =>
            new JsValue(text.IndexOf(Plain(run, arguments, "includes"), Position(arguments.At(1), text, 0), StringComparison.Ordinal) >= 0));
        Method("startsWith", (run, text, arguments) =>
            new JsValue(text.AsSpan(Position(arguments.At(1), text, 0)).StartsWith(Plain(run, arguments, "startsWith"), StringComparison.Ordinal)));
        Method("endsWith", (run, text, arguments) =>
            new JsValue(text.AsSpan(0, Position(arguments.At(1), text, text.Length)).EndsWith(Plain(run, arguments, "endsWith"), StringComparison.Ordinal)));
        Method("repeat", (run, text, arguments) =>
        {
            var count = TypeConverter.ToInteger(arguments.At(0));
            if (count < 0 || double.IsInfinity(count))
                throw new JavaScriptException(run.Engine.RangeError, $"Invalid count value: {TypeConverter.ToString(arguments.At(0))}");
            return text.Length == 0
                ? new JsValue("")
                : Helpers.Bounded(run, (long)Math.Min(text.Length * count, long.MaxValue / 2), () => new StringBuilder().Insert(0, text, (int)count).ToString());
        });
        Method("padStart", (run, text, arguments) => Pad(run, text, arguments, padding => padding + text));
        Method("padEnd", (run, text, arguments) => Pad(run, text, arguments, padding => text + padding));
        foreach (var name in (string[])["trimStart", "trimLeft"])
            Method(name, (_, text, _) => new JsValue(text.TrimStart()));
        foreach (var name in (string[])["trimEnd", "trimRight"])
            Method(name, (_, text, _) => new JsValue(text.TrimEnd()));
        Method("at", (_, text, arguments) =>
        {
            var index = TypeConverter.ToInteger(arguments.At(0));
            index += index < 0 ? text.Length : 0;
            return index >= 0 && index < text.Length ? new JsValue(text[(int)index].ToString()) : JsValue.Undefined;
        });
        Method("codePointAt", (_, text, arguments) =>
        {
            var index = TypeConverter.ToInteger(arguments.At(0));
            if (index < 0 || index >= text.Length)
                return JsValue.Undefined;
            var first = text[(int)index];
            return new JsValue(char.IsHighSurrogate(first) && index + 1 < text.Length && char.IsLowSurrogate(text[(int)index + 1])
                ? char.ConvertToUtf32(first, text[(int)index + 1])
                : first);
        });
        Method("normalize", (run, text, arguments) => new JsValue(text.Normalize(
            (arguments.At(0).IsUndefined() ? "NFC" : TypeConverter.ToString(arguments.At(0))) switch
            {
                "NFC" => NormalizationForm.FormC,
                "NFD" => NormalizationForm.FormD,
                "NFKC" => NormalizationForm.FormKC,
                "NFKD" => NormalizationForm.FormKD,
                _ => throw new JavaScriptException(run.Engine.RangeError, "The normalization form should be one of NFC, NFD, NFKC, NFKD."),
            })));
        Method("matchAll", MatchAll);
        Method("replaceAll", ReplaceAll);

        library.Function("raw", run => run.Engine.String, (run, arguments) =>
        {
            var texts = Sequences.Read(run, TypeConverter.ToObject(run.Engine, TypeConverter.ToObject(run.Engine, arguments.At(0)).Get("raw")), 0);
            var result = new StringBuilder();
            for (var index = 0; index < texts.Count; index++)
            {
                result.Append(TypeConverter.ToString(texts[index]));
                if (index + 1 < texts.Count && index + 1 < arguments.Length)
                    result.Append(TypeConverter.ToString(arguments[index + 1]));
            }

            return new JsValue(result.ToString());
        });
        library.Function("fromCodePoint", run => run.Engine.String, (run, arguments) => new JsValue(string.Concat(arguments.Select(argument =>
        {
            var point = TypeConverter.ToNumber(argument);
            return point is >= 0 and <= 0x10FFFF && point == Math.Floor(point)
                ? point is >= 0xD800 and <= 0xDFFF ? ((char)point).ToString() : char.ConvertFromUtf32((int)point)
                : throw new JavaScriptException(run.Engine.RangeError, $"Invalid code point {TypeConverter.ToString(argument)}");
        }))));

        void Method(string name, Func<ScriptRun, string, JsValue[], JsValue> body) => library.Method(
            name,
            run => run.Engine.String.PrototypeObject,
            (run, self, arguments) => self.IsUndefined() || self.IsNull()
                ? throw new JavaScriptException(run.Engine.TypeError, $"{name} needs a text")
                : body(run, TypeConverter.ToString(self), arguments));
    }

    private static string Plain(ScriptRun run, JsValue[] arguments, string name) => arguments.At(0).Is<RegExpInstance>()
        ? throw new JavaScriptException(run.Engine.TypeError, $"{name} looks for a text, not for a regular expression")
        : TypeConverter.ToString(arguments.At(0));

    private static int Position(JsValue value, string text, int otherwise) =>
        value.IsUndefined() ? otherwise : (int)Math.Clamp(TypeConverter.ToInteger(value), 0, text.Length);

    private static JsValue Pad(ScriptRun run, string text, JsValue[] arguments, Func<string, string> join)
    {
        var length = TypeConverter.ToInteger(arguments.At(0));
        var filler = arguments.At(1).IsUndefined() ? " " : TypeConverter.ToString(arguments.At(1));
        if (!(length > text.Length) || filler.Length == 0)
            return new JsValue(text);
        return Helpers.Bounded(run, (long)Math.Min(length, long.MaxValue / 2), () =>
        {
            var missing = (int)length - text.Length;
            var padding = new StringBuilder(missing + filler.Length);
            while (padding.Length < missing)
                padding.Append(filler);
            return join(padding.ToString(0, missing));
        });
    }

    private static JsValue MatchAll(ScriptRun run, string text, JsValue[] arguments)
    {
        var given = arguments.At(0).TryCast<RegExpInstance>();
        if (given is not null && !given.Flags.Contains('g', StringComparison.Ordinal))
            throw new JavaScriptException(run.Engine.TypeError, "matchAll needs a regular expression with the flag g");
        var expression = given is null
            ? BoundedRegExp.Create(run, TypeConverter.ToString(arguments.At(0)), "g")
            : BoundedRegExp.Create(run, given.Source, given.Flags);
        var matches = new List<JsValue>();
        var execute = run.Engine.RegExp.PrototypeObject.Get("exec");
        while (true)
        {
            run.Check();
            var match = execute.Invoke(new JsValue(expression), [new JsValue(text)]);
            if (!match.IsObject())
                return Iteration.Of(run, matches);
            matches.Add(match);
            Sequences.Check(run, matches.Count);
            if (TypeConverter.ToString(match.AsObject().Get("0")).Length == 0)
                expression.Put("lastIndex", new JsValue(TypeConverter.ToNumber(expression.Get("lastIndex")) + 1), true);
        }
    }

    private static JsValue ReplaceAll(ScriptRun run, string text, JsValue[] arguments)
    {
        if (arguments.At(0).TryCast<RegExpInstance>() is { } expression)
        {
            if (!expression.Flags.Contains('g', StringComparison.Ordinal))
                throw new JavaScriptException(run.Engine.TypeError, "replaceAll needs a regular expression with the flag g");
            return run.Engine.String.PrototypeObject.Get("replace").Invoke(new JsValue(text), arguments);
        }

        var search = TypeConverter.ToString(arguments.At(0));
        var function = arguments.At(1).TryCast<ICallable>();
        var replacement = function is null ? TypeConverter.ToString(arguments.At(1)) : "";
        var result = new StringBuilder();
        var last = 0;
        for (var index = text.IndexOf(search, StringComparison.Ordinal);
             index >= 0;
             index = index + Math.Max(search.Length, 1) <= text.Length ? text.IndexOf(search, index + Math.Max(search.Length, 1), StringComparison.Ordinal) : -1)
        {
            run.Check();
            result.Append(text, last, index - last);
            result.Append(function is null
                ? Expand(replacement, text, search, index)
                : TypeConverter.ToString(function.Call(JsValue.Undefined, [new JsValue(search), new JsValue((double)index), new JsValue(text)])));
            last = index + search.Length;
            Helpers.Bounded(run, result.Length, () => "");
        }

        result.Append(text, last, text.Length - last);
        return Helpers.Bounded(run, result.Length, result.ToString);
    }

    private static string Expand(string replacement, string text, string match, int index)
    {
        if (!replacement.Contains('$', StringComparison.Ordinal))
            return replacement;
        var result = new StringBuilder();
        for (var place = 0; place < replacement.Length; place++)
        {
            var next = place + 1 < replacement.Length ? replacement[place + 1] : '\0';
            if (replacement[place] is not '$' || next is not ('$' or '&' or '`' or '\''))
            {
                result.Append(replacement[place]);
                continue;
            }

            place++;
            result.Append(next switch
            {
                '$' => "$",
                '&' => match,
                '`' => text[..index],
                _ => text[(index + match.Length)..],
            });
        }

        return result.ToString();
    }
}

using System.Globalization;
using Jint.Native;
using Jint.Native.Array;
using Jint.Native.Object;
using Jint.Native.String;
using Jint.Runtime;
using Jint.Runtime.Descriptors;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>
/// What the rewritten script calls for pieces of today's JavaScript that have no counterpart in the interpreter's language. Only those that
/// a script uses are put in place for it, under names no script can write.
/// </summary>
internal static class Helpers
{
    public const string Text = "%text";
    public const string TemplateTexts = "%templateTexts";
    public const string Power = "%power";
    public const string Constant = "%constant";
    public const string Items = "%items";
    public const string Keys = "%keys";
    public const string Rest = "%rest";
    public const string Concat = "%concat";
    public const string Given = "%given";
    public const string Without = "%without";
    public const string Object = "%object";
    public const string Apply = "%apply";
    public const string New = "%new";
    public const string Class = "%class";
    public const string Parent = "%parent";
    public const string Constructed = "%constructed";
    public const string Define = "%define";
    public const string Super = "%super";
    public const string SuperMember = "%superMember";
    public const string Async = "%async";
    public const string Await = "%await";

    private const int MaxTextLength = 64_000_000;

    /// <summary>The helper of this name, or null.</summary>
    public static Func<JsValue[], JsValue>? Find(string name, ScriptRun run)
    {
        var engine = run.Engine;
        return name switch
        {
            Text => arguments => new JsValue(Join(run, arguments)),
            TemplateTexts => arguments =>
            {
                arguments[0].AsObject().FastAddProperty("raw", arguments[1], false, false, false);
                return arguments[0];
            }
            ,
            Power => arguments => new JsValue(PowerOf(TypeConverter.ToNumber(arguments[0]), TypeConverter.ToNumber(arguments[1]))),
            Constant => arguments => throw new JavaScriptException(engine.TypeError, $"{arguments[1].AsString()} is a const and cannot be assigned to"),
            Items => arguments => new JsValue(Sequences.Items(run, arguments[0])),
            Keys => arguments => Sequences.Array(run, EnumerableKeys(run, arguments[0])),
            Rest => arguments => Sequences.Array(run, Sequences.Read(run, arguments[0].AsObject(), (int)arguments[1].AsNumber())),
            Concat => arguments => Sequences.Array(run, arguments.SelectMany(part => Sequences.Read(run, part.AsObject(), 0))),
            Given => arguments => arguments[0].IsUndefined() || arguments[0].IsNull()
                ? throw new JavaScriptException(engine.TypeError, $"{(arguments[0].IsNull() ? "null" : "undefined")} cannot be taken apart")
                : arguments[0],
            Without => arguments => RestOfObject(run, arguments),
            Object => arguments => Build(run, arguments),
            Apply => arguments => Callable(run, arguments[0], arguments[3]).Call(arguments[1], [.. Sequences.Read(run, arguments[2].AsObject(), 0)]),
            New => arguments => new JsValue(Constructor(run, arguments[0], arguments[2]).Construct([.. Sequences.Read(run, arguments[1].AsObject(), 0)])),
            Async => arguments => Promise.Run(run, arguments[0].TryCast<ICallable>()!),
            Await => arguments => Promise.Await(run, arguments[0]),
            _ => Classes.Find(name, run),
        };
    }

    /// <summary>The function, or an error that names what is not one.</summary>
    public static ICallable Callable(ScriptRun run, JsValue value, JsValue description) => value.TryCast<ICallable>()
        ?? throw new JavaScriptException(run.Engine.TypeError, $"{TypeConverter.ToString(description)} is not a function");

    /// <summary>The text, unless it grows beyond all use.</summary>
    public static JsValue Bounded(ScriptRun run, long length, Func<string> text) => length > MaxTextLength
        ? throw new JavaScriptException(run.Engine.RangeError, $"The text would have {length:N0} characters; at most {MaxTextLength:N0} are allowed")
        : new JsValue(text());

    private static string Join(ScriptRun run, JsValue[] parts)
    {
        var texts = new string[parts.Length];
        long length = 0;
        for (var index = 0; index < parts.Length; index++)
        {
            texts[index] = TypeConverter.ToString(parts[index]);
            length += texts[index].Length;
        }

        return Bounded(run, length, () => string.Concat(texts)).AsString();
    }

    private static double PowerOf(double value, double exponent) =>
        double.IsNaN(exponent) || (Math.Abs(value) == 1 && double.IsInfinity(exponent)) ? double.NaN : Math.Pow(value, exponent);

    private static IConstructor Constructor(ScriptRun run, JsValue value, JsValue description) => value.TryCast<IConstructor>()
        ?? throw new JavaScriptException(run.Engine.TypeError, $"{TypeConverter.ToString(description)} is not a constructor");

    // The keys a for … in visits, those of the prototypes included.
    private static List<JsValue> EnumerableKeys(ScriptRun run, JsValue value)
    {
        var keys = new List<JsValue>();
        if (value.IsUndefined() || value.IsNull())
            return keys;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var cursor = TypeConverter.ToObject(run.Engine, value); cursor is not null; cursor = cursor.Prototype)
        {
            foreach (var (key, isEnumerable) in Sequences.OwnKeys(run, cursor))
            {
                if (seen.Add(key) && isEnumerable)
                    keys.Add(new JsValue(key));
            }
        }

        return keys;
    }

    private static JsValue RestOfObject(ScriptRun run, JsValue[] arguments)
    {
        var taken = arguments.Skip(1).Select(TypeConverter.ToString).ToHashSet(StringComparer.Ordinal);
        var rest = run.Engine.Object.Construct(ScriptRun.Empty);
        Copy(run, arguments[0], rest, taken);
        return new JsValue(rest);
    }

    /// <summary>Copies own enumerable members.</summary>
    public static void Copy(ScriptRun run, JsValue from, ObjectInstance to, IReadOnlySet<string>? without = null, bool define = true)
    {
        if (from.IsUndefined() || from.IsNull())
            return;
        var source = TypeConverter.ToObject(run.Engine, from);
        foreach (var (key, isEnumerable) in Sequences.OwnKeys(run, source).ToArray())
        {
            if (!isEnumerable || without?.Contains(key) == true)
                continue;
            if (define)
                Put(to, key, source.Get(key));
            else
                to.Put(key, source.Get(key), true);
        }
    }

    // The arguments are the object so far, then kind, key and value of each further member.
    private static JsValue Build(ScriptRun run, JsValue[] arguments)
    {
        var target = arguments[0].AsObject();
        for (var index = 1; index < arguments.Length; index += 3)
        {
            var (key, value) = (arguments[index + 1], arguments[index + 2]);
            switch (arguments[index].AsString())
            {
                case nameof(MemberKind.Spread):
                    Copy(run, value, target);
                    break;
                case nameof(MemberKind.Get):
                    SetAccessor(target, TypeConverter.ToString(key), value, null);
                    break;
                case nameof(MemberKind.Set):
                    SetAccessor(target, TypeConverter.ToString(key), null, value);
                    break;
                default:
                    Put(target, TypeConverter.ToString(key), value);
                    break;
            }
        }

        return arguments[0];
    }

    /// <summary>A getter or setter, joined with its counterpart if the object has that.</summary>
    public static PropertyDescriptor Accessor(ObjectInstance target, string key, JsValue? get, JsValue? set, bool isEnumerable)
    {
        var existing = target.GetOwnProperty(key);
        return new PropertyDescriptor(get ?? existing.Get ?? JsValue.Undefined, set ?? existing.Set ?? JsValue.Undefined, isEnumerable, true);
    }

    private static void SetAccessor(ObjectInstance target, string key, JsValue? get, JsValue? set) =>
        target.FastSetProperty(key, Accessor(target, key, get, set, isEnumerable: true));

    /// <summary>Sets an own member, whatever the prototypes say.</summary>
    public static void Put(ObjectInstance target, string key, JsValue value) =>
        target.DefineOwnProperty(key, new PropertyDescriptor(value, true, true, true), false);
}

/// <summary>What can be spread, taken apart and looped over.</summary>
internal static class Sequences
{
    /// <summary>
    /// The items of an array (itself), a text (its characters), a map or a set, or an array-like object; an error for everything else.
    /// </summary>
    public static ArrayInstance Items(ScriptRun run, JsValue value)
    {
        if (value.IsString())
            return Array(run, Characters(value.AsString())).AsArray();
        if (value.IsObject())
        {
            switch (value.AsObject())
            {
                case ArrayInstance array:
                    Check(run, Length(array));
                    return array;
                case StringInstance text:
                    return Array(run, Characters(text.PrimitiveValue.AsString())).AsArray();
                case IKeyedCollection collection:
                    return Array(run, collection.Items(run)).AsArray();
                case { Class: "Arguments" } arguments:
                    return Array(run, Read(run, arguments, 0)).AsArray();
            }
        }

        var name = value.IsUndefined() ? "undefined" : value.IsNull() ? "null" : value.IsObject() ? "The object" : TypeConverter.ToString(value);
        throw new JavaScriptException(run.Engine.TypeError, $"{name} is not iterable");
    }

    /// <summary>The items of an array or an array-like object, from an index on.</summary>
    public static List<JsValue> Read(ScriptRun run, ObjectInstance source, int start)
    {
        var length = Check(run, Length(source));
        var items = new List<JsValue>(Math.Max(0, (int)Math.Min(length - start, 1_000)));
        for (var index = start; index < length; index++)
        {
            items.Add(source.Get(Index(index)));
            if ((index & 1023) == 1023)
                run.Check();
        }

        return items;
    }

    /// <summary>A new array.</summary>
    public static JsValue Array(ScriptRun run, IEnumerable<JsValue> items)
    {
        var array = (ArrayInstance)run.Engine.Array.Construct(ScriptRun.Empty);
        JsValue[] values = [.. items];
        Check(run, values.Length);
        if (values.Length > 0)
            run.Engine.Array.PrototypeObject.Push(new JsValue(array), values);
        return new JsValue(array);
    }

    /// <summary>The characters of a text; what needs two code units is one.</summary>
    public static IEnumerable<JsValue> Characters(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            var isPair = char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]);
            yield return new JsValue(text.Substring(index, isPair ? 2 : 1));
            index += isPair ? 1 : 0;
        }
    }

    /// <summary>The own keys of an object: whole numbers first, in their order, then the others as they were added.</summary>
    public static IEnumerable<(string Key, bool IsEnumerable)> OwnKeys(ScriptRun run, ObjectInstance source)
    {
        var indexes = new List<(uint Index, string Key, bool IsEnumerable)>();
        var names = new List<(string, bool)>();
        if (source is StringInstance text)
        {
            for (var index = 0; index < text.PrimitiveValue.AsString().Length; index++)
                indexes.Add(((uint)index, Index(index), true));
        }

        foreach (var (key, property) in source.GetOwnProperties())
        {
            var isEnumerable = property.Enumerable == true;
            if (key.Length > 0 && char.IsAsciiDigit(key[0]) && uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && (key.Length == 1 || key[0] is not '0'))
                indexes.Add((index, key, isEnumerable));
            else
                names.Add((key, isEnumerable));
        }

        Check(run, indexes.Count + names.Count);
        indexes.Sort((left, right) => left.Index.CompareTo(right.Index));
        return indexes.DistinctBy(entry => entry.Index).Select(entry => (entry.Key, entry.IsEnumerable)).Concat(names);
    }

    /// <summary>The length of an array-like object.</summary>
    public static long Length(ObjectInstance source)
    {
        var length = TypeConverter.ToInteger(source.Get("length"));
        return length > 0 ? (long)Math.Min(length, uint.MaxValue) : 0;
    }

    /// <summary>The length, unless it is too large to work on.</summary>
    public static int Check(ScriptRun run, long length) => length > run.Options.MaxArrayLength
        ? throw new JavaScriptException(run.Engine.RangeError, $"The array has {length:N0} items; at most {run.Options.MaxArrayLength:N0} are allowed")
        : (int)length;

    public static string Index(long index) => index.ToString(CultureInfo.InvariantCulture);
}

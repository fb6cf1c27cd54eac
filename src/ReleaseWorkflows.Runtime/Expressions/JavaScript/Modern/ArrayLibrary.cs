using Jint.Native;
using Jint.Native.Array;
using Jint.Native.Object;
using Jint.Runtime;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>The newer functions of arrays.</summary>
internal static class ArrayLibrary
{
    private const int MaxFlatDepth = 64;

    public static void Add(LibraryBuilder library)
    {
        Method("find", (run, items, arguments) => Find(run, items, arguments, fromEnd: false) is var index and >= 0 ? items.At(index) : JsValue.Undefined);
        Method("findIndex", (run, items, arguments) => new JsValue((double)Find(run, items, arguments, fromEnd: false)));
        Method("findLast", (run, items, arguments) => Find(run, items, arguments, fromEnd: true) is var index and >= 0 ? items.At(index) : JsValue.Undefined);
        Method("findLastIndex", (run, items, arguments) => new JsValue((double)Find(run, items, arguments, fromEnd: true)));
        Method("includes", (run, items, arguments) =>
        {
            for (var index = Start(arguments.At(1), items.Length); index < items.Length; index++)
            {
                if (Comparison.SameValueZero(items.At(index), arguments.At(0)))
                    return JsValue.True;
            }

            return JsValue.False;
        });
        Method("at", (_, items, arguments) =>
        {
            var index = TypeConverter.ToInteger(arguments.At(0));
            index += index < 0 ? items.Length : 0;
            return index >= 0 && index < items.Length ? items.At((int)index) : JsValue.Undefined;
        });
        Method("flat", (run, items, arguments) =>
        {
            var depth = arguments.At(0).IsUndefined() ? 1 : TypeConverter.ToInteger(arguments.At(0));
            var result = new List<JsValue>();
            Flatten(run, items.All(), depth, 0, result);
            return Sequences.Array(run, result);
        });
        Method("flatMap", (run, items, arguments) =>
        {
            var map = Callback(run, arguments, "flatMap");
            var mapped = items.Visit((item, index) => map.Call(arguments.At(1), [item, new JsValue((double)index), items.Self])).ToList();
            var result = new List<JsValue>();
            Flatten(run, mapped, 1, 0, result);
            return Sequences.Array(run, result);
        });
        Method("fill", (_, items, arguments) =>
        {
            var end = arguments.At(2).IsUndefined() ? items.Length : Start(arguments.At(2), items.Length);
            for (var index = Start(arguments.At(1), items.Length); index < end; index++)
                items.Object.Put(Sequences.Index(index), arguments.At(0), true);
            return items.Self;
        });
        Method("keys", (run, items, _) => Iteration.Of(run, Enumerable.Range(0, items.Length).Select(index => new JsValue((double)index))));
        Method("values", (run, items, _) => Iteration.Of(run, items.All()));
        Method("entries", (run, items, _) =>
            Iteration.Of(run, items.All().Select((item, index) => Sequences.Array(run, [new JsValue((double)index), item])).ToList()));
        Method("toReversed", (run, items, _) => Sequences.Array(run, Enumerable.Reverse(items.All())));
        Method("toSorted", (run, items, arguments) =>
            run.Engine.Array.PrototypeObject.Get("sort").Invoke(Sequences.Array(run, items.All()), arguments));
        Method("toSpliced", (run, items, arguments) =>
        {
            var copy = Sequences.Array(run, items.All());
            run.Engine.Array.PrototypeObject.Get("splice").Invoke(copy, arguments);
            return copy;
        });
        Method("with", (run, items, arguments) =>
        {
            var index = TypeConverter.ToInteger(arguments.At(0));
            index += index < 0 ? items.Length : 0;
            if (index < 0 || index >= items.Length)
                throw new JavaScriptException(run.Engine.RangeError, "Invalid index");
            var copy = items.All();
            copy[(int)index] = arguments.At(1);
            return Sequences.Array(run, copy);
        });

        library.Function("of", run => run.Engine.Array, (run, arguments) => Sequences.Array(run, arguments));
        library.Function("from", run => run.Engine.Array, From);

        void Method(string name, Func<ScriptRun, ArrayLike, JsValue[], JsValue> body) => library.Method(
            name,
            run => run.Engine.Array.PrototypeObject,
            (run, self, arguments) => body(run, new ArrayLike(run, TypeConverter.ToObject(run.Engine, self)), arguments));
    }

    private static JsValue From(ScriptRun run, JsValue[] arguments)
    {
        var source = arguments.At(0);
        List<JsValue> items = source.IsString() || (source.IsObject() && source.AsObject() is ArrayInstance or IKeyedCollection)
            ? Sequences.Read(run, Sequences.Items(run, source), 0)
            : source.IsUndefined() || source.IsNull()
                ? throw new JavaScriptException(run.Engine.TypeError, $"{(source.IsNull() ? "null" : "undefined")} is not iterable")
                : Sequences.Read(run, TypeConverter.ToObject(run.Engine, source), 0);
        if (!arguments.At(1).IsUndefined())
        {
            var map = Helpers.Callable(run, arguments.At(1), new JsValue("What is given to Array.from"));
            for (var index = 0; index < items.Count; index++)
                items[index] = map.Call(arguments.At(2), [items[index], new JsValue((double)index)]);
        }

        return Sequences.Array(run, items);
    }

    private static int Find(ScriptRun run, ArrayLike items, JsValue[] arguments, bool fromEnd)
    {
        var test = Callback(run, arguments, "find");
        for (var step = 0; step < items.Length; step++)
        {
            var index = fromEnd ? items.Length - 1 - step : step;
            run.Check();
            if (TypeConverter.ToBoolean(test.Call(arguments.At(1), [items.At(index), new JsValue((double)index), items.Self])))
                return index;
        }

        return -1;
    }

    private static void Flatten(ScriptRun run, IEnumerable<JsValue> items, double depth, int level, List<JsValue> into)
    {
        if (level > MaxFlatDepth)
            throw new JavaScriptException(run.Engine.RangeError, $"The array contains itself or is nested more than {MaxFlatDepth} levels deep");
        foreach (var item in items)
        {
            if (depth >= 1 && item.IsArray())
                Flatten(run, Sequences.Read(run, item.AsArray(), 0), depth - 1, level + 1, into);
            else
                into.Add(item);
            Sequences.Check(run, into.Count);
        }
    }

    private static ICallable Callback(ScriptRun run, JsValue[] arguments, string name) =>
        Helpers.Callable(run, arguments.At(0), new JsValue($"What is given to {name}"));

    private static int Start(JsValue value, int length)
    {
        var start = TypeConverter.ToInteger(value);
        return (int)(start < 0 ? Math.Max(start + length, 0) : Math.Min(start, length));
    }

    /// <summary>An array, or an object with a length.</summary>
    private sealed class ArrayLike(ScriptRun run, ObjectInstance instance)
    {
        public ObjectInstance Object => instance;

        public JsValue Self { get; } = new(instance);

        public int Length { get; } = Sequences.Check(run, Sequences.Length(instance));

        public JsValue At(int index) => instance.Get(Sequences.Index(index));

        public List<JsValue> All() => Sequences.Read(run, instance, 0);

        public IEnumerable<JsValue> Visit(Func<JsValue, int, JsValue> visit)
        {
            for (var index = 0; index < Length; index++)
            {
                run.Check();
                if (instance.HasProperty(Sequences.Index(index)))
                    yield return visit(At(index), index);
            }
        }
    }
}

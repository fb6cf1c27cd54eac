using Jint.Native;
using Jint.Runtime;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>The newer functions of <c>Object</c>.</summary>
internal static class ObjectLibrary
{
    public static void Add(LibraryBuilder library)
    {
        Function("assign", (run, arguments) =>
        {
            var target = TypeConverter.ToObject(run.Engine, Given(run, arguments.At(0)));
            foreach (var source in arguments.Skip(1))
                Helpers.Copy(run, source, target, define: false);
            return new JsValue(target);
        });
        Function("entries", (run, arguments) => Sequences.Array(
            run, Members(run, arguments).Select(member => Sequences.Array(run, [new JsValue(member.Key), member.Value])).ToList()));
        Function("values", (run, arguments) => Sequences.Array(run, Members(run, arguments).Select(member => member.Value)));
        Function("keys", (run, arguments) => Sequences.Array(run, Members(run, arguments).Select(member => new JsValue(member.Key))));
        Function("fromEntries", (run, arguments) =>
        {
            var result = run.Engine.Object.Construct(ScriptRun.Empty);
            foreach (var entry in Sequences.Read(run, Sequences.Items(run, arguments.At(0)), 0))
            {
                if (!entry.IsObject())
                    throw new JavaScriptException(run.Engine.TypeError, $"{TypeConverter.ToString(entry)} is not an entry");
                Helpers.Put(result, TypeConverter.ToString(entry.AsObject().Get("0")), entry.AsObject().Get("1"));
            }

            return new JsValue(result);
        });
        Function("is", (_, arguments) => new JsValue(
            Comparison.SameValueZero(arguments.At(0), arguments.At(1))
            && !(arguments.At(0).IsNumber() && arguments.At(0).AsNumber() is 0 && double.IsNegative(arguments.At(0).AsNumber()) != double.IsNegative(arguments.At(1).AsNumber()))));
        Function("hasOwn", (run, arguments) =>
            new JsValue(TypeConverter.ToObject(run.Engine, Given(run, arguments.At(0))).HasOwnProperty(TypeConverter.ToString(arguments.At(1)))));
        Function("groupBy", (run, arguments) =>
        {
            var key = Helpers.Callable(run, arguments.At(1), new JsValue("What is given to groupBy"));
            var groups = new Dictionary<string, List<JsValue>>(StringComparer.Ordinal);
            var index = 0;
            foreach (var item in Sequences.Read(run, Sequences.Items(run, arguments.At(0)), 0))
            {
                var group = TypeConverter.ToString(key.Call(JsValue.Undefined, [item, new JsValue((double)index++)]));
                if (!groups.TryGetValue(group, out var items))
                    groups[group] = items = [];
                items.Add(item);
            }

            var result = run.Engine.Object.Construct(ScriptRun.Empty);
            foreach (var (name, items) in groups)
                Helpers.Put(result, name, Sequences.Array(run, items));
            return new JsValue(result);
        });

        void Function(string name, Func<ScriptRun, JsValue[], JsValue> body) => library.Function(name, run => run.Engine.Object, body);
    }

    private static IEnumerable<(string Key, JsValue Value)> Members(ScriptRun run, JsValue[] arguments)
    {
        var source = TypeConverter.ToObject(run.Engine, Given(run, arguments.At(0)));
        return Sequences.OwnKeys(run, source).Where(key => key.IsEnumerable).ToArray().Select(key => (key.Key, source.Get(key.Key)));
    }

    private static JsValue Given(ScriptRun run, JsValue value) => value.IsUndefined() || value.IsNull()
        ? throw new JavaScriptException(run.Engine.TypeError, "Cannot convert undefined or null to object")
        : value;
}

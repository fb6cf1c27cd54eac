using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>A <c>Map</c> or a <c>Set</c>.</summary>
internal interface IKeyedCollection
{
    /// <summary>What a loop over it visits.</summary>
    IEnumerable<JsValue> Items(ScriptRun run);
}

/// <summary>The objects behind <c>Map</c>, <c>Set</c> and their weak forms, in the order of insertion.</summary>
internal sealed class KeyedCollection : ObjectInstance, IKeyedCollection
{
    private readonly bool _isMap;

    // Removed entries leave a gap, so that a loop in progress keeps its place; the gaps go when they are more than what is left.
    private readonly Dictionary<JsValue, int> _places = new(SameValueZero.Instance);
    private readonly List<(JsValue? Key, JsValue Value)> _entries = [];

    private KeyedCollection(ScriptRun run, string name)
        : base(run.Engine)
    {
        _isMap = name.EndsWith("Map", StringComparison.Ordinal);
        Prototype = PrototypeOf(run, name);
        Extensible = true;
    }

    public override string Class => _isMap ? "Map" : "Set";

    /// <summary>The constructor of this name: Map, Set, WeakMap or WeakSet.</summary>
    public static JsValue Constructor(ScriptRun run, string name) => new(new LibraryConstructor(run, name, PrototypeOf(run, name), arguments =>
    {
        var collection = new KeyedCollection(run, name);
        if (!arguments.At(0).IsUndefined() && !arguments.At(0).IsNull())
        {
            foreach (var item in Sequences.Read(run, Sequences.Items(run, arguments.At(0)), 0))
            {
                if (!collection._isMap)
                    collection.Set(item, item);
                else if (item.IsObject())
                    collection.Set(item.AsObject().Get("0"), item.AsObject().Get("1"));
                else
                    throw new JavaScriptException(run.Engine.TypeError, $"{TypeConverter.ToString(item)} is not an entry of a Map");
            }
        }

        return collection;
    }));

    /// <summary>Its entries or values.</summary>
    public IEnumerable<JsValue> Items(ScriptRun run) => _isMap ? Pairs(run) : Keys();

    private IEnumerable<JsValue> Pairs(ScriptRun run)
    {
        foreach (var (key, value) in _entries)
        {
            if (key is not null)
                yield return Sequences.Array(run, [key, value]);
        }
    }

    private IEnumerable<JsValue> Keys() => _entries.Where(entry => entry.Key is not null).Select(entry => entry.Key!);

    private IEnumerable<JsValue> Values() => _entries.Where(entry => entry.Key is not null).Select(entry => entry.Value);

    private void Set(JsValue key, JsValue value)
    {
        if (_places.TryGetValue(key, out var place))
        {
            _entries[place] = (_entries[place].Key, value);
            return;
        }

        _places[key] = _entries.Count;
        _entries.Add((key, value));
    }

    private bool Remove(JsValue key)
    {
        if (!_places.Remove(key, out var place))
            return false;
        _entries[place] = (null, JsValue.Undefined);
        return true;
    }

    private void Clear()
    {
        _places.Clear();
        for (var index = 0; index < _entries.Count; index++)
            _entries[index] = (null, JsValue.Undefined);
    }

    private void ForEach(ScriptRun run, ICallable visit, JsValue self)
    {
        for (var index = 0; index < _entries.Count; index++)
        {
            run.Check();
            if (_entries[index] is ({ } key, var value))
                visit.Call(self, [value, key, new JsValue(this)]);
        }
    }

    private static ObjectInstance PrototypeOf(ScriptRun run, string name) => run.Prototype(name, prototype =>
    {
        var isMap = name.EndsWith("Map", StringComparison.Ordinal);
        Add("has", (collection, arguments) => new JsValue(collection._places.ContainsKey(arguments.At(0))));
        Add("delete", (collection, arguments) => new JsValue(collection.Remove(arguments.At(0))));
        if (isMap)
        {
            Add("get", (collection, arguments) =>
                collection._places.TryGetValue(arguments.At(0), out var place) ? collection._entries[place].Value : JsValue.Undefined);
            Add("set", (collection, arguments) =>
            {
                collection.Set(arguments.At(0), arguments.At(1));
                return new JsValue(collection);
            });
        }
        else
        {
            Add("add", (collection, arguments) =>
            {
                collection.Set(arguments.At(0), arguments.At(0));
                return new JsValue(collection);
            });
        }

        if (name.StartsWith("Weak", StringComparison.Ordinal))
            return;
        Add("clear", (collection, _) =>
        {
            collection.Clear();
            return JsValue.Undefined;
        });
        Add("forEach", (collection, arguments) =>
        {
            collection.ForEach(run, Helpers.Callable(run, arguments.At(0), new JsValue("What is given to forEach")), arguments.At(1));
            return JsValue.Undefined;
        });
        Add("keys", (collection, _) => Iteration.Of(run, collection.Keys()));
        Add("values", (collection, _) => Iteration.Of(run, isMap ? collection.Values() : collection.Keys()));
        Add("entries", (collection, _) =>
            Iteration.Of(run, isMap ? collection.Pairs(run) : collection.Keys().Select(key => Sequences.Array(run, [key, key]))));
        prototype.DefineOwnProperty(
            "size", new PropertyDescriptor(Method((collection, _) => new JsValue((double)collection._places.Count)), JsValue.Undefined, false, true), false);

        void Add(string method, Func<KeyedCollection, JsValue[], JsValue> body) =>
            prototype.FastAddProperty(method, Method(body), true, false, true);

        JsValue Method(Func<KeyedCollection, JsValue[], JsValue> body) => new(new ClrFunctionInstance(run.Engine, (self, arguments) =>
            self.TryCast<KeyedCollection>() is { } collection && collection._isMap == isMap
                ? body(collection, arguments)
                : throw new JavaScriptException(run.Engine.TypeError, $"This needs a {name}")));
    });

    /// <summary>Equality of keys: like ===, but NaN equals itself.</summary>
    private sealed class SameValueZero : IEqualityComparer<JsValue>
    {
        public static SameValueZero Instance { get; } = new();

        public bool Equals(JsValue? left, JsValue? right) => Comparison.SameValueZero(left!, right!);

        public int GetHashCode(JsValue value) => value.Type switch
        {
            Types.Number => value.AsNumber() is 0 ? 0 : value.AsNumber().GetHashCode(),
            Types.String => value.AsString().GetHashCode(StringComparison.Ordinal),
            Types.Boolean => value.AsBoolean() ? 1 : 2,
            Types.Object => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(value.AsObject()),
            var type => (int)type,
        };
    }
}

/// <summary>How values are compared.</summary>
internal static class Comparison
{
    public static bool SameValueZero(JsValue left, JsValue right) => left.Type == right.Type && left.Type switch
    {
        Types.Number => left.AsNumber() == right.AsNumber() || (double.IsNaN(left.AsNumber()) && double.IsNaN(right.AsNumber())),
        Types.String => left.AsString() == right.AsString(),
        Types.Boolean => left.AsBoolean() == right.AsBoolean(),
        Types.Object => ReferenceEquals(left.AsObject(), right.AsObject()),
        _ => true,
    };
}

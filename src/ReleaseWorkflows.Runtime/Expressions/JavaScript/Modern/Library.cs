using System.Collections.Frozen;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime.Interop;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>
/// The functions that JavaScript got after ECMAScript 5.1. What a script names, in whatever syntax it is written, is added to the engine of its
/// evaluation; all else costs nothing.
/// </summary>
/// <remarks>A name that a script puts together when it runs is not seen; names are read from its words and its texts.</remarks>
internal static class Library
{
    private static readonly FrozenDictionary<string, Action<ScriptRun>[]> Parts = Collect();

    /// <summary>True if the library has something of this name.</summary>
    public static bool Knows(string name) => Parts.ContainsKey(name);

    /// <summary>Adds what the script names.</summary>
    public static void Install(ScriptRun run, PreparedScript script)
    {
        foreach (var name in script.Names)
        {
            if (!Parts.TryGetValue(name, out var parts))
                continue;
            foreach (var part in parts)
                part(run);
        }
    }

    private static FrozenDictionary<string, Action<ScriptRun>[]> Collect()
    {
        var library = new LibraryBuilder();
        ArrayLibrary.Add(library);
        TextLibrary.Add(library);
        ObjectLibrary.Add(library);
        NumberLibrary.Add(library);
        library.Global("Promise", Promise.Constructor);
        foreach (var name in (string[])["Map", "Set", "WeakMap", "WeakSet"])
            library.Global(name, run => KeyedCollection.Constructor(run, name));
        library.Global("globalThis", run => new JsValue(run.Engine.Global));
        return library.Build();
    }
}

/// <summary>Collects the parts of the library by their names.</summary>
internal sealed class LibraryBuilder
{
    private readonly Dictionary<string, List<Action<ScriptRun>>> _parts = new(StringComparer.Ordinal);

    /// <summary>Adds a method to all objects of a kind.</summary>
    public void Method(string name, Func<ScriptRun, ObjectInstance> prototype, Func<ScriptRun, JsValue, JsValue[], JsValue> body) =>
        Add(name, run => prototype(run).FastSetProperty(name, Property(run, body)));

    /// <summary>Adds a function to a constructor or to <c>Math</c>.</summary>
    public void Function(string name, Func<ScriptRun, ObjectInstance> owner, Func<ScriptRun, JsValue[], JsValue> body) =>
        Method(name, owner, (run, _, arguments) => body(run, arguments));

    /// <summary>Adds a constant to a constructor.</summary>
    public void Constant(string name, Func<ScriptRun, ObjectInstance> owner, double value) =>
        Add(name, run => owner(run).FastSetProperty(name, new Jint.Runtime.Descriptors.PropertyDescriptor(new JsValue(value), false, false, false)));

    /// <summary>Adds a global.</summary>
    public void Global(string name, Func<ScriptRun, JsValue> value) =>
        Add(name, run => run.Engine.Global.FastAddProperty(name, value(run), true, false, true));

    public FrozenDictionary<string, Action<ScriptRun>[]> Build() =>
        _parts.ToFrozenDictionary(part => part.Key, part => part.Value.ToArray(), StringComparer.Ordinal);

    private void Add(string name, Action<ScriptRun> part)
    {
        if (!_parts.TryGetValue(name, out var parts))
            _parts[name] = parts = [];
        parts.Add(part);
    }

    private static Jint.Runtime.Descriptors.PropertyDescriptor Property(ScriptRun run, Func<ScriptRun, JsValue, JsValue[], JsValue> body) =>
        new(new JsValue(new ClrFunctionInstance(run.Engine, (self, arguments) => body(run, self, arguments))), true, false, true);
}

using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>A constructor such as <c>Map</c> that only works with <c>new</c>.</summary>
internal sealed class LibraryConstructor : FunctionInstance, IConstructor
{
    private readonly ScriptRun _run;
    private readonly string _name;
    private readonly Func<JsValue[], ObjectInstance> _construct;

    public LibraryConstructor(ScriptRun run, string name, ObjectInstance prototype, Func<JsValue[], ObjectInstance> construct)
        : base(run.Engine, null, null, false)
    {
        (_run, _name, _construct) = (run, name, construct);
        Extensible = true;
        Prototype = run.Engine.Function.PrototypeObject;
        FastAddProperty("prototype", new JsValue(prototype), false, false, false);
        FastAddProperty("name", new JsValue(name), false, false, true);
        prototype.FastAddProperty("constructor", new JsValue(this), true, false, true);
    }

    /// <summary>Adds a function that belongs to the constructor itself.</summary>
    public void Add(string name, Func<JsValue[], JsValue> body) =>
        FastAddProperty(name, new JsValue(new ClrFunctionInstance(_run.Engine, (_, arguments) => body(arguments))), true, false, true);

    public override JsValue Call(JsValue thisObject, JsValue[] arguments) =>
        throw new JavaScriptException(Engine.TypeError, $"{_name} needs new");

    public ObjectInstance Construct(JsValue[] arguments) => _construct(arguments);
}

/// <summary>What <c>entries()</c>, <c>matchAll()</c> and their like answer with.</summary>
internal static class Iteration
{
    /// <summary>An array that also has <c>next()</c>: what is iterated over is there from the beginning.</summary>
    public static JsValue Of(ScriptRun run, IEnumerable<JsValue> items)
    {
        var array = Sequences.Array(run, items);
        var index = 0;
        array.AsObject().FastAddProperty("next", run.Function(_ =>
        {
            var result = run.Engine.Object.Construct(ScriptRun.Empty);
            var isDone = index >= Sequences.Length(array.AsObject());
            Helpers.Put(result, "value", isDone ? JsValue.Undefined : array.AsObject().Get(Sequences.Index(index++)));
            Helpers.Put(result, "done", new JsValue(isDone));
            return new JsValue(result);
        }), true, false, true);
        return array;
    }

    /// <summary>An argument, undefined if it was not given.</summary>
    public static JsValue At(this JsValue[] arguments, int index) => index < arguments.Length ? arguments[index] : JsValue.Undefined;
}

using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;
using Jint.Native.RegExp;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// Replaces the built-in functions through which a script could escape its bounds: those that compile text, that loop or recurse inside the
/// interpreter where no statement is counted, and those that match regular expressions without a time limit.
/// </summary>
/// <remarks>
/// Only functions that the script can reach are replaced; since text cannot be compiled, the names in the script tell which those are.
/// </remarks>
internal sealed class ScriptSandbox(ScriptRun run, PreparedScript script)
{
    private const int MaxNesting = 64;
    private const int MaxJoinDepth = 16;
    private const int MaxJoinedSeparators = 16_000_000;

    private static readonly string[] ArrayLoops =
    [
        "concat", "every", "filter", "forEach", "indexOf", "lastIndexOf", "map", "reduce", "reduceRight", "reverse", "shift", "slice", "some",
        "sort", "splice", "unshift",
    ];

    private int _joinDepth;
    private int _binds;

    /// <summary>Puts the replacements in place.</summary>
    public void Install()
    {
        var engine = run.Engine;
        run.Hide(ScriptPreparation.RegExpName, (_, arguments) => new JsValue(BoundedRegExp.FromLiteral(run, arguments[0].AsString())));

        // Joining also happens without being named: when an array is added to a text.
        Replace(engine.Array.PrototypeObject, "join", GuardJoin);
        if (script.MayReach("toLocaleString"))
            Replace(engine.Array.PrototypeObject, "toLocaleString", GuardJoin);
        foreach (var name in ArrayLoops)
        {
            if (script.MayReach(name))
                Replace(engine.Array.PrototypeObject, name, GuardLength);
        }

        if (script.MayReach("eval"))
            engine.Global.FastAddProperty("eval", Refusal("eval"), false, false, false);
        if (script.MayReach("Function") || script.MayReach("constructor"))
        {
            var refusal = Refusal("Function");
            engine.Global.FastAddProperty("Function", refusal, false, false, false);
            engine.Function.PrototypeObject.FastAddProperty("constructor", refusal, false, false, false);
        }

        if (script.MayReach("RegExp") || script.MayReach("constructor"))
        {
            var constructor = new BoundedRegExpConstructor(run);
            engine.Global.FastAddProperty("RegExp", new JsValue(constructor), true, false, true);
            engine.RegExp.PrototypeObject.FastAddProperty("constructor", new JsValue(constructor), true, false, true);
        }

        if (script.MayReach("match"))
            Replace(engine.String.PrototypeObject, "match", BoundPattern);
        if (script.MayReach("search"))
            Replace(engine.String.PrototypeObject, "search", BoundPattern);
        if (script.MayReach("apply"))
            Replace(engine.Function.PrototypeObject, "apply", GuardArguments);
        if (script.MayReach("bind"))
            Replace(engine.Function.PrototypeObject, "bind", GuardBind);
        if (script.MayReach("JSON"))
        {
            Replace(engine.Json, "parse", GuardParse);
            Replace(engine.Json, "stringify", GuardStringify);
        }
    }

    private JsValue GuardLength(ICallable original, JsValue self, JsValue[] arguments)
    {
        CheckLength(self);
        return original.Call(self, arguments);
    }

    private JsValue GuardJoin(ICallable original, JsValue self, JsValue[] arguments)
    {
        var length = CheckLength(self);
        var separator = arguments.Length > 0 && arguments[0].IsString() ? arguments[0].AsString().Length : 1;
        if ((long)length * separator > MaxJoinedSeparators || ++_joinDepth > MaxJoinDepth)
            throw new JavaScriptException(run.Engine.RangeError, "The joined text is too large, or the array contains itself");
        try
        {
            return original.Call(self, arguments);
        }
        finally
        {
            _joinDepth--;
        }
    }

    private JsValue GuardArguments(ICallable original, JsValue self, JsValue[] arguments)
    {
        if (arguments.Length > 1)
            CheckLength(arguments[1]);
        return original.Call(self, arguments);
    }

    // Functions bound over and over nest inside the interpreter.
    private JsValue GuardBind(ICallable original, JsValue self, JsValue[] arguments) =>
        ++_binds > MaxNesting
            ? throw new JavaScriptException(run.Engine.RangeError, $"bind was called more than {MaxNesting} times")
            : original.Call(self, arguments);

    private JsValue BoundPattern(ICallable original, JsValue self, JsValue[] arguments)
    {
        var pattern = arguments.Length > 0 ? arguments[0] : JsValue.Undefined;
        return pattern.Is<RegExpInstance>()
            ? original.Call(self, arguments)
            : original.Call(self, [new JsValue(BoundedRegExp.Create(run, pattern.IsUndefined() ? "" : TypeConverter.ToString(pattern), ""))]);
    }

    private JsValue GuardParse(ICallable original, JsValue self, JsValue[] arguments)
    {
        int depth = 0, deepest = 0;
        var inText = false;
        var text = arguments.Length > 0 ? TypeConverter.ToString(arguments[0]) : "";
        for (var index = 0; index < text.Length; index++)
        {
            switch (text[index])
            {
                case '"':
                    inText = !inText;
                    break;
                case '\\' when inText:
                    index++;
                    break;
                case '[' or '{' when !inText:
                    deepest = Math.Max(deepest, ++depth);
                    break;
                case ']' or '}' when !inText:
                    depth--;
                    break;
            }
        }

        if (deepest > MaxNesting)
            throw new JavaScriptException(run.Engine.SyntaxError, $"JSON nested more than {MaxNesting} levels deep");
        return original.Call(self, arguments);
    }

    private JsValue GuardStringify(ICallable original, JsValue self, JsValue[] arguments)
    {
        if (arguments.Length > 0)
            CheckNesting(arguments[0], 0);
        return original.Call(self, arguments);
    }

    private void CheckNesting(JsValue value, int depth)
    {
        if (!value.IsObject())
            return;
        if (depth > MaxNesting)
            throw new JavaScriptException(run.Engine.TypeError, $"The value contains itself or is nested more than {MaxNesting} levels deep");
        CheckLength(value);
        foreach (var (_, property) in value.AsObject().GetOwnProperties())
        {
            if (property.Enumerable == true && property.Value is { } member)
                CheckNesting(member, depth + 1);
        }
    }

    private uint CheckLength(JsValue value)
    {
        if (!value.IsObject())
            return 0;
        var length = TypeConverter.ToUint32(value.AsObject().Get("length"));
        if (length > run.Options.MaxArrayLength)
            throw new JavaScriptException(run.Engine.RangeError, $"The array has {length:N0} items; at most {run.Options.MaxArrayLength:N0} are allowed");
        return length;
    }

    private JsValue Refusal(string name)
    {
        var refusal = new RefusedConstructor(run, name);
        return new JsValue(refusal);
    }

    private void Replace(ObjectInstance owner, string name, Func<ICallable, JsValue, JsValue[], JsValue> guard)
    {
        var original = owner.Get(name).TryCast<ICallable>();
        if (original is not null)
            owner.FastSetProperty(name, new PropertyDescriptor(new JsValue(new ClrFunctionInstance(run.Engine, (self, arguments) => guard(original, self, arguments))), true, false, true));
    }

    /// <summary>Stands where a function was that compiles text.</summary>
    private sealed class RefusedConstructor : FunctionInstance, IConstructor
    {
        private readonly string _name;

        public RefusedConstructor(ScriptRun run, string name)
            : base(run.Engine, null, null, false)
        {
            _name = name;
            Prototype = run.Engine.Function.PrototypeObject;
            FastAddProperty("prototype", new JsValue(run.Engine.Function.PrototypeObject), false, false, false);
        }

        public override JsValue Call(JsValue thisObject, JsValue[] arguments) =>
            throw new JavaScriptException(Engine.EvalError, $"{_name} is not available in expressions");

        public ObjectInstance Construct(JsValue[] arguments) =>
            throw new JavaScriptException(Engine.EvalError, $"{_name} is not available in expressions");
    }
}

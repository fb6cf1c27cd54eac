using Jint.Native;
using Jint.Native.Object;
using Jint.Parser;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>
/// Promises without an event loop: nothing in a script happens later by itself, so an <c>await</c> runs the reactions that are due and has its value
/// at once. An async function runs to its end when it is called. A promise that nothing can settle any more is an error.
/// </summary>
internal sealed class Promise : ObjectInstance
{
    private readonly ScriptRun _run;
    private readonly List<Action> _reactions = [];
    private bool? _isFulfilled;
    private JsValue _value = JsValue.Undefined;
    private Location? _place;

    private Promise(ScriptRun run)
        : base(run.Engine)
    {
        _run = run;
        Prototype = PrototypeOf(run);
        Extensible = true;
    }

    public override string Class => "Promise";

    /// <summary>The constructor <c>Promise</c>.</summary>
    public static JsValue Constructor(ScriptRun run)
    {
        var constructor = new LibraryConstructor(run, "Promise", PrototypeOf(run), arguments =>
        {
            var executor = Helpers.Callable(run, arguments.At(0), new JsValue("What is given to new Promise"));
            var promise = new Promise(run);
            var (resolve, reject) = promise.Settlers();
            try
            {
                executor.Call(JsValue.Undefined, [resolve, reject]);
            }
            catch (JavaScriptException exception)
            {
                promise.Settle(false, exception.Error);
            }

            return promise;
        });
        constructor.Add("resolve", arguments => new JsValue(Resolved(run, arguments.At(0))));
        constructor.Add("reject", arguments => new JsValue(Rejected(run, arguments.At(0))));
        constructor.Add("all", arguments => Combine(run, arguments.At(0), stopsAt: false));
        constructor.Add("any", arguments => Combine(run, arguments.At(0), stopsAt: true));
        constructor.Add("race", arguments =>
        {
            var first = new Promise(run);
            foreach (var item in Sequences.Read(run, Sequences.Items(run, arguments.At(0)), 0))
            {
                var promise = Resolved(run, item);
                promise.React(() => first.Settle(promise._isFulfilled!.Value, promise._value));
            }

            return new JsValue(first);
        });
        constructor.Add("allSettled", arguments => Combine(run, arguments.At(0), stopsAt: null));
        return new JsValue(constructor);
    }

    /// <summary>Runs an async function.</summary>
    public static JsValue Run(ScriptRun run, ICallable body)
    {
        try
        {
            return new JsValue(Resolved(run, body.Call(JsValue.Undefined, ScriptRun.Empty)));
        }
        catch (JavaScriptException exception)
        {
            var promise = Rejected(run, exception.Error);
            promise._place = exception.Location;
            return new JsValue(promise);
        }
    }

    /// <summary>The value of a promise, or the value itself if it is none.</summary>
    public static JsValue Await(ScriptRun run, JsValue value)
    {
        if (value.TryCast<Promise>() is not { } promise)
        {
            if (!value.IsObject() || !value.AsObject().Get("then").Is<ICallable>())
                return value;
            promise = Resolved(run, value);
        }

        while (promise._isFulfilled is null && run.Reactions.TryDequeue(out var reaction))
            reaction();
        return promise._isFulfilled switch
        {
            true => promise._value,
            false => throw new JavaScriptException(promise._value) { Location = promise._place },
            null => throw new JavaScriptException(run.Engine.Error, "Nothing will settle the promise that is awaited"),
        };
    }

    /// <summary>The value a script answers with: what a promise was fulfilled with, after all that is due has run.</summary>
    public static JsValue Complete(ScriptRun run, JsValue result)
    {
        if (run.Reactions.Count == 0 && !result.Is<Promise>())
            return result;
        var value = Await(run, result);
        while (run.Reactions.TryDequeue(out var reaction))
            reaction();
        return value;
    }

    private static Promise Resolved(ScriptRun run, JsValue value)
    {
        if (value.TryCast<Promise>() is { } promise)
            return promise;
        promise = new Promise(run);
        promise.Resolve(value);
        return promise;
    }

    private static Promise Rejected(ScriptRun run, JsValue reason)
    {
        var promise = new Promise(run);
        promise.Settle(false, reason);
        return promise;
    }

    // all (stops at a rejection), any (stops at a fulfilment), allSettled (stops at none).
    private static JsValue Combine(ScriptRun run, JsValue items, bool? stopsAt)
    {
        var combined = new Promise(run);
        var promises = Sequences.Read(run, Sequences.Items(run, items), 0).ConvertAll(item => Resolved(run, item));
        var results = new JsValue[promises.Count];
        var missing = results.Length;
        if (missing == 0)
            Finish();
        for (var index = 0; index < results.Length; index++)
        {
            var (place, promise) = (index, promises[index]);
            promise.React(() =>
            {
                if (promise._isFulfilled == stopsAt)
                {
                    combined.Settle(stopsAt!.Value, promise._value);
                    return;
                }

                results[place] = stopsAt is null ? promise.Describe() : promise._value;
                if (--missing == 0)
                    Finish();
            });
        }

        return new JsValue(combined);

        void Finish()
        {
            if (stopsAt is true)
            {
                var error = run.Engine.Error.Construct([new JsValue("All promises were rejected")]);
                error.FastAddProperty("errors", Sequences.Array(run, results), true, false, true);
                combined.Settle(false, new JsValue(error));
            }
            else
            {
                combined.Settle(true, Sequences.Array(run, results));
            }
        }
    }

    private JsValue Describe()
    {
        var description = Engine.Object.Construct(ScriptRun.Empty);
        Helpers.Put(description, "status", new JsValue(_isFulfilled is true ? "fulfilled" : "rejected"));
        Helpers.Put(description, _isFulfilled is true ? "value" : "reason", _value);
        return new JsValue(description);
    }

    private (JsValue Resolve, JsValue Reject) Settlers()
    {
        var isDone = false;
        return (Once(Resolve), Once(reason => Settle(false, reason)));

        JsValue Once(Action<JsValue> settle) => _run.Function(arguments =>
        {
            if (!isDone)
            {
                isDone = true;
                settle(arguments.At(0));
            }

            return JsValue.Undefined;
        });
    }

    private void Resolve(JsValue value)
    {
        if (value.TryCast<Promise>() is { } promise)
        {
            if (ReferenceEquals(promise, this))
                Settle(false, new JsValue(Engine.TypeError.Construct([new JsValue("A promise cannot wait for itself")])));
            else
                promise.React(() => Settle(promise._isFulfilled!.Value, promise._value));
        }
        else if (value.IsObject() && value.AsObject().Get("then").TryCast<ICallable>() is { } then)
        {
            var (resolve, reject) = Settlers();
            _run.Reactions.Enqueue(() =>
            {
                try
                {
                    then.Call(value, [resolve, reject]);
                }
                catch (JavaScriptException exception)
                {
                    Settle(false, exception.Error);
                }
            });
        }
        else
        {
            Settle(true, value);
        }
    }

    private void Settle(bool isFulfilled, JsValue value)
    {
        if (_isFulfilled is not null)
            return;
        (_isFulfilled, _value) = (isFulfilled, value);
        foreach (var reaction in _reactions)
            _run.Reactions.Enqueue(reaction);
        _reactions.Clear();
    }

    private void React(Action reaction)
    {
        if (_isFulfilled is null)
            _reactions.Add(reaction);
        else
            _run.Reactions.Enqueue(reaction);
    }

    private JsValue Then(JsValue fulfilled, JsValue rejected)
    {
        var next = new Promise(_run);
        React(() =>
        {
            _run.Check();
            var handler = (_isFulfilled is true ? fulfilled : rejected).TryCast<ICallable>();
            if (handler is null)
            {
                next.Settle(_isFulfilled!.Value, _value);
                return;
            }

            try
            {
                next.Resolve(handler.Call(JsValue.Undefined, [_value]));
            }
            catch (JavaScriptException exception)
            {
                next.Settle(false, exception.Error);
            }
        });
        return new JsValue(next);
    }

    private JsValue Finally(ICallable? handler) => Then(
        _run.Function(arguments =>
        {
            Await(_run, handler?.Call(JsValue.Undefined, ScriptRun.Empty) ?? JsValue.Undefined);
            return arguments.At(0);
        }),
        _run.Function(arguments =>
        {
            Await(_run, handler?.Call(JsValue.Undefined, ScriptRun.Empty) ?? JsValue.Undefined);
            throw new JavaScriptException(arguments.At(0));
        }));

    private static ObjectInstance PrototypeOf(ScriptRun run) => run.Prototype("Promise", prototype =>
    {
        Add("then", (promise, arguments) => promise.Then(arguments.At(0), arguments.At(1)));
        Add("catch", (promise, arguments) => promise.Then(JsValue.Undefined, arguments.At(0)));
        Add("finally", (promise, arguments) => promise.Finally(arguments.At(0).TryCast<ICallable>()));

        void Add(string name, Func<Promise, JsValue[], JsValue> body) => prototype.FastAddProperty(
            name,
            new JsValue(new ClrFunctionInstance(run.Engine, (self, arguments) => self.TryCast<Promise>() is { } promise
                ? body(promise, arguments)
                : throw new JavaScriptException(run.Engine.TypeError, $"{name} needs a promise"))),
            true,
            false,
            true);
    });
}

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Parser;
using Jint.Runtime;
using Jint.Runtime.Interop;
using ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// One evaluation of a script: a new engine, the globals the script mentions, the run within its bounds, the result.
/// </summary>
internal sealed class ScriptRun
{
    private static readonly JsValue[] NoArguments = [];

    private readonly PreparedScript _script;
    private readonly JavaScriptOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly long _allocatedAtStart = GC.GetAllocatedBytesForCurrentThread();
    private readonly Dictionary<string, ObjectInstance> _prototypes = new(StringComparer.Ordinal);
    private int _callDepth;

    private ScriptRun(PreparedScript script, JavaScriptOptions options, CancellationToken cancellationToken)
    {
        _script = script;
        _options = options;
        _cancellationToken = cancellationToken;
        Engine = new Engine(engine => engine
            .MaxStatements(options.MaxStatements)
            .TimeoutInterval(options.TimeLimit)
            .LocalTimeZone(TimeZoneInfo.Utc)
            .Culture(CultureInfo.InvariantCulture));
        Values = new ScriptValues(Engine, options);
    }

    /// <summary>The interpreter of this evaluation.</summary>
    public Engine Engine { get; }

    /// <summary>Carries values into the script and out of it.</summary>
    public ScriptValues Values { get; }

    /// <summary>The bounds of this evaluation.</summary>
    public JavaScriptOptions Options => _options;

    /// <summary>What promises still have to do.</summary>
    public Queue<Action> Reactions { get; } = new();

    /// <summary>Evaluates a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="globals">Where the script's globals come from, the first that knows a name wins.</param>
    /// <param name="cancellationToken">Ends the evaluation at the next checkpoint.</param>
    /// <exception cref="ScriptException">The script failed or reached a bound.</exception>
    public static object? Evaluate(
        PreparedScript script, JavaScriptOptions options, IReadOnlyList<IScriptGlobals> globals, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var run = new ScriptRun(script, options, cancellationToken);
        return run.Execute(globals);
    }

    /// <summary>A function the script can call. What it throws becomes an error the script can catch.</summary>
    public JsValue Function(Func<JsValue[], JsValue> body) => new(new ClrFunctionInstance(Engine, (_, arguments) =>
    {
        try
        {
            return body(arguments);
        }
        catch (Exception exception) when (exception is not (JavaScriptException or ScriptException or OperationCanceledException))
        {
            throw new JavaScriptException(Engine.Error, exception.Message);
        }
    }));

    private object? Execute(IReadOnlyList<IScriptGlobals> globals)
    {
        try
        {
            AddCheckpoints();
            new ScriptSandbox(this, _script).Install();
            Library.Install(this, _script);
            foreach (var name in _script.Names)
            {
                if (name is ['%', ..])
                {
                    if (Helpers.Find(name, this) is { } helper)
                        Hide(name, (_, arguments) => WithPlace(helper, arguments));
                    continue;
                }

                foreach (var source in globals)
                {
                    if (source.Find(name, this) is { } value)
                    {
                        Engine.Global.FastAddProperty(name, value, true, false, true);
                        break;
                    }
                }
            }

            var result = Values.FromScript(Promise.Complete(this, Engine.Execute(_script.Program).GetCompletionValue()));
            foreach (var source in globals)
                source.Completed(this);
            return result;
        }
        catch (Exception exception) when (Explain(exception) is { } explanation)
        {
            throw explanation;
        }
    }

    // An error of a helper belongs to the piece of the script that was evaluated last: what was given to the helper.
    private JsValue WithPlace(Func<JsValue[], JsValue> helper, JsValue[] arguments)
    {
        var place = Position;
        try
        {
            return helper(arguments);
        }
        catch (JavaScriptException exception) when (exception.Location is null)
        {
            exception.Location = place;
            throw;
        }
    }

    private void AddCheckpoints()
    {
        Hide(ScriptPreparation.TurnName, (_, _) =>
        {
            Check();
            return JsValue.Undefined;
        });
        Hide(ScriptPreparation.EnterName, (_, _) =>
        {
            if (++_callDepth > _options.MaxRecursionDepth)
                throw Failure($"More than {_options.MaxRecursionDepth} function calls inside each other.");
            if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
                throw Failure("The function calls and expressions inside each other are nested too deeply.");
            Check();
            return JsValue.Undefined;
        });
        Hide(ScriptPreparation.LeaveName, (_, _) =>
        {
            _callDepth--;
            return JsValue.Undefined;
        });
        Hide(ScriptPreparation.ThrownName, (_, arguments) => WithMessage(arguments[0]));
    }

    /// <summary>Ends the evaluation if it was cancelled or used too much memory.</summary>
    public void Check()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (GC.GetAllocatedBytesForCurrentThread() - _allocatedAtStart > _options.MaxAllocatedBytes)
            throw Failure($"The script used more than {_options.MaxAllocatedBytes:N0} bytes of memory.");
    }

    // The interpreter insists that a thrown object has a text as its message.
    private JsValue WithMessage(JsValue thrown)
    {
        if (thrown.IsObject() && !thrown.AsObject().Get("message").IsString())
            thrown.AsObject().FastAddProperty("message", new JsValue(JsonValues.ToJson(Values.FromScript(thrown))), true, false, true);
        return thrown;
    }

    /// <summary>Adds a global whose name no script can write.</summary>
    public void Hide(string name, Func<JsValue, JsValue[], JsValue> body) =>
        Engine.Global.FastAddProperty(name, new JsValue(new ClrFunctionInstance(Engine, body)), false, false, false);

    /// <summary>The prototype of a kind of object that the interpreter does not know itself, made when it is first asked for.</summary>
    public ObjectInstance Prototype(string name, Action<ObjectInstance> fill)
    {
        if (!_prototypes.TryGetValue(name, out var prototype))
        {
            _prototypes[name] = prototype = Engine.Object.Construct(NoArguments);
            fill(prototype);
        }

        return prototype;
    }

    /// <summary>An end of the evaluation that the script cannot catch, at the statement being executed.</summary>
    public ScriptException Failure(string reason) => ScriptException.At(Engine.GetLastSyntaxNode()?.Location, reason);

    private ScriptException? Explain(Exception exception) => exception switch
    {
        OperationCanceledException => null,
        ScriptException { Line: 0 } script => Failure(script.Message),
        ScriptException => null,
        JavaScriptException script => ScriptException.At(script.Location ?? Position, Describe(script.Error)),
        StatementsCountOverflowException => Failure($"The script executed more than {_options.MaxStatements:N0} statements."),
        TimeoutException or RegexMatchTimeoutException => Failure($"The script ran longer than {_options.TimeLimit.TotalSeconds:0.###} seconds."),
        OutOfMemoryException => Failure("The script built a value that is too large."),
        InsufficientExecutionStackException => Failure("The script is nested too deeply."),
        _ => Failure($"The script failed: {exception.Message}"),
    };

    private Location? Position => Engine.GetLastSyntaxNode()?.Location;

    private static string Describe(JsValue error)
    {
        if (!error.IsObject())
            return $"The script threw {TypeConverter.ToString(error)}.";
        var name = error.AsObject().Get("name");
        var message = error.AsObject().Get("message");
        var text = message.IsString() ? Lowering.OwnNames(message.AsString()) : "";
        return (name.IsString(), text.Length > 0) switch
        {
            (true, true) => $"{name.AsString()}: {text}",
            (true, false) => name.AsString(),
            _ => $"The script threw {text}.",
        };
    }

    internal static JsValue[] Empty => NoArguments;
}

/// <summary>A source of globals for scripts.</summary>
internal interface IScriptGlobals
{
    /// <summary>The global of this name, or null if this source does not have it. Called once per name the script mentions.</summary>
    JsValue? Find(string name, ScriptRun run);

    /// <summary>Called once after the script succeeded: takes back what it changed.</summary>
    void Completed(ScriptRun run);
}

using System.ComponentModel;
using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Workflows.Attributes;

namespace Elsa.Workflows.Activities;

/// <summary>Runs code. It exists in workflows written in code only.</summary>
[Activity("Elsa", "Primitives", "Runs code of a workflow that is written in code.")]
[Browsable(false)]
public class Inline : CodeActivity
{
    private readonly Func<ActivityExecutionContext, ValueTask>? _activity;

    /// <summary>Creates an activity that does nothing.</summary>
    public Inline([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates an activity that runs code.</summary>
    public Inline(Func<ActivityExecutionContext, ValueTask> activity, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => _activity = activity;

    /// <summary>Creates an activity that runs code.</summary>
    public Inline(Func<ValueTask> activity, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(_ => activity(), source, line)
    {
    }

    /// <summary>Creates an activity that runs code.</summary>
    public Inline(Action<ActivityExecutionContext> activity, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(
            context =>
            {
                activity(context);
                return ValueTask.CompletedTask;
            },
            source,
            line)
    {
    }

    /// <summary>Creates an activity that runs code.</summary>
    public Inline(Action activity, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(_ => activity(), source, line)
    {
    }

    /// <summary>An activity that runs code.</summary>
    public static Inline From(Func<ActivityExecutionContext, ValueTask> activity) => new(activity);

    /// <summary>An activity that runs code.</summary>
    public static Inline From(Action<ActivityExecutionContext> activity) => new(activity);

    /// <summary>An activity that runs code.</summary>
    public static Inline From(Action activity) => new(activity);

    /// <summary>An activity that runs code and has its value as the result.</summary>
    public static Inline<T> From<T>(Func<ActivityExecutionContext, ValueTask<T>> activity, MemoryBlockReference? output = null) => new(activity, output);

    /// <summary>An activity that runs code and has its value as the result.</summary>
    public static Inline<T> From<T>(Func<T> activity, MemoryBlockReference? output = null) => new(activity, output);

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => _activity?.Invoke(context) ?? ValueTask.CompletedTask;
}

/// <summary>Runs code and has its value as the result. It exists in workflows written in code only.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
[Activity("Elsa", "Primitives", "Runs code of a workflow that is written in code.")]
[Browsable(false)]
public class Inline<T> : CodeActivity<T>
{
    private readonly Func<ActivityExecutionContext, ValueTask<T>> _activity;

    /// <summary>Creates an activity that runs code.</summary>
    public Inline(
        Func<ActivityExecutionContext, ValueTask<T>> activity,
        MemoryBlockReference? output = null,
        [CallerFilePath] string? source = null,
        [CallerLineNumber] int? line = null)
        : base(output, source, line) => _activity = activity;

    /// <summary>Creates an activity that runs code.</summary>
    public Inline(
        Func<ValueTask<T>> activity, MemoryBlockReference? output = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(_ => activity(), output, source, line)
    {
    }

    /// <summary>Creates an activity that runs code.</summary>
    public Inline(
        Func<ActivityExecutionContext, T> activity,
        MemoryBlockReference? output = null,
        [CallerFilePath] string? source = null,
        [CallerLineNumber] int? line = null)
        : this(context => ValueTask.FromResult(activity(context)), output, source, line)
    {
    }

    /// <summary>Creates an activity that runs code.</summary>
    public Inline(Func<T> activity, MemoryBlockReference? output = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(_ => ValueTask.FromResult(activity()), output, source, line)
    {
    }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) => context.Set(Result, await _activity(context), nameof(Result));
}

using Elsa.Expressions.Models;
using Elsa.Workflows.Models;

namespace Elsa.Workflows;

/// <summary>An activity that completes by itself once its code has run, unless the code created a bookmark.</summary>
public abstract class CodeActivity : Activity
{
    /// <summary>Creates an activity; its type name comes from <c>[Activity]</c>.</summary>
    protected CodeActivity(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates an activity with a type name of its own.</summary>
    protected CodeActivity(string activityType, int version = 1, string? source = null, int? line = null)
        : base(activityType, version, source, line)
    {
    }

    /// <inheritdoc />
    internal override bool CompletesByItself => true;
}

/// <summary>A <see cref="CodeActivity"/> with a main output of any type.</summary>
public abstract class CodeActivityWithResult : CodeActivity
{
    /// <summary>Creates an activity; its type name comes from <c>[Activity]</c>.</summary>
    protected CodeActivityWithResult(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates an activity with a type name of its own.</summary>
    protected CodeActivityWithResult(string activityType, int version = 1, string? source = null, int? line = null)
        : base(activityType, version, source, line)
    {
    }

    /// <summary>Creates an activity whose output is bound to a place in memory.</summary>
    protected CodeActivityWithResult(MemoryBlockReference? output, string? source = null, int? line = null)
        : base(source, line) => Result = output is null ? null : new Output(output);

    /// <summary>Creates an activity with an output.</summary>
    protected CodeActivityWithResult(Output? output, string? source = null, int? line = null)
        : base(source, line) => Result = output;

    /// <summary>The main output.</summary>
    public Output? Result { get; set; }
}

/// <summary>A <see cref="CodeActivity"/> with a main output.</summary>
/// <typeparam name="T">Type of the output.</typeparam>
public abstract class CodeActivity<T> : CodeActivity, IActivityWithResult<T>
{
    /// <summary>Creates an activity; its type name comes from <c>[Activity]</c>.</summary>
    protected CodeActivity(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates an activity with a type name of its own.</summary>
    protected CodeActivity(string activityType, int version = 1, string? source = null, int? line = null)
        : base(activityType, version, source, line)
    {
    }

    /// <summary>Creates an activity whose output is bound to a place in memory.</summary>
    protected CodeActivity(MemoryBlockReference? output, string? source = null, int? line = null)
        : base(source, line) => Result = output is null ? null : new Output<T>(output);

    /// <summary>Creates an activity with an output.</summary>
    protected CodeActivity(Output<T>? output, string? source = null, int? line = null)
        : base(source, line) => Result = output;

    /// <summary>The main output.</summary>
    public Output<T>? Result { get; set; }

    Output? IActivityWithResult.Result
    {
        get => Result;
        set => Result = (Output<T>?)value;
    }
}

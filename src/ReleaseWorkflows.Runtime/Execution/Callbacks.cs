using System.Reflection;
using Elsa.Workflows;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>Who is told when an activity completes: a method of the activity that scheduled it, kept by name.</summary>
/// <param name="Owner">Execution that is told.</param>
/// <param name="Callback">The method.</param>
/// <param name="Tag">Data given when the activity was scheduled.</param>
internal sealed record CompletionCallback(ActivityExecutionContext Owner, ActivityCompletionCallback Callback, object? Tag)
{
    /// <summary>Name of the method; null if it could not be found again by its name.</summary>
    public string? MethodName => StoredName ?? CallbackNames.TryGet(Callback, Owner.Activity);

    /// <summary>The name it was stored with; null if it has not been stored yet.</summary>
    public string? StoredName { get; init; }
}

/// <summary>One call of a completion callback.</summary>
/// <param name="Completion">The callback.</param>
/// <param name="Child">Execution that has completed.</param>
/// <param name="Result">Its result: outcomes, or null for Done.</param>
internal sealed record CallbackCall(CompletionCallback Completion, ActivityExecutionContext Child, object? Result)
{
    /// <summary>Calls it.</summary>
    /// <exception cref="CallbackException">The callback threw. The fault is its owner's, not that of the activity that has completed.</exception>
    public async ValueTask InvokeAsync()
    {
        var owner = Completion.Owner;
        var queue = owner.WorkflowExecutionContext.Queue;
        var queued = queue.Mark();
        owner.Tag = Completion.Tag;
        try
        {
            using var nested = new NestedCall(owner.WorkflowExecutionContext);
            await Completion.Callback(new ActivityCompletedContext(owner, Child, Result));
        }
        catch (Exception exception) when (exception is not CallbackException && !Failures.IsForTheCaller(exception, owner.CancellationToken))
        {
            if (!owner.IsCompleted)
                queue.TakeBack(queued);
            throw new CallbackException(this, exception);
        }
    }
}

/// <summary>Carries an exception from a completion callback to the runner, together with the call that threw it.</summary>
internal sealed class CallbackException(CallbackCall call, Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>The call that threw.</summary>
    public CallbackCall Call { get; } = call;

    /// <summary>What it threw.</summary>
    public Exception Cause { get; } = cause;
}

/// <summary>Callbacks survive suspensions as names of methods. This is where a name is taken, and found again.</summary>
internal static class CallbackNames
{
    private const BindingFlags AnyInstanceMethod = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The name of the callback's method.</summary>
    /// <exception cref="InvalidOperationException">It is not a method of the activity's class.</exception>
    public static string Of(Delegate callback, IActivity activity) =>
        TryGet(callback, activity) ?? throw new InvalidOperationException(
            $"The callback of a bookmark has to be a method of the activity's class, because it is stored by its name. "
            + $"'{callback.Method.Name}' given by '{activity.Type}' is a lambda, a local function or a method of another class.");

    /// <summary>The name of the callback's method; null if it is not a method of the activity's class.</summary>
    public static string? TryGet(Delegate callback, IActivity activity) =>
        ReferenceEquals(callback.Target, activity) && !callback.Method.Name.Contains('<', StringComparison.Ordinal)
            ? callback.Method.Name
            : null;

    /// <summary>The method with this name that takes one argument of the given type, bound to the activity; null if there is none.</summary>
    public static TDelegate? Find<TDelegate>(IActivity activity, string name, Type argument)
        where TDelegate : Delegate
    {
        for (var type = activity.GetType(); type is not null; type = type.BaseType)
        {
            var method = type.GetMethod(name, AnyInstanceMethod, [argument]);
            if (method is not null && method.ReturnType == typeof(ValueTask))
                return method.CreateDelegate<TDelegate>(activity);
        }

        return null;
    }
}

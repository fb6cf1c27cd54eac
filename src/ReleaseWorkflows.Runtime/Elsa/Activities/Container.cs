using System.Runtime.CompilerServices;
using Elsa.Workflows.Memory;

namespace Elsa.Workflows.Activities;

/// <summary>Base class of activities that hold a list of others.</summary>
public abstract class Container : Activity, IVariableContainer
{
    /// <summary>Creates a container.</summary>
    protected Container([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>The activities inside.</summary>
    public ICollection<IActivity> Activities { get; set; } = [];

    /// <summary>Variables that the activities inside share.</summary>
    public ICollection<Variable> Variables { get; set; } = [];

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => ScheduleChildrenAsync(context);

    /// <summary>Begins with the activities inside. Calls <see cref="ScheduleChildren"/>.</summary>
    protected virtual ValueTask ScheduleChildrenAsync(ActivityExecutionContext context)
    {
        ScheduleChildren(context);
        return ValueTask.CompletedTask;
    }

    /// <summary>Begins with the activities inside. Does nothing by default.</summary>
    protected virtual void ScheduleChildren(ActivityExecutionContext context)
    {
    }
}

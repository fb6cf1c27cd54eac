using System.ComponentModel;
using System.Runtime.CompilerServices;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Signals;

namespace Elsa.Workflows.Activities;

/// <summary>Runs activities one after the other. Their outcomes are ignored.</summary>
[Activity("Elsa", "Workflows", "Execute a set of activities in sequence.")]
[Browsable(false)]
public class Sequence : Container
{
    private const string Position = "CurrentIndex";
    private const string Breaking = "IsBreaking";

    /// <summary>Creates a sequence.</summary>
    public Sequence([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line) => OnSignalReceived<BreakSignal>(OnBreak);

    /// <inheritdoc />
    protected override ValueTask ScheduleChildrenAsync(ActivityExecutionContext context) => GoOnAsync(context);

    private async ValueTask OnChildCompletedAsync(ActivityCompletedContext context)
    {
        var sequence = context.TargetContext;
        if (context.ChildContext.Activity is ITerminalNode || sequence.GetProperty<bool>(Breaking))
            await sequence.CompleteActivityAsync();
        else
            await GoOnAsync(sequence);
    }

    private async ValueTask GoOnAsync(ActivityExecutionContext context)
    {
        var position = context.GetProperty<int>(Position);
        if (position >= Activities.Count)
        {
            await context.CompleteActivityAsync();
            return;
        }

        context.SetProperty(Position, position + 1);
        await context.ScheduleActivityAsync(Activities.ElementAt(position), OnChildCompletedAsync);
    }

    private static void OnBreak(BreakSignal signal, SignalContext context) =>
        context.ReceiverActivityExecutionContext.SetProperty(Breaking, true);
}

using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Exceptions;
using Elsa.Workflows.Models;
using Elsa.Workflows.Signals;

namespace Elsa.Workflows.Activities;

/// <summary>Where a flowchart begins.</summary>
[Activity("Elsa", "Flow", "A milestone activity that marks the start of a flowchart.")]
public class Start : CodeActivity, IStartNode
{
    /// <summary>Creates the activity.</summary>
    public Start([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }
}

/// <summary>Ends the flowchart it is in; what else runs there is cancelled.</summary>
[Activity("Elsa", "Flow", "A milestone activity that marks the end of a flowchart.")]
public class End : CodeActivity, ITerminalNode
{
    /// <summary>Creates the activity.</summary>
    public End([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }
}

/// <summary>Ends the workflow at once; what else runs or waits is cancelled.</summary>
[Activity("Elsa", "Primitives", "Mark the workflow as finished.")]
public class Finish : Activity, ITerminalNode
{
    /// <summary>Creates the activity.</summary>
    public Finish([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        context.Completion = null;
        await context.CompleteActivityAsync();
        workflow.Queue.Clear();
        await workflow.RootContext!.CompleteActivityAsync();
    }
}

/// <summary>Completes the nearest composite activity or workflow, with outcomes.</summary>
[Activity("Elsa", "Composition", "Signals the current composite activity to complete itself as a whole.")]
public class Complete : Activity, ITerminalNode
{
    /// <summary>Creates the activity.</summary>
    public Complete([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with outcomes.</summary>
    [OverloadResolutionPriority(1)]
    public Complete(params string[] outcomes)
        : this(default(string), default(int?)) => Outcomes = new Input<object?>(outcomes);

    /// <summary>Creates the activity with outcomes that code computes.</summary>
    public Complete(
        Func<ExpressionExecutionContext, ICollection<string>> outcomes, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => Outcomes = new Input<object?>(context => (object?)outcomes(context));

    /// <summary>The outcomes: a text, or a list of texts. Default: Done.</summary>
    [Input(Description = "The outcome or set of outcomes to complete this activity with.", UIHint = "outcome-picker", DefaultSyntax = "Object")]
    public Input<object?>? Outcomes { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var names = context.Get(Outcomes) switch
        {
            null => [],
            string text when !text.AsSpan().TrimStart().StartsWith("[", StringComparison.Ordinal) => text.Length == 0 ? [] : new[] { text },
            var list => ReleaseWorkflows.Runtime.Execution.Values.To<string[]>(list) ?? [],
        };
        return context.SendSignalAsync(new CompleteCompositeSignal(names.Length == 0 ? null : new Outcomes(names)));
    }
}

/// <summary>Fails on purpose.</summary>
[Activity("Elsa", "Primitives", "Faults the workflow.")]
public class Fault : Activity
{
    /// <summary>Creates the activity.</summary>
    public Fault([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with what it says.</summary>
    public static Fault Create(
        string code, string category, string type, string? message, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) =>
        new(source, line) { Code = new(code), Category = new(category), FaultType = new(type), Message = new(message) };

    /// <summary>Code, free. Default: 0.</summary>
    [Input(Description = "Code to categorize the fault.")]
    public Input<string> Code { get; set; } = new("0");

    /// <summary>Category, free. Default: General.</summary>
    [Input(Description = "Category to categorize the fault.")]
    public Input<string> Category { get; set; } = new("General");

    /// <summary>Kind. Default: System.</summary>
    [Input(DisplayName = "Type", Description = "The type of fault.")]
    public Input<string> FaultType { get; set; } = new("System");

    /// <summary>A sentence for people.</summary>
    [Input(Description = "The message to include with the fault.")]
    public Input<string?> Message { get; set; } = null!;

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => throw new FaultException(
        Code.GetOrDefault(context) ?? "0",
        Category.GetOrDefault(context) ?? "General",
        FaultType.GetOrDefault(context) ?? "System",
        Message.GetOrDefault(context));
}

/// <summary>Ends the nearest loop.</summary>
[Activity("Elsa", "Looping", "Break out of a loop.")]
public class Break : CodeActivity, ITerminalNode
{
    /// <summary>Creates the activity.</summary>
    public Break([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.SendSignalAsync(new BreakSignal());
}

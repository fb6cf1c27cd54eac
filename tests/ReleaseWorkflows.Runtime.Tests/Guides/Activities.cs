using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Scheduling.Activities;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.UIHints;
using Elsa.Workflows.UIHints.Dropdown;

namespace Guides;

/// <summary>An activity with inputs and an output that completes by itself.</summary>
[Activity("Guides", "Guides", "Adds two numbers.")]
public class Add : CodeActivity<int>
{
    public Add(Variable<int> a, Variable<int> b, Variable<int> result, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
        A = new(a);
        B = new(b);
        Result = new(result);
    }

    public Add([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    [Input(Description = "The first number.", DefaultValue = 1)]
    public Input<int> A { get; set; } = new(1);

    [Input(Description = "The second number.")]
    public Input<int> B { get; set; } = new(1);

    protected override void Execute(ActivityExecutionContext context) => context.SetResult(A.Get(context) + B.Get(context));
}

/// <summary>An activity with outcomes.</summary>
[Activity("Guides", "Guides", "Asks for a weather.", DisplayName = "Check weather")]
[FlowNode("Sunny", "Rainy")]
public class CheckWeather : Activity
{
    [Input(Description = "The city.", UIHint = InputUIHints.DropDown, UIHandler = typeof(CityOptions))]
    public Input<string> City { get; set; } = null!;

    [Output(Description = "Degrees.")]
    public Output<double> Degrees { get; set; } = null!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var sunny = context.Get(City) == "Rome";
        Degrees.Set(context, sunny ? 30.5 : 12);
        context.JournalData["Sunny"] = sunny;
        context.AddExecutionLogEntry("Asked", "The weather was asked for.", payload: new { Sunny = sunny });
        await context.CompleteActivityWithOutcomesAsync(sunny ? "Sunny" : "Rainy");
    }
}

/// <summary>Options that code supplies.</summary>
public class CityOptions : DropDownOptionsProviderBase
{
    protected override ValueTask<ICollection<SelectListItem>> GetItemsAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ICollection<SelectListItem>>([new SelectListItem("Rome", "Rome"), new SelectListItem("London", "London")]);
}

/// <summary>A blocking activity: it waits for a stimulus.</summary>
[Activity("Guides", "Guides", "Waits for somebody.")]
public class WaitForPerson : Activity<string>
{
    public Input<string> Person { get; set; } = null!;

    protected override void Execute(ActivityExecutionContext context) =>
        context.CreateBookmark(new PersonStimulus(Person.Get(context)), OnArrivedAsync, includeActivityInstanceId: false);

    private async ValueTask OnArrivedAsync(ActivityExecutionContext context)
    {
        context.TryGetWorkflowInput<string>("Message", out var message);
        context.Set(Result, message);
        await context.CompleteActivityAsync();
    }
}

/// <summary>What the activity waits for.</summary>
public record PersonStimulus(string Person);

/// <summary>A trigger: it starts workflows, and waits in the middle of one.</summary>
[Activity("Guides", "Guides", "Starts when a file arrives.")]
public class FileArrived : Trigger<string>
{
    [Input(Description = "The folder.")]
    public Input<string> Folder { get; set; } = null!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
        {
            await OnFileAsync(context);
            return;
        }

        context.CreateBookmark(new CreateBookmarkArgs { Stimulus = GetPayload(Folder.Get(context)), Callback = OnFileAsync });
    }

    protected override object GetTriggerPayload(TriggerIndexingContext context) => GetPayload(context.Get(Folder)!);

    private static FileStimulus GetPayload(string folder) => new(folder);

    private async ValueTask OnFileAsync(ActivityExecutionContext context)
    {
        Result.Set(context, context.GetWorkflowInput<string>("File"));
        await context.CompleteActivityAsync();
    }
}

/// <summary>What the trigger starts on.</summary>
public record FileStimulus(string Folder);

/// <summary>A timer of one's own.</summary>
[Activity("Guides", "Guides", "Ticks.")]
public class Tick : TimerBase
{
    public Input<int> Seconds { get; set; } = new(10);

    protected override TimeSpan GetInterval(ExpressionExecutionContext context) => TimeSpan.FromSeconds(Seconds.GetOrDefault(context, () => 10));

    protected override void OnTimerElapsed(ActivityExecutionContext context) => context.WorkflowExecutionContext.Output["Ticked"] = true;
}

/// <summary>Runs an activity that is embedded in it.</summary>
[Activity("Guides", "Guides", "Runs what is inside twice.")]
public class Twice : Activity
{
    [Port]
    public IActivity? Body { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.SetProperty("Rounds", 1);
        await context.ScheduleActivityAsync(Body, OnBodyCompletedAsync);
    }

    private async ValueTask OnBodyCompletedAsync(ActivityCompletedContext context)
    {
        if (context.TargetContext.UpdateProperty<int>("Rounds", rounds => rounds + 1) <= 2)
            await context.TargetContext.ScheduleActivityAsync(Body, OnBodyCompletedAsync);
        else
            await context.CompleteActivityAsync();
    }
}

/// <summary>Evaluates an input by itself, and asks what its outputs are bound to.</summary>
[Activity("Guides", "Guides", "Counts how often its input is read.")]
[Browsable(false)]
public class ReadLater : CodeActivity<int>
{
    [Input(AutoEvaluate = false)]
    public Input<int> Number { get; set; } = null!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var number = await context.EvaluateInputPropertyAsync<ReadLater, int>(activity => activity.Number);
        Result.Set(context, number + 1);
        context.WorkflowExecutionContext.Output["Bound"] = Result.HasTarget(context);
        context.WorkflowExecutionContext.Output["Type"] = Result.GetTargetType(context)?.Name ?? "none";
        context.WorkflowExecutionContext.Output["Read"] = context.GetActivityOutput(() => Result)!;
        context.WorkflowExecutionContext.Output["Chain"] = string.Join(" ", context.GetExecutionChain().Select(execution => execution.Activity.Type));
    }
}

/// <summary>Starts, resumes and cancels from inside an activity.</summary>
[Activity("Guides", "Guides", "Steers other workflows.")]
public class Steer : CodeActivity
{
    public Input<string> Definition { get; set; } = null!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var starter = context.GetRequiredService<IWorkflowStarter>();
        var started = await starter.StartWorkflowAsync(
            new StartWorkflowRequest { WorkflowDefinitionHandle = WorkflowDefinitionHandle.ByDefinitionId(Definition.Get(context)) }, context.CancellationToken);
        context.WorkflowExecutionContext.Output["Started"] = started.WorkflowInstanceId!;
    }
}

using Elsa.Extensions;
using Elsa.Scheduling.Activities;
using Elsa.Workflows;
using Elsa.Workflows.ActivationValidators;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Activities;

namespace Guides;

/// <summary>The first workflow of every guide.</summary>
public class HelloWorld : WorkflowBase
{
    protected override void Build(IWorkflowBuilder builder) => builder.Root = new Sequence
    {
        Activities = { new WriteLine("Hello World!"), new WriteLine("Goodbye!") },
    };
}

/// <summary>Nothing in it is code: its text says everything.</summary>
public class WaitThenGreet : WorkflowBase
{
    protected override void Build(IWorkflowBuilder builder)
    {
        builder.Name = "Wait, then greet";
        builder.Description = "Waits for an event and greets.";
        builder.WithInput<string>("Person", "Whom to greet.");
        builder.WithOutput<string>("Greeting");
        builder.WithCustomProperty("team", "front desk");
        builder.WithActivationStrategyType<SingletonStrategy>();
        var person = builder.WithVariable("Person", "nobody");

        builder.Root = new Sequence
        {
            Activities =
            {
                new SetVariable<string>(person, new Input<string>(new Elsa.Expressions.Models.Expression("JavaScript", "getInput('Person')"))),
                new Event("Go"),
                new WriteLine(new Input<string>(person)),
            },
        };
    }
}

/// <summary>The same definition, said anew.</summary>
public class WaitThenGreetTwice : WorkflowBase
{
    protected override void Build(IWorkflowBuilder builder)
    {
        builder.WithDefinitionId(nameof(WaitThenGreet));
        builder.Root = new Sequence { Activities = { new Event("Go"), new WriteLine("new"), new WriteLine("new") } };
    }
}

/// <summary>Waits, and then runs code.</summary>
public class CountDown : WorkflowBase
{
    protected override void Build(IWorkflowBuilder builder)
    {
        var count = builder.WithVariable<int>("Count", 3);
        builder.Root = new Sequence
        {
            Activities =
            {
                new Event("Go"),
                new While(context => count.Get(context) > 0)
                {
                    Body = new Sequence
                    {
                        Activities =
                        {
                            new WriteLine(context => $"{count.Get(context)}"),
                            new SetVariable<int>(count, new Input<int>(context => count.Get(context) - 1)),
                        },
                    },
                },
            },
        };
    }
}

/// <summary>Has the id of <see cref="CountDown"/> and a higher version.</summary>
public class CountDownFaster : WorkflowBase
{
    protected override void Build(IWorkflowBuilder builder)
    {
        builder.WithDefinitionId(nameof(CountDown));
        builder.Version = 2;
        builder.Root = new Sequence { Activities = { new Event("Go"), new WriteLine(() => "zero") } };
    }
}

/// <summary>Has a result.</summary>
public class Sum : WorkflowBase<int>
{
    protected override void Build(IWorkflowBuilder builder)
    {
        var a = builder.WithInput<int>("A");
        var b = builder.WithInput<int>("B");
        builder.Root = new SetVariable<int>(Result, new Input<int>(context => context.GetInput<int>(a) + context.GetInput<int>(b)));
    }
}

/// <summary>A flowchart in code.</summary>
public class Decide : WorkflowBase
{
    protected override void Build(IWorkflowBuilder builder)
    {
        var decision = new Elsa.Workflows.Activities.Flowchart.Activities.FlowDecision(context => context.GetInput<int>("Amount") > 100);
        var large = new WriteLine("large");
        var small = new WriteLine("small");
        var end = new WriteLine("end");
        builder.Root = new Elsa.Workflows.Activities.Flowchart.Activities.Flowchart
        {
            Start = decision,
            Activities = { decision, large, small, end },
            Connections =
            {
                new Connection(new Endpoint(decision, "True"), new Endpoint(large)),
                new Connection(new Endpoint(decision, "False"), new Endpoint(small)),
                new Connection(large, end),
                new Connection(small, end),
            },
        };
    }
}

/// <summary>Starts by itself, on a timer and on an event.</summary>
public class Triggered : WorkflowBase
{
    protected override void Build(IWorkflowBuilder builder) => builder.Root = new Sequence
    {
        Activities = { new Event("Start it") { CanStartWorkflow = true }, new WriteLine("started") },
    };
}

/// <summary>A composite: a small workflow as a class.</summary>
[Elsa.Workflows.Attributes.Activity("Guides", "Guides", "Greets several people.")]
public class GreetTwo : Composite<string>
{
    private readonly Elsa.Workflows.Memory.Variable<string> _name = new("Name", "");

    public GreetTwo()
    {
        Variables = [_name];
        ResultVariable = _name;
        Root = new Sequence
        {
            Activities =
            {
                SetVariable(_name, "Ada"),
                Inline(context => Console.Out.Flush()),
                new WriteLine(new Input<string>(_name)),
                SetVariable(_name, () => "Grace"),
                new WriteLine(new Input<string>(_name)),
            },
        };
    }
}

/// <summary>Uses the composite, and takes its result.</summary>
public class UsesComposite : WorkflowBase
{
    protected override void Build(IWorkflowBuilder builder)
    {
        var last = builder.WithVariable<string>("Last", "");
        builder.Root = new Sequence
        {
            Activities =
            {
                new GreetTwo { Result = new(last) },
                new Delay(TimeSpan.FromMinutes(1)),
                new WriteLine(context => $"last: {last.Get(context)}"),
            },
        };
    }
}

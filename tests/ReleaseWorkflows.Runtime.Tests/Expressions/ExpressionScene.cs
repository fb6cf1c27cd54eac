using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NSubstitute;
using ReleaseWorkflows.Runtime.Execution;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Tests.Expressions;

/// <summary>A running workflow with one activity, called Check, from which expressions are evaluated.</summary>
internal sealed class ExpressionScene
{
    private readonly IExpressionEvaluator _evaluator;

    public ExpressionScene(params Variable[] variables)
    {
        var services = new ServiceCollection().AddWorkflowExpressions().BuildServiceProvider();
        _evaluator = services.GetRequiredService<IExpressionEvaluator>();
        var check = new CheckActivity { Id = "check-1", Name = "Check" };
        Definition = new Workflow(check)
        {
            Identity = new WorkflowIdentity("orders", 3, "orders-v3"),
            Inputs = [new InputDefinition { Name = "OrderId", Type = typeof(string) }],
            Variables = [.. variables],
        };
        var root = new ActivityNode(Definition, new ActivityDescriptor { TypeName = "Elsa.Workflow" }, null, null);
        var node = new ActivityNode(check, new ActivityDescriptor { TypeName = "Test.Check" }, root, "Root");
        var engine = new EngineServices(
            TimeProvider.System,
            Substitute.For<IIdentityGenerator>(),
            Substitute.For<IStimulusHasher>(),
            Substitute.For<IActivityRegistry>(),
            _evaluator,
            services.GetRequiredService<TypeAliases>(),
            Options.Create(new WorkflowRuntimeOptions()));
        Workflow = new WorkflowExecutionContext(engine, services, new WorkflowGraph(Definition, root, [root, node]), "instance-1", default)
        {
            CorrelationId = "release-7",
            Name = "Order 7",
            Input = new Dictionary<string, object> { ["OrderId"] = "a-1", ["Amount"] = 12.5m },
        };
        Root = Workflow.CreateContext(root, null, "root-execution");
        Check = Workflow.CreateContext(node, Root, "check-execution");
        Context = Check.ExpressionExecutionContext;
    }

    public Workflow Definition { get; }

    public WorkflowExecutionContext Workflow { get; }

    public ActivityExecutionContext Root { get; }

    public ActivityExecutionContext Check { get; }

    public ExpressionExecutionContext Context { get; set; }

    /// <summary>The context in which a trigger of the definition is indexed: there is no instance.</summary>
    public ExpressionScene WhileIndexing()
    {
        var memory = new MemoryRegister();
        memory.Declare(Definition.Variables);
        Context = new ExpressionExecutionContext(Workflow.ServiceProvider, memory);
        return this;
    }

    public ValueTask<T?> Evaluate<T>(string type, object? value, ExpressionEvaluatorOptions? options = null) =>
        _evaluator.EvaluateAsync<T>(new Expression(type, value), Context, options);

    public ValueTask<T?> JavaScript<T>(string script, ExpressionEvaluatorOptions? options = null) => Evaluate<T>("JavaScript", script, options);

    private sealed class CheckActivity : Activity<string>;
}

using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows;
using Jint.Native;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// What a script sees of the workflow it belongs to: identity, variables, inputs, outputs of activities, and the arguments of the caller.
/// </summary>
/// <remarks>
/// While the triggers of a definition are indexed there is no instance: variables give their defaults, and functions that need the instance
/// throw an error that says so.
/// </remarks>
internal sealed class WorkflowGlobals(ExpressionExecutionContext context, ExpressionEvaluatorOptions options) : IScriptGlobals
{
    private VariablesObject? _variables;

    public JsValue? Find(string name, ScriptRun run) => name switch
    {
        "variables" => new JsValue(_variables ??= new VariablesObject(run, context)),
        "getVariable" => Function(run, arguments => context.GetVariableInScope(Name(arguments))),
        "setVariable" => run.Function(arguments =>
        {
            context.SetVariableInScope(Name(arguments), Second(run, arguments));
            return JsValue.Undefined;
        }),
        "input" => InputObject(run),
        "getInput" => Function(run, arguments => context.GetInput(Name(arguments))),
        "getOutputFrom" => Function(run, arguments => context.GetOutput(Name(arguments), BuiltInGlobals.Text(arguments, 1))),
        "getLastResult" => Function(run, _ => context.GetLastResult()),
        "getWorkflowDefinitionId" => Function(run, _ => Workflow.Workflow.Identity.DefinitionId),
        "getWorkflowDefinitionVersionId" => Function(run, _ => Workflow.Workflow.Identity.Id),
        "getWorkflowDefinitionVersion" => Function(run, _ => Workflow.Workflow.Identity.Version),
        "getWorkflowInstanceId" => Function(run, _ => Workflow.Id),
        "getWorkflowInstanceName" => Function(run, _ => Workflow.Name),
        "setWorkflowInstanceName" => Function(run, arguments => Workflow.Name = BuiltInGlobals.Text(arguments, 0)),
        "getCorrelationId" => Function(run, _ => Workflow.CorrelationId),
        "setCorrelationId" => Function(run, arguments => Workflow.CorrelationId = BuiltInGlobals.Text(arguments, 0)),
        "args" when options.Arguments.Count > 0 =>
            run.Values.ToScript(options.Arguments.ToDictionary(argument => CamelCase(argument.Key), argument => (object?)argument.Value)),
        _ when name.StartsWith("get", StringComparison.Ordinal) => FindGetter(name[3..], run),
        _ when name.StartsWith("set", StringComparison.Ordinal) => FindSetter(name[3..], run),
        _ => null,
    };

    public void Completed(ScriptRun run) => _variables?.WriteBack();

    private WorkflowExecutionContext Workflow => context.GetWorkflowExecutionContext();

    // getOrderId() reads the argument, the variable or the input OrderId; getResultFromCheck() the output Result of the activity Check.
    private JsValue? FindGetter(string name, ScriptRun run)
    {
        if (Match(options.Arguments.Keys, name) is { } argument)
            return Function(run, _ => options.Arguments[argument]);
        if (Match(context.GetVariableNamesInScope(), name) is { } variable)
            return Function(run, _ => context.GetVariableInScope(variable));
        if (!context.TryGetWorkflowExecutionContext(out var workflow))
            return null;
        if (Match(workflow.Workflow.Inputs.Select(input => input.Name), name) is { } input)
            return Function(run, _ => context.GetInput(input));

        for (var split = name.IndexOf("From", StringComparison.Ordinal); split > 0; split = name.IndexOf("From", split + 1, StringComparison.Ordinal))
        {
            var (output, activity) = (name[..split], name[(split + 4)..]);
            if (FindActivity(workflow, activity) is { } found)
                return Function(run, _ => context.GetOutput(found, output));
        }

        return null;
    }

    // The accessor begins with an upper case letter, whatever the activity's name does.
    private string? FindActivity(WorkflowExecutionContext workflow, string pascalName) =>
        pascalName.Length == 0 ? null
        : new[] { pascalName, char.ToLowerInvariant(pascalName[0]) + pascalName[1..] }
            .FirstOrDefault(name => workflow.Graph.FindByIdOrName(name, context.Activity?.ActivityNode) is not null);

    private JsValue? FindSetter(string name, ScriptRun run) =>
        Match(context.GetVariableNamesInScope(), name) is { } variable
            ? run.Function(arguments =>
            {
                context.SetVariableInScope(variable, arguments.Length > 0 ? run.Values.FromScript(arguments[0]) : null);
                return JsValue.Undefined;
            })
            : null;

    private JsValue InputObject(ScriptRun run) =>
        run.Values.ToScript(context.GetWorkflowInputs().ToDictionary(input => input.Name, input => input.Value, StringComparer.Ordinal));

    private static JsValue Function(ScriptRun run, Func<JsValue[], object?> body) =>
        run.Function(arguments => run.Values.ToScript(body(arguments)));

    private static string Name(JsValue[] arguments) =>
        BuiltInGlobals.Text(arguments, 0) ?? throw new ArgumentException("The name is missing.");

    private static object? Second(ScriptRun run, JsValue[] arguments) => arguments.Length > 1 ? run.Values.FromScript(arguments[1]) : null;

    private static string? Match(IEnumerable<string> names, string pascalName) =>
        pascalName.Length == 0 ? null : names.FirstOrDefault(name => IsPascalOf(name, pascalName));

    private static bool IsPascalOf(string name, string pascalName) =>
        name.Length == pascalName.Length
        && char.ToUpperInvariant(name[0]) == pascalName[0]
        && name.AsSpan(1).SequenceEqual(pascalName.AsSpan(1));

    private static string CamelCase(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}

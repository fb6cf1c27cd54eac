using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using Jint.Native;
using ReleaseWorkflows.Runtime.Expressions.JavaScript;

namespace Elsa.Expressions.JavaScript.Activities;

/// <summary>
/// Runs a script. Beside what every script can use, <c>setOutcome(name)</c> and <c>setOutcomes([names])</c> choose the exits by which the workflow goes
/// on; without them it goes on by Done.
/// </summary>
[Activity("Elsa", "Scripting", "Runs a JavaScript.", DisplayName = "Run JavaScript")]
public sealed class RunJavaScript : Activity<object?>
{
    /// <summary>Creates the activity.</summary>
    public RunJavaScript([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates the activity with a script.</summary>
    [OverloadResolutionPriority(1)]
    public RunJavaScript(string script, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(script), source, line)
    {
    }

    /// <summary>Creates the activity with a script that code computes.</summary>
    public RunJavaScript(Func<string> script, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(script), source, line)
    {
    }

    /// <summary>Creates the activity with a script that code computes.</summary>
    public RunJavaScript(
        Func<ExpressionExecutionContext, string?> script, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(context => script(context)!), source, line)
    {
    }

    /// <summary>Creates the activity with a script from a variable.</summary>
    public RunJavaScript(Variable<string> script, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(script), source, line)
    {
    }

    /// <summary>Creates the activity with a script.</summary>
    public RunJavaScript(Literal<string> script, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(new Input<string>(script), source, line)
    {
    }

    /// <summary>Creates the activity with a script.</summary>
    public RunJavaScript(Input<string> script, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line) => Script = script;

    /// <summary>The script.</summary>
    [Input(Description = "The script.", UIHint = InputUIHints.CodeEditor, DefaultSyntax = "JavaScript", Options = "javascript")]
    public Input<string> Script { get; set; } = null!;

    /// <summary>The exits the script may choose, for the editor.</summary>
    [Input(DisplayName = "Possible Outcomes", Description = "The exits the script may choose.", UIHint = InputUIHints.DynamicOutcomes)]
    public Input<ICollection<string>> PossibleOutcomes { get; set; } = null!;

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var globals = new OutcomeGlobals(new WorkflowGlobals(context.ExpressionExecutionContext, ExpressionEvaluatorOptions.Empty));
        var script = Script.GetOrDefault(context);
        var result = string.IsNullOrWhiteSpace(script)
            ? null
            : context.GetRequiredService<JavaScriptEvaluator>().Evaluate(script, globals, context.CancellationToken);
        context.SetResult(result);
        await (globals.Outcomes is { Length: > 0 } chosen ? context.CompleteActivityWithOutcomesAsync(chosen) : context.CompleteActivityAsync());
    }

    private sealed class OutcomeGlobals(WorkflowGlobals workflow) : IScriptGlobals
    {
        public string[] Outcomes { get; private set; } = [];

        public JsValue? Find(string name, ScriptRun run) => name switch
        {
            "setOutcome" => Setter(run),
            "setOutcomes" => Setter(run),
            _ => workflow.Find(name, run),
        };

        public void Completed(ScriptRun run) => workflow.Completed(run);

        private JsValue Setter(ScriptRun run) => run.Function(arguments =>
        {
            var given = arguments.Length > 0 ? run.Values.FromScript(arguments[0]) : null;
            Outcomes = ReleaseWorkflows.Runtime.Expressions.ValueConverter.ConvertOrThrow<string[]>(given) ?? [];
            return JsValue.Undefined;
        });
    }
}

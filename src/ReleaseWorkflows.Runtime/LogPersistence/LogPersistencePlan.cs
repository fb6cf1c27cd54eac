using System.Text.Json;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.LogPersistence;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.LogPersistence;

/// <summary>
/// What a definition says about the records of one activity's executions, in the custom properties <c>logPersistenceConfig</c> and, in older
/// files, <c>logPersistenceMode</c>. Read once, when the workflow is compiled; decided by <see cref="LogPersistenceEvaluator"/> each time the
/// activity runs.
/// </summary>
/// <remarks>
/// The way of a decision: single input or output → activity → workflow → setting of the engine. The first that says Include or Exclude
/// counts; if none does, the value is kept. The state of the instance is not concerned: what a workflow needs to go on is always stored.
/// </remarks>
internal sealed class LogPersistencePlan
{
    private const string ConfigProperty = "logPersistenceConfig";
    private const string LegacyProperty = "logPersistenceMode";

    private readonly Dictionary<string, LogPersistenceRule> _inputs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, LogPersistenceRule> _outputs = new(StringComparer.OrdinalIgnoreCase);

    private LogPersistencePlan()
    {
    }

    /// <summary>For what has no rule of its own; of the workflow: for all activities. Null: none.</summary>
    public LogPersistenceRule? Default { get; private set; }

    /// <summary>For journal data and properties. Null: as the default.</summary>
    public LogPersistenceRule? InternalState { get; private set; }

    /// <summary>The rules of an activity or a workflow; null if it has none.</summary>
    public static LogPersistencePlan? Of(IActivity activity)
    {
        if (activity.CustomProperties.Count == 0)
            return null;

        var plan = new LogPersistencePlan();
        var hasRules = plan.Read(activity.CustomProperties, LegacyProperty) | plan.Read(activity.CustomProperties, ConfigProperty);
        return hasRules ? plan : null;
    }

    public LogPersistenceRule? RuleOfInput(string name) => _inputs.GetValueOrDefault(name);

    public LogPersistenceRule? RuleOfOutput(string name) => _outputs.GetValueOrDefault(name);

    // Read second, the newer form replaces single rules of the older one.
    private bool Read(IDictionary<string, object> properties, string name)
    {
        if (!properties.TryGetValue(name, out var value) || AsJson(value) is not { ValueKind: JsonValueKind.Object } source)
            return false;

        Default = LogPersistenceRule.Read(source, "default") ?? Default;
        InternalState = LogPersistenceRule.Read(source, "internalState") ?? InternalState;
        ReadSection(source, "inputs", _inputs);
        ReadSection(source, "outputs", _outputs);
        return Default is not null || InternalState is not null || _inputs.Count > 0 || _outputs.Count > 0;
    }

    private static void ReadSection(JsonElement source, string name, Dictionary<string, LogPersistenceRule> rules)
    {
        if (!source.TryGetObject(name, out var section))
            return;

        foreach (var member in section.EnumerateObject())
        {
            if (LogPersistenceRule.Read(member.Value) is { } rule)
                rules[member.Name] = rule;
        }
    }

    // Workflows built in code hold objects instead of JSON.
    private static JsonElement? AsJson(object value) =>
        value is JsonElement element ? element : JsonSerializer.SerializeToElement(value, JsonValues.Options);
}

/// <summary>One rule: a mode, a strategy by the name of its class, or an expression that gives a mode.</summary>
/// <param name="Mode">The mode, if it is fixed.</param>
/// <param name="Strategy">Simple name of the strategy's class.</param>
/// <param name="Expression">An expression that gives the name of a mode.</param>
internal sealed record LogPersistenceRule(LogPersistenceMode Mode, string? Strategy, Expression? Expression)
{
    /// <summary>The rule in a member; null if there is none.</summary>
    public static LogPersistenceRule? Read(JsonElement source, string member) => source.TryGetMember(member, out var value) ? Read(value) : null;

    /// <summary>The rule that a value states; null if it states none.</summary>
    public static LogPersistenceRule? Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String or JsonValueKind.Number =>
            Enum.TryParse<LogPersistenceMode>(value.ToString(), ignoreCase: true, out var mode) && Enum.IsDefined(mode)
                ? new LogPersistenceRule(mode, null, null)
                : null,
        JsonValueKind.Object => IsExpression(value)
            ? value.TryGetObject("expression", out var expression) && ActivityReader.ReadExpression(expression) is { } read
                ? new LogPersistenceRule(LogPersistenceMode.Inherit, null, read)
                : null
            : value.Text("strategyType") is { Length: > 0 } strategy
                ? new LogPersistenceRule(LogPersistenceMode.Inherit, DefinitionReader.SimpleName(strategy), null)
                : null,
        _ => null,
    };

    private static bool IsExpression(JsonElement value) =>
        value.Text("evaluationMode") is { } mode && (mode == "1" || string.Equals(mode, "Expression", StringComparison.OrdinalIgnoreCase));
}

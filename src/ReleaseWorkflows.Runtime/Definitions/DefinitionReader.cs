using System.Text.Json;
using Elsa.Workflows;
using Elsa.Workflows.ActivationValidators;
using Elsa.Workflows.Activities;
using Elsa.Workflows.IncidentStrategies;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Services;
using ReleaseWorkflows.Runtime.Definitions.CodeFirst;
using ReleaseWorkflows.Runtime.Definitions.Validation;
using ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>
/// Reads Elsa's definition format: the envelope here, activities in <see cref="ActivityReader"/>. Everything that is wrong is reported;
/// what can be understood is read, members that mean nothing to the engine are left in the text, which is stored as it came.
/// </summary>
internal sealed class DefinitionReader(IActivityRegistry registry, TypeAliases types, WorkflowActivityCatalog workflows, CodeWorkflows code)
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = DefinitionBounds.MaxDepth,
    };

    /// <summary>Reads what a definition says about itself, without its activities; null if its text is no JSON object.</summary>
    public Workflow? ReadHeader(string json)
    {
        var findings = new List<DefinitionFinding>();
        return Parse(json, findings) is { } source ? ReadHeader(source, Activities(new ReadScope(), findings, isNew: false), findings) : null;
    }

    private static readonly char[] NotInIds = [' ', '\t', '\r', '\n', '/', '\\', '?', '#', '%', ':', '"', '\'', '<', '>'];

    /// <summary>Reads a definition that was published before; the workflow is null if its text is no JSON object or has no root.</summary>
    public Workflow? Read(string json, List<DefinitionFinding> findings) => Read(json, findings, isNew: false);

    /// <summary>Reads a definition and checks what a new version is asked.</summary>
    public Workflow? ReadNew(string json, List<DefinitionFinding> findings) => Read(json, findings, isNew: true);

    private Workflow? Read(string json, List<DefinitionFinding> findings, bool isNew) =>
        code.TryBuild(json) ?? (Parse(json, findings) is { } source ? ReadWorkflow(source, new ReadScope(), findings, isNew) : null);

    // A copy for one place that uses it: activities belong to one workflow.
    private Workflow? ReadUsed(UsableWorkflow used, ReadScope scope, List<DefinitionFinding> findings)
    {
        var workflow = code.TryBuild(used.Json)
            ?? (Parse(used.Json, findings) is { } source ? ReadWorkflow(source, scope, findings, isNew: false) : null);
        if (workflow is not null)
            workflow.Identity = used.Identity;
        return workflow;
    }

    private static JsonElement? Parse(string json, List<DefinitionFinding> findings)
    {
        if (json.Length > DefinitionBounds.MaxLength)
        {
            findings.Add(Error("$", $"The definition has {json.Length:N0} characters; at most {DefinitionBounds.MaxLength:N0} are allowed."));
            return null;
        }

        JsonElement source;
        try
        {
            using var document = JsonDocument.Parse(json, Lenient);
            source = document.RootElement.Clone();
        }
        catch (ArgumentException)
        {
            findings.Add(Error("$", "The text is not valid Unicode: it holds half of a character."));
            return null;
        }
        catch (JsonException exception)
        {
            findings.Add(Error(
                DefinitionBounds.PathOfError(json),
                $"The text is not JSON: line {exception.LineNumber + 1}, position {exception.BytePositionInLine + 1}: {Sentence(exception)}"));
            return null;
        }

        if (DefinitionBounds.PathOfHalfCharacter(json) is { } path)
        {
            findings.Add(Error(path, "The text is not valid Unicode: an escape sequence stands for half of a character."));
            return null;
        }

        if (source.ValueKind != JsonValueKind.Object)
        {
            findings.Add(Error(null, "The text is not a JSON object."));
            return null;
        }

        // The import request of Elsa's API wraps the definition.
        if (source.TryGetObject("model", out var model) && !source.TryGetMember("root", out _))
            source = model;

        return source;
    }

    private ActivityReader Activities(ReadScope scope, List<DefinitionFinding> findings, bool isNew) =>
        new(registry, types, workflows, scope, ReadUsed, findings, isNew);

    private Workflow? ReadWorkflow(JsonElement source, ReadScope scope, List<DefinitionFinding> findings, bool isNew)
    {
        if (IdOf(source).Length == 0)
            findings.Add(Error("definitionId", "The definition has no definitionId."));

        // Text of a class that is not there (any more), or says something else now.
        if (source.TryGetObject(CodePart.Member, out var written) && written.Items("parts").Take(3).ToList() is { Count: > 0 } parts)
        {
            findings.Add(Error(CodePart.Member,
                $"The workflow was written in code, by '{written.Text("class")}', which is not there or says something else now: "
                + $"{string.Join(", ", parts.Select(static part => $"'{part}'"))} cannot be read from its text."));
            return null;
        }

        if (!source.TryGetObject("root", out var root))
        {
            findings.Add(Error("root", "The definition has no root activity."));
            return null;
        }

        var activities = Activities(scope, findings, isNew);
        var workflow = ReadHeader(source, activities, findings);
        using var inside = scope.Enter(workflow.Identity.DefinitionId);
        if (activities.Read(root, "root") is not { } rootActivity)
            return null;

        workflow.Root = rootActivity;
        if (isNew)
            VariableUse.Check(root, workflow, findings);
        return workflow;
    }

    private Workflow ReadHeader(JsonElement source, ActivityReader activities, List<DefinitionFinding> findings)
    {
        var definitionId = IdOf(source);
        var name = source.Text("name");
        var version = source.Number("version") ?? 1;
        var workflow = new Workflow
        {
            Identity = new WorkflowIdentity(definitionId, version, source.Text("id") ?? $"{definitionId}-{version}", source.Text("tenantId")),
            Publication = new WorkflowPublication(source.Flag("isLatest") ?? false, source.Flag("isPublished") ?? false),
            WorkflowMetadata = new WorkflowMetadata(
                name,
                source.Text("description"),
                source.Time("createdAt") ?? default,
                Version.TryParse(source.Text("toolVersion"), out var tool) ? tool : null),
            Name = name,
            Options = ReadOptions(source, findings),
            Inputs = [.. source.Items("inputs").Select(item => ReadArgument(item, new InputDefinition(), findings)).OfType<InputDefinition>()],
            Outputs = [.. source.Items("outputs").Select(item => ReadArgument(item, new OutputDefinition(), findings)).OfType<OutputDefinition>()],
            Outcomes = [.. source.Items("outcomes").Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => item.GetString()!)],
            Variables = [.. source.Items("variables").Select(item => activities.ReadVariable(item, "variables", dropUnknown: true)).OfType<Variable>()],
            IsReadonly = source.Flag("isReadonly") ?? false,
            IsSystem = source.Flag("isSystem") ?? false,
        };

        if (source.TryGetObject("customProperties", out var customProperties))
            customProperties.CopyTo(workflow.CustomProperties);
        return workflow;
    }

    // Files written by hand may leave it out. It has to be the same each time such a file is loaded.
    private static string IdOf(JsonElement source)
    {
        if (source.Text("definitionId") is { } given && !string.IsNullOrWhiteSpace(given))
            return given;
        if (source.Text("id") is { } id && !string.IsNullOrWhiteSpace(id))
            return id;

        var words = (source.Text("name") ?? "").Split(NotInIds, StringSplitOptions.RemoveEmptyEntries);
        return string.Join('-', words).ToLowerInvariant();
    }

    private WorkflowOptions ReadOptions(JsonElement source, List<DefinitionFinding> findings)
    {
        if (!source.TryGetObject("options", out var options))
            return new WorkflowOptions { UsableAsActivity = source.Flag("usableAsActivity") };

        return new WorkflowOptions
        {
            ActivationStrategyType = Strategy(options, "activationStrategyType", typeof(IWorkflowActivationStrategy), findings),
            IncidentStrategyType = Strategy(options, "incidentStrategyType", typeof(IIncidentStrategy), findings),
            UsableAsActivity = options.Flag("usableAsActivity") ?? source.Flag("usableAsActivity"),
            AutoUpdateConsumingWorkflows = options.Flag("autoUpdateConsumingWorkflows") ?? false,
            ActivityCategory = options.Text("activityCategory"),
            CommitStrategyName = options.Text("commitStrategyName"),
        };
    }

    // Strategies are named by alias, or by an assembly-qualified name of which only the simple class name counts.
    private Type? Strategy(JsonElement options, string member, Type contract, List<DefinitionFinding> findings)
    {
        if (options.Text(member) is not { Length: > 0 } name)
            return null;

        switch (SimpleName(name))
        {
            case nameof(FaultStrategy):
                return typeof(FaultStrategy);
            case nameof(ContinueWithIncidentsStrategy):
                return typeof(ContinueWithIncidentsStrategy);
            case nameof(AllowAlwaysStrategy):
                return typeof(AllowAlwaysStrategy);
            case nameof(SingletonStrategy):
                return typeof(SingletonStrategy);
            case nameof(CorrelatedSingletonStrategy):
                return typeof(CorrelatedSingletonStrategy);
            case nameof(CorrelationStrategy):
                return typeof(CorrelationStrategy);
            default:
                if (types.TryResolve(name, out var type) && type.IsAssignableTo(contract))
                    return type;
                findings.Add(Warning($"options.{member}", $"The strategy '{name}' is not known; the default applies."));
                return null;
        }
    }

    private T? ReadArgument<T>(JsonElement source, T definition, List<DefinitionFinding> findings)
        where T : ArgumentDefinition
    {
        if (source.Text("name") is not { Length: > 0 } name)
            return null;

        definition.Name = name;
        definition.DisplayName = source.Text("displayName") ?? name;
        definition.Description = source.Text("description") ?? "";
        definition.Category = source.Text("category") ?? "";

        if (types.TryResolve(source.Text("type") ?? "Object", out var type))
            definition.Type = type;
        else
            findings.Add(Error(name, $"The type '{source.Text("type")}' is not known."));

        if (definition is InputDefinition input)
        {
            input.UIHint = source.Text("uiHint") ?? "";
            input.StorageDriverType = StorageDriver(source.Text("storageDriverType"));
        }

        return definition;
    }

    /// <summary>The storage driver of this name; null, and an unknown one, keep the value in the instance.</summary>
    public static Type? StorageDriver(string? name) => name is null ? null : SimpleName(name) switch
    {
        nameof(MemoryStorageDriver) => typeof(MemoryStorageDriver),
        nameof(WorkflowStorageDriver) => typeof(WorkflowStorageDriver),
        nameof(WorkflowInstanceStorageDriver) => typeof(WorkflowInstanceStorageDriver),
        _ => null,
    };

    internal static DefinitionFinding Error(string? node, string reason) => new(FindingSeverity.Error, node, reason);

    internal static DefinitionFinding Warning(string? node, string reason) => new(FindingSeverity.Warning, node, reason);

    /// <summary>The simple class name of an assembly-qualified name.</summary>
    internal static string SimpleName(string name)
    {
        var end = name.IndexOf(',', StringComparison.Ordinal);
        var full = (end < 0 ? name : name[..end]).Trim();
        return full[(full.LastIndexOf('.') + 1)..];
    }

    // The reader's message ends with the position, which is told in people's numbers already.
    private static string Sentence(JsonException exception)
    {
        var end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }
}

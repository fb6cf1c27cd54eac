using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Definitions.CodeFirst;

/// <summary>
/// Writes a compiled workflow that is written in code as a definition: for Studio to show, to tell whether the workflow has changed, and to go on with
/// instances after it has. What only code can say (a lambda, an inline activity) is named in the member <c>code.parts</c>; everything else reads back.
/// </summary>
internal sealed class WorkflowWriter
{
    private readonly WorkflowGraph _graph;
    private readonly IActivityRegistry _registry;
    private readonly TypeAliases _types;
    private readonly SortedSet<string> _parts = new(StringComparer.Ordinal);
    private readonly JsonSerializerOptions _plainMembers;

    private WorkflowWriter(WorkflowGraph graph, IActivityRegistry registry, TypeAliases types)
    {
        _graph = graph;
        _registry = registry;
        _types = types;
        _plainMembers = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter(), new NestedActivityWriter(this), new ExpressionWriter(this), new VariableWriter(this) },
        };
    }

    /// <summary>The definition as text. The same workflow gives the same text in every process.</summary>
    public static string Write(WorkflowGraph graph, string className, IActivityRegistry registry, TypeAliases types) =>
        new WorkflowWriter(graph, registry, types).Write(className).ToJsonString();

    private JsonObject Write(string className)
    {
        var workflow = _graph.Workflow;
        var root = WriteActivity(workflow.Root);
        return new JsonObject
        {
            ["definitionId"] = workflow.Identity.DefinitionId,
            ["name"] = workflow.WorkflowMetadata.Name,
            ["description"] = workflow.WorkflowMetadata.Description,
            ["toolVersion"] = workflow.WorkflowMetadata.ToolVersion?.ToString(),
            ["variables"] = new JsonArray([.. workflow.Variables.Select(WriteVariable)]),
            ["inputs"] = new JsonArray([.. workflow.Inputs.Select(WriteArgument)]),
            ["outputs"] = new JsonArray([.. workflow.Outputs.Select(WriteArgument)]),
            ["outcomes"] = new JsonArray([.. workflow.Outcomes.Select(static outcome => JsonValue.Create(outcome))]),
            ["customProperties"] = WriteTable(workflow.CustomProperties, "the workflow's custom properties"),
            ["isReadonly"] = true,
            ["isSystem"] = workflow.IsSystem,
            ["options"] = WriteOptions(workflow.Options),
            ["root"] = root,
            [CodePart.Member] = new JsonObject
            {
                ["class"] = className,
                ["parts"] = new JsonArray([.. _parts.Select(static part => JsonValue.Create(part))]),
            },
        };
    }

    private static JsonObject WriteOptions(WorkflowOptions options) => new()
    {
        ["activationStrategyType"] = options.ActivationStrategyType?.Name,
        ["incidentStrategyType"] = options.IncidentStrategyType?.Name,
        ["usableAsActivity"] = options.UsableAsActivity,
        ["autoUpdateConsumingWorkflows"] = options.AutoUpdateConsumingWorkflows,
        ["activityCategory"] = options.ActivityCategory,
        ["commitStrategyName"] = options.CommitStrategyName,
    };

    private JsonObject WriteArgument(ArgumentDefinition argument)
    {
        var result = new JsonObject
        {
            ["name"] = argument.Name,
            ["type"] = Alias(argument.Type, argument.Name),
            ["displayName"] = argument.DisplayName,
            ["description"] = argument.Description,
            ["category"] = argument.Category,
        };
        if (argument is InputDefinition input)
        {
            result["uiHint"] = input.UIHint;
            result["storageDriverType"] = input.StorageDriverType?.Name;
        }

        return result;
    }

    private JsonObject WriteVariable(Variable variable) => new()
    {
        ["id"] = variable.Id,
        ["name"] = variable.Name,
        ["typeName"] = Alias(variable.ValueType, variable.Name),
        ["value"] = variable.Value switch
        {
            null => null,
            string text => text,
            var value => WriteValue(value, variable.Name) is { } node ? node is JsonValue ? Convert.ToString(value, CultureInfo.InvariantCulture) : node.ToJsonString() : null,
        },
        ["storageDriverTypeName"] = variable.StorageDriverType?.Name,
    };

    private JsonObject WriteActivity(IActivity activity)
    {
        var descriptor = _graph.NodeOf(activity).Descriptor;
        var result = new JsonObject { ["id"] = activity.Id, ["type"] = TypeOf(activity, descriptor), ["version"] = activity.Version };
        if (activity.Name is { } name)
            result["name"] = name;
        result["customProperties"] = WriteTable(activity.CustomProperties, activity.Id);
        result["metadata"] = WriteTable(activity.Metadata, activity.Id);

        foreach (var input in descriptor.Inputs)
        {
            if (input.ValueGetter(activity) is { } value)
                result[JsonMembers.Camel(input.Name)] = value is Input wrapped ? WriteInput(activity, wrapped, input.Name) : WriteValue(value, $"{activity.Id}.{input.Name}");
        }

        foreach (var output in descriptor.Outputs)
        {
            if (output.ValueGetter(activity) is Output { MemoryBlockReference: { } place } && place() is { } reference)
            {
                result[JsonMembers.Camel(output.Name)] = new JsonObject
                {
                    ["typeName"] = Alias(output.Type, activity.Id),
                    ["memoryReference"] = new JsonObject { ["id"] = reference.Id },
                };

                // A place that nothing declares exists in code only.
                if (string.IsNullOrEmpty(reference.Id))
                    _parts.Add($"{activity.Id}.{output.Name}");
            }
        }

        WriteGenericVariable(activity, result);
        WriteChildren(activity, result);
        return result;
    }

    // SetVariable<T> is written as the SetVariable that files know.
    private void WriteGenericVariable(IActivity activity, JsonObject result)
    {
        if (activity.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(SetVariable<>)
            && type.GetProperty("Variable")!.GetValue(activity) is Variable variable)
        {
            result["variable"] = WriteReference(variable);
        }
    }

    private void WriteChildren(IActivity activity, JsonObject result)
    {
        // A composite class fills itself.
        if (activity is Composite)
            return;

        if (activity is IVariableContainer { Variables.Count: > 0 } container)
            result["variables"] = new JsonArray([.. container.Variables.Select(WriteVariable)]);

        foreach (var property in activity.GetType().GetProperties())
        {
            var name = JsonMembers.Camel(property.Name);
            if (property.SetMethod is null || result.ContainsKey(name))
                continue;

            if (property.PropertyType.IsAssignableTo(typeof(IActivity)))
            {
                if (property.GetValue(activity) is IActivity child && !(activity is Flowchart && name == "start"))
                    result[name] = WriteActivity(child);
            }
            else if (property.PropertyType == typeof(ICollection<IActivity>) && property.GetValue(activity) is IEnumerable<IActivity> children)
            {
                result[name] = new JsonArray([.. children.Select(WriteActivity)]);
            }
        }

        if (activity is Flowchart flowchart)
            WriteConnections(flowchart, result);
    }

    private void WriteConnections(Flowchart flowchart, JsonObject result)
    {
        result["connections"] = new JsonArray([.. flowchart.Connections.Select(connection => new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = connection.Source.Activity.Id, ["port"] = connection.Source.Port },
            ["target"] = new JsonObject { ["activity"] = connection.Target.Activity.Id, ["port"] = connection.Target.Port },
        })]);

        // Files have no word for where a flowchart starts, apart from what its activities say.
        if (flowchart.Start is { } start && !ReferenceEquals(start, flowchart.ImplicitStart()))
            _parts.Add($"{flowchart.Id}.Start");
    }

    private string TypeOf(IActivity activity, ActivityDescriptor descriptor)
    {
        var type = activity.GetType();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(SetVariable<>))
            return "Elsa.SetVariable";
        if (activity is Inline || type.IsGenericType || _registry.Find(activity.Type) is null)
            _parts.Add(activity.Id);

        // Editors have to know every type they are shown.
        if (_registry.Find(activity.Type) is null)
        {
            descriptor.IsBrowsable = false;
            _registry.Register(descriptor);
        }

        return activity.Type;
    }

    private JsonObject WriteInput(IActivity activity, Input input, string name)
    {
        var result = new JsonObject { ["typeName"] = Alias(input.Type, activity.Id) };
        if (input.Expression is { } expression)
        {
            result["expression"] = WriteExpression(expression, $"{activity.Id}.{name}");
        }
        else
        {
            result["memoryReference"] = new JsonObject { ["id"] = input.MemoryBlockReference().Id };
            _parts.Add($"{activity.Id}.{name}");
        }

        return result;
    }

    private JsonObject WriteExpression(Expression expression, string place)
    {
        switch (expression.Value)
        {
            case Variable variable:
                return new JsonObject { ["type"] = expression.Type, ["value"] = WriteReference(variable) };
            case InputDefinition input:
                return new JsonObject { ["type"] = expression.Type, ["value"] = new JsonObject { ["name"] = input.Name } };
            case Delegate:
                _parts.Add(place);
                return new JsonObject { ["type"] = "Delegate" };
        }

        var value = WriteValue(expression.Value, place);
        return value is null or JsonValue || expression.Type != "Literal"
            ? new JsonObject { ["type"] = expression.Type, ["value"] = value }
            : new JsonObject { ["type"] = "Object", ["value"] = value.ToJsonString() };
    }

    private JsonObject WriteReference(Variable variable) => new()
    {
        ["id"] = variable.Id,
        ["name"] = variable.Name,
        ["typeName"] = Alias(variable.ValueType, variable.Name),
    };

    private JsonObject WriteTable(IDictionary<string, object> table, string place)
    {
        var result = new JsonObject();
        foreach (var (name, value) in table)
        {
            // Where a line of code stands is not what it does.
            if (!string.Equals(name, "source", StringComparison.OrdinalIgnoreCase))
                result[name] = WriteValue(value, $"{place}.{name}");
        }

        return result;
    }

    private JsonNode? WriteValue(object? value, string place)
    {
        try
        {
            return value switch
            {
                null => null,
                Type type => type.Name,
                Delegate => throw new NotSupportedException(),
                _ => JsonSerializer.SerializeToNode(value, value.GetType(), _plainMembers),
            };
        }
        catch (Exception exception) when (exception is NotSupportedException or JsonException or InvalidOperationException)
        {
            _parts.Add(place);
            return null;
        }
    }

    private string Alias(Type type, string place)
    {
        var alias = _types.GetAlias(type);
        if (!_types.TryResolve(alias, out var found) || found != type)
            _parts.Add(place);
        return alias;
    }

    private sealed class NestedActivityWriter(WorkflowWriter writer) : JsonConverter<IActivity>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(IActivity));

        public override IActivity Read(ref Utf8JsonReader json, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter json, IActivity value, JsonSerializerOptions options) => writer.WriteActivity(value).WriteTo(json);
    }

    private sealed class ExpressionWriter(WorkflowWriter writer) : JsonConverter<Expression>
    {
        public override Expression Read(ref Utf8JsonReader json, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter json, Expression value, JsonSerializerOptions options) =>
            writer.WriteExpression(value, "an expression").WriteTo(json);
    }

    private sealed class VariableWriter(WorkflowWriter writer) : JsonConverter<Variable>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(Variable));

        public override Variable Read(ref Utf8JsonReader json, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter json, Variable value, JsonSerializerOptions options) => writer.WriteReference(value).WriteTo(json);
    }
}

/// <summary>The member of a stored definition that says what of it only code can say.</summary>
internal static class CodePart
{
    public const string Member = "code";

    /// <summary>True if the definition is written in code.</summary>
    public static bool IsIn(string json) => Find(json) is not null;

    /// <summary>What of the stored definition is not in its text; null if the definition is not written in code.</summary>
    public static IReadOnlyList<string>? Find(string json)
    {
        if (!json.Contains($"\"{Member}\":", StringComparison.Ordinal))
            return null;

        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetObject(Member, out var code) && code.Text("class") is not null
            ? [.. code.Items("parts").Select(static part => part.GetString()!)]
            : null;
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Definitions.Validation;
using ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;
using ReleaseWorkflows.Runtime.Execution;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>Reads one definition's activities: creates an object of the named type and fills inputs, outputs, ports and plain members.</summary>
internal sealed class ActivityReader
{
    private readonly IActivityRegistry _registry;
    private readonly TypeAliases _types;
    private readonly List<DefinitionFinding> _findings;
    private readonly JsonSerializerOptions _plainMembers;
    private readonly bool _isNew;
    private readonly WorkflowActivityCatalog _workflows;
    private readonly ReadScope _scope;
    private readonly Func<UsableWorkflow, ReadScope, List<DefinitionFinding>, Workflow?> _readWorkflow;
    private readonly Dictionary<string, int> _generatedNames = new(StringComparer.Ordinal);

    public ActivityReader(
        IActivityRegistry registry,
        TypeAliases types,
        WorkflowActivityCatalog workflows,
        ReadScope scope,
        Func<UsableWorkflow, ReadScope, List<DefinitionFinding>, Workflow?> readWorkflow,
        List<DefinitionFinding> findings,
        bool isNew)
    {
        _workflows = workflows;
        _scope = scope;
        _readWorkflow = readWorkflow;
        _isNew = isNew;
        _registry = registry;
        _types = types;
        _findings = findings;
        _plainMembers = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            Converters = { new JsonStringEnumConverter(), new NestedActivityConverter(this), new ExpressionConverter() },
        };
    }

    /// <summary>Reads an activity; null, and a finding, if it cannot be created.</summary>
    public IActivity? Read(JsonElement source, string path)
    {
        var type = source.Text("type");
        var id = source.Text("id");

        if (string.IsNullOrWhiteSpace(type))
        {
            Report(id ?? path, "The activity has no type.");
            return null;
        }

        var version = source.Number("version");
        var workflow = _workflows.Resolve(source, out var isWorkflow);
        if (isWorkflow && workflow is null)
        {
            Report(id ?? path, MissingWorkflow(source, type));
            return null;
        }

        var descriptor = workflow?.Descriptor ?? (version is null ? null : _registry.Find(type, version.Value)) ?? _registry.Find(type);
        if (descriptor is null)
        {
            Report(id ?? path, $"The activity type '{type}' is not known.");
            ReadNested(source, path);
            return null;
        }

        // A version that was stored before keeps running on the newest version of the type, as it always did.
        if (_isNew && workflow is null && version > 0 && descriptor.Version != version)
        {
            Report(id ?? path, string.Create(
                CultureInfo.InvariantCulture, $"The activity type '{type}' has no version {version}; the newest is {descriptor.Version}."));
        }

        if (++_scope.Count > DefinitionBounds.MaxActivities)
        {
            if (_scope.Count == DefinitionBounds.MaxActivities + 1)
                Report(path, $"The definition has more than {DefinitionBounds.MaxActivities:N0} activities.");
            return null;
        }

        if (Create(descriptor, id ?? path) is not { } activity)
            return null;

        activity.Id = string.IsNullOrWhiteSpace(id) ? GenerateId(descriptor) : id;
        activity.Name = source.Text("name");
        activity.Version = descriptor.Version;
        ReadSettings(activity, source);
        ReadInputs(activity, descriptor, source);
        ReadOutputs(activity, descriptor, source);
        if (activity is WorkflowDefinitionActivity use)
            ReadWorkflow(use, source);
        else
            ReadChildren(activity, source);

        if (activity is IVariableContainer container)
        {
            foreach (var item in source.Items("variables"))
            {
                if (ReadVariable(item, activity.Id, dropUnknown: false) is { } variable)
                    container.Variables.Add(variable);
            }
        }

        if (activity is Flowchart flowchart)
            ReadConnections(flowchart, source);

        return activity;
    }

    private IActivity? Create(ActivityDescriptor descriptor, string node)
    {
        try
        {
            return descriptor.Create();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Report(node, $"An activity of the type '{descriptor.TypeName}' cannot be created: {Failures.MessageOf(exception)}");
            return null;
        }
    }

    /// <summary>Reads the declaration of a variable.</summary>
    /// <param name="source">The declaration.</param>
    /// <param name="node">What findings name.</param>
    /// <param name="dropUnknown">True: a variable of an unknown type is left out. False: it becomes one of any type.</param>
    public Variable? ReadVariable(JsonElement source, string node, bool dropUnknown)
    {
        if (source.Text("name") is not { Length: > 0 } name)
            return null;

        var typeName = source.Text("typeName") ?? "Object";
        if (!_types.TryResolve(typeName, out var type))
        {
            _findings.Add(DefinitionReader.Warning(node, $"The type '{typeName}' of the variable '{name}' is not known{(dropUnknown ? "; the variable is left out" : "")}."));
            if (dropUnknown)
                return null;
            type = typeof(object);
        }

        if (source.Flag("isArray") == true)
            type = type.MakeArrayType();

        var variable = (Variable)Activator.CreateInstance(typeof(Variable<>).MakeGenericType(type))!;
        variable.Name = name;
        variable.Id = source.Text("id") is { Length: > 0 } id ? id : $"{node}:{name}";
        variable.StorageDriverType = DefinitionReader.StorageDriver(source.Text("storageDriverTypeName"));

        if (source.TryGetMember("value", out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
        {
            object given = value.ValueKind == JsonValueKind.String ? value.GetString()! : value;
            var conversion = ValueConverter.Convert(given, type);
            if (!conversion.IsSuccess)
                Report(node, $"The default of the variable '{name}' does not fit its type: {conversion.Error}");
            else if (ImmutableTypes.Contains(conversion.Value))
                variable.Value = conversion.Value;
            else
                variable.DefaultFactory = () => ValueConverter.Convert(given, type).GetValueOrThrow();
        }

        return variable;
    }

    private static void ReadSettings(IActivity activity, JsonElement source)
    {
        if (source.TryGetObject("customProperties", out var customProperties))
            customProperties.CopyTo(activity.CustomProperties);
        if (source.TryGetObject("metadata", out var metadata))
            metadata.CopyTo(activity.Metadata);
        if (source.Flag("canStartWorkflow") is { } canStart)
            activity.SetCanStartWorkflow(canStart);
        if (source.Flag("runAsynchronously") is { } runAsynchronously)
            activity.SetRunAsynchronously(runAsynchronously);
    }

    private void ReadInputs(IActivity activity, ActivityDescriptor descriptor, JsonElement source)
    {
        foreach (var input in descriptor.Inputs)
        {
            if (!source.TryGetMember(input.IsSynthetic ? SyntheticMembers.NameOf(input.Name) : JsonMembers.Camel(input.Name), out var value))
                continue;
            if (input.IsWrapped)
                ReadInput(activity, input, value);
            else
                ReadPlain(activity, input.PropertyInfo!, value);
        }
    }

    private static void ReadInput(IActivity activity, InputDescriptor descriptor, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            descriptor.ValueSetter(activity, null);
            return;
        }

        Expression? expression;
        if (value.ValueKind != JsonValueKind.Object)
            expression = new Expression("Literal", Simple(value));
        else if (!value.TryGetMember("typeName", out _))
            expression = null;
        else
            expression = value.TryGetObject("expression", out var source) ? ReadExpression(source) : null;

        var property = descriptor.IsSynthetic ? typeof(Input<>).MakeGenericType(descriptor.Type) : descriptor.PropertyInfo!.PropertyType;
        descriptor.ValueSetter(
            activity,
            expression is null
                ? null
                : Activator.CreateInstance(property, expression, new MemoryBlockReference($"{activity.Id}:{descriptor.Name}")));
    }

    /// <summary>Reads an expression; null if it is empty or a delegate, which no file can hold.</summary>
    internal static Expression? ReadExpression(JsonElement source)
    {
        var type = source.Text("type");
        if (string.IsNullOrWhiteSpace(type) || type == "Delegate")
            return null;
        if (!source.TryGetMember("value", out var value))
            return new Expression(type, null);

        return type switch
        {
            "Variable" when value.ValueKind == JsonValueKind.Object => new Expression(type, new Variable(value.Text("name") ?? "", null, value.Text("id"))),
            "Input" when value.ValueKind == JsonValueKind.Object => new Expression(type, new InputDefinition { Name = value.Text("name") ?? "" }),
            _ => new Expression(type, Simple(value)),
        };
    }

    private static void ReadOutputs(IActivity activity, ActivityDescriptor descriptor, JsonElement source)
    {
        foreach (var output in descriptor.Outputs)
        {
            var member = output.IsSynthetic ? SyntheticMembers.NameOf(output.Name) : JsonMembers.Camel(output.Name);
            if (source.TryGetObject(member, out var value)
                && value.TryGetObject("memoryReference", out var reference)
                && reference.Text("id") is { Length: > 0 } id)
            {
                var type = output.IsSynthetic ? typeof(Output<>).MakeGenericType(output.Type) : output.PropertyInfo!.PropertyType;
                output.ValueSetter(activity, Activator.CreateInstance(type, new MemoryBlockReference(id)));
            }
        }
    }

    private void ReadChildren(IActivity activity, JsonElement source)
    {
        foreach (var property in activity.GetType().GetProperties())
        {
            if (property.SetMethod is null || !source.TryGetMember(JsonMembers.Camel(property.Name), out var value))
                continue;

            if (property.PropertyType.IsAssignableTo(typeof(IActivity)))
            {
                if (value.ValueKind == JsonValueKind.Object)
                    property.SetValue(activity, Read(value, $"{activity.Id}.{JsonMembers.Camel(property.Name)}"));
            }
            else if (property.PropertyType == typeof(ICollection<IActivity>))
            {
                var children = new List<IActivity>();
                var index = 0;
                foreach (var item in JsonMembers.Items(value))
                {
                    if (Read(item, string.Create(CultureInfo.InvariantCulture, $"{activity.Id}.{JsonMembers.Camel(property.Name)}[{index++}]")) is { } child)
                        children.Add(child);
                }

                property.SetValue(activity, children);
            }
        }
    }

    private void ReadWorkflow(WorkflowDefinitionActivity activity, JsonElement source)
    {
        activity.LatestAvailablePublishedVersion = source.Number("latestAvailablePublishedVersion") ?? activity.Version;
        activity.LatestAvailablePublishedVersionId = source.Text("latestAvailablePublishedVersionId");

        var workflow = activity.Source!;
        if (_scope.Way.Contains(workflow.Identity.DefinitionId))
        {
            Report(activity.Id, workflow.Identity.DefinitionId == _scope.Way[^1]
                ? $"The workflow '{workflow.Identity.DefinitionId}' cannot be used as an activity of itself."
                : $"The workflows {string.Join(" → ", _scope.Way.Append(workflow.Identity.DefinitionId).Select(static name => $"'{name}'"))} use each other in a circle.");
            return;
        }

        if (_scope.Way.Count >= ReadScope.MaxLevels)
        {
            Report(activity.Id, $"More than {ReadScope.MaxLevels} workflows are used inside each other.");
            return;
        }

        var findings = new List<DefinitionFinding>();
        var inside = _readWorkflow(workflow, _scope, findings);
        var errors = findings.Where(static finding => finding.Severity == FindingSeverity.Error).ToList();
        if (inside is not null && errors.Count == 0)
        {
            activity.Root = inside;
            return;
        }

        Report(activity.Id, string.Create(
            CultureInfo.InvariantCulture,
            $"Version {workflow.Identity.Version} of the workflow '{workflow.Identity.DefinitionId}' cannot be used: {string.Join(" ", errors.Take(3).Select(static finding => finding.Reason))}"));
    }

    private string MissingWorkflow(JsonElement source, string type)
    {
        var definitionId = source.Text("workflowDefinitionId");
        if (definitionId is null)
        {
            return source.Text("workflowDefinitionVersionId") is { } versionId
                ? $"The activity '{type}' stands for the version '{versionId}' of a workflow, which is not there or cannot be used as an activity."
                : $"The activity '{type}' stands for another workflow, but does not say which: give it a 'workflowDefinitionId'.";
        }

        return _workflows.FindPublished(definitionId) is { } published
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The activity '{type}' stands for version {source.Number("version")} of the workflow '{definitionId}', which is not there; published is version {published.Identity.Version}.")
            : $"The activity '{type}' stands for the workflow '{definitionId}', which is not published or cannot be used as an activity.";
    }

    private void ReadPlain(IActivity activity, System.Reflection.PropertyInfo property, JsonElement value)
    {
        try
        {
            // A plain member may still be written like an input; its literal is what counts.
            if (value.TryGetObject("expression", out var expression) && value.TryGetMember("typeName", out _) && ReadExpression(expression) is { } literal)
                property.SetValue(activity, ValueConverter.Convert(literal.Value, property.PropertyType).GetValueOrThrow());
            else
                property.SetValue(activity, JsonMembers.Unwrap(value).Deserialize(property.PropertyType, _plainMembers));
        }
        catch (Exception exception) when (exception is JsonException or ValueConversionException or NotSupportedException)
        {
            Report(activity.Id, $"The member '{JsonMembers.Camel(property.Name)}' cannot be read: {exception.Message}");
        }
    }

    private void ReadConnections(Flowchart flowchart, JsonElement source)
    {
        var activities = new Dictionary<string, IActivity>(StringComparer.Ordinal);
        foreach (var activity in flowchart.Activities)
            activities.TryAdd(activity.Id, activity);

        var named = source.Items("activities").Select(static item => item.Text("id")).ToHashSet(StringComparer.Ordinal);
        var known = new HashSet<(string, string?, string, string?)>();
        foreach (var item in source.Items("connections"))
        {
            if (flowchart.Connections.Count >= DefinitionBounds.MaxConnections)
            {
                Report(flowchart.Id, $"The flowchart has more than {DefinitionBounds.MaxConnections:N0} connections.");
                return;
            }

            var (from, fromPort) = ReadEndpoint(item, "source", "sourcePort");
            var (to, toPort) = ReadEndpoint(item, "target", "targetPort");

            if (from is null || to is null)
            {
                Report(flowchart.Id, "A connection has no source or no target.");
                continue;
            }

            // An end that could not be read has a finding of its own; only a name that nothing has is reported here.
            if (!activities.TryGetValue(from, out var fromActivity) | !activities.TryGetValue(to, out var toActivity))
            {
                foreach (var missing in new[] { from, to }.Where(id => !activities.ContainsKey(id) && !named.Contains(id)))
                    Report(flowchart.Id, $"The connection from '{from}' to '{to}' names the activity '{missing}', which is not in the flowchart.");
                continue;
            }

            if (known.Add((from, fromPort, to, toPort)))
                flowchart.Connections.Add(new Connection(new Endpoint(fromActivity!, fromPort), new Endpoint(toActivity!, toPort)));
        }
    }

    private static (string? Activity, string? Port) ReadEndpoint(JsonElement connection, string member, string legacyPort)
    {
        if (!connection.TryGetMember(member, out var endpoint))
            return (null, null);
        if (endpoint.ValueKind == JsonValueKind.String)
            return (endpoint.GetString(), connection.Text(legacyPort));

        return (endpoint.Text("activity"), endpoint.Text("port") ?? connection.Text(legacyPort));
    }

    // What is inside an activity of an unknown type is read for its findings only.
    private void ReadNested(JsonElement source, string path)
    {
        foreach (var item in source.Items("activities"))
            Read(item, path);
    }

    private string GenerateId(ActivityDescriptor descriptor)
    {
        var number = _generatedNames[descriptor.Name] = _generatedNames.GetValueOrDefault(descriptor.Name) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{descriptor.Name}{number}");
    }

    private static object? Simple(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetDecimal(out var number) ? number : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => value.GetRawText(),
    };

    private void Report(string? node, string reason) => _findings.Add(DefinitionReader.Error(node, reason));

    /// <summary>Reads activities that are inside plain members, such as the cases of a switch.</summary>
    private sealed class NestedActivityConverter(ActivityReader reader) : JsonConverter<IActivity>
    {
        public override IActivity? Read(ref Utf8JsonReader json, Type typeToConvert, JsonSerializerOptions options)
        {
            var source = JsonElement.ParseValue(ref json);
            return source.ValueKind == JsonValueKind.Object ? reader.Read(source, "") : null;
        }

        public override void Write(Utf8JsonWriter writer, IActivity value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Definitions are stored as the text they came as.");
    }

    /// <summary>Reads expressions that are inside plain members.</summary>
    private sealed class ExpressionConverter : JsonConverter<Expression>
    {
        public override Expression? Read(ref Utf8JsonReader json, Type typeToConvert, JsonSerializerOptions options)
        {
            var source = JsonElement.ParseValue(ref json);
            return source.ValueKind == JsonValueKind.Object ? ReadExpression(source) : new Expression("Literal", Simple(source));
        }

        public override void Write(Utf8JsonWriter writer, Expression value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Definitions are stored as the text they came as.");
    }
}

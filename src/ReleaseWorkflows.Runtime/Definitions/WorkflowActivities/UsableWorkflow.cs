using Elsa.Workflows.Activities;
using Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity;
using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;

/// <summary>
/// A version of a workflow that other workflows may use as an activity.
/// </summary>
/// <remarks>
/// Life: a definition with <c>options.usableAsActivity</c> is published → the version becomes an activity type, named after the definition, with
/// the workflow's inputs, outputs and outcomes as its own → a workflow that uses it is published, and pinned to this version → whenever that
/// workflow is compiled, the activities of this version are read into it, as a copy of its own. Later versions change nothing for those who use
/// this one; it stays a type as long as the program runs.
/// </remarks>
internal sealed class UsableWorkflow
{
    private const string RootType = nameof(WorkflowDefinitionActivity);

    public UsableWorkflow(Workflow header, string json)
    {
        Identity = header.Identity;
        Json = json;
        Inputs = [.. header.Inputs.DistinctBy(static input => input.Name, StringComparer.OrdinalIgnoreCase)];
        Outputs = [.. header.Outputs.DistinctBy(static output => output.Name, StringComparer.OrdinalIgnoreCase)];
        Descriptor = Describe(header);
    }

    /// <summary>Which version of which definition this is.</summary>
    public WorkflowIdentity Identity { get; }

    /// <summary>Its text.</summary>
    public string Json { get; }

    /// <summary>The workflow's inputs.</summary>
    public IReadOnlyList<InputDefinition> Inputs { get; }

    /// <summary>The workflow's outputs.</summary>
    public IReadOnlyList<OutputDefinition> Outputs { get; }

    /// <summary>The activity type.</summary>
    public ActivityDescriptor Descriptor { get; }

    /// <summary>Type name of the activity: the definition's name with each word in upper case, words joined: <c>Child with input</c> → <c>ChildWithInput</c>.</summary>
    public static string TypeNameOf(Workflow workflow)
    {
        var name = string.IsNullOrWhiteSpace(workflow.WorkflowMetadata.Name) ? workflow.Identity.DefinitionId : workflow.WorkflowMetadata.Name;
        var result = new System.Text.StringBuilder(name.Length);
        for (var position = 0; position < name.Length; position++)
        {
            var first = position;
            while (first < name.Length && name[first] is ' ' or '_' or '-')
                first++;

            // A separator in front of anything but a letter is part of the name.
            if ((first > position || position == 0) && first < name.Length && char.IsAsciiLetter(name[first]))
            {
                result.Append(char.ToUpperInvariant(name[first]));
                position = first;
            }
            else
            {
                result.Append(name[position]);
            }
        }

        return result.ToString();
    }

    private ActivityDescriptor Describe(Workflow header)
    {
        var typeName = TypeNameOf(header);
        var dot = typeName.LastIndexOf('.');
        return new ActivityDescriptor
        {
            TypeName = typeName,
            Namespace = dot < 0 ? "" : typeName[..dot],
            Name = typeName[(dot + 1)..],
            Version = Identity.Version,
            ClrType = typeof(WorkflowDefinitionActivity),
            Category = string.IsNullOrWhiteSpace(header.Options.ActivityCategory) ? "Workflows" : header.Options.ActivityCategory,
            DisplayName = header.WorkflowMetadata.Name ?? Identity.DefinitionId,
            Description = header.WorkflowMetadata.Description,
            Kind = Elsa.Workflows.ActivityKind.Action,
            IsContainer = false,
            Inputs = [.. Inputs.Select(Describe)],
            Outputs = [.. Outputs.Select(Describe)],
            Ports = [.. Exits(header).Select(static outcome => new Port { Name = outcome, DisplayName = outcome, Type = PortType.Flow })],
            CustomProperties = new Dictionary<string, object>
            {
                ["RootType"] = RootType,
                ["WorkflowDefinitionId"] = Identity.DefinitionId,
                ["WorkflowDefinitionVersionId"] = Identity.Id,
            },
            ConstructionProperties = new Dictionary<string, object>
            {
                ["WorkflowDefinitionId"] = Identity.DefinitionId,
                ["WorkflowDefinitionVersionId"] = Identity.Id,
                ["Version"] = Identity.Version,
            },
            Create = () => new WorkflowDefinitionActivity(this),
        };
    }

    private static IEnumerable<string> Exits(Workflow header) =>
        header.Outcomes.Count == 0 ? ["Done"] : header.Outcomes.Distinct(StringComparer.Ordinal);

    private static InputDescriptor Describe(InputDefinition input) => new()
    {
        Name = input.Name,
        Type = input.Type,
        IsWrapped = true,
        IsSynthetic = true,
        IsBrowsable = true,
        DisplayName = string.IsNullOrEmpty(input.DisplayName) ? input.Name : input.DisplayName,
        Description = input.Description,
        Category = string.IsNullOrEmpty(input.Category) ? null : input.Category,
        UIHint = string.IsNullOrEmpty(input.UIHint) ? ActivityDescriber.HintFor(input.Type) : input.UIHint,
        ValueGetter = activity => activity.SyntheticProperties.TryGetValue(input.Name, out var value) ? value : null,
        ValueSetter = (activity, value) => Set(activity, input.Name, value),
    };

    private static OutputDescriptor Describe(OutputDefinition output) => new()
    {
        Name = output.Name,
        Type = output.Type,
        IsSynthetic = true,
        IsBrowsable = true,
        DisplayName = string.IsNullOrEmpty(output.DisplayName) ? output.Name : output.DisplayName,
        Description = output.Description,
        ValueGetter = activity => activity.SyntheticProperties.TryGetValue(output.Name, out var value) && value is Output ? value : null,
        ValueSetter = (activity, value) => Set(activity, output.Name, value),
    };

    private static void Set(Elsa.Workflows.IActivity activity, string name, object? value)
    {
        if (value is null)
            activity.SyntheticProperties.Remove(name);
        else
            activity.SyntheticProperties[name] = value;
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity;

namespace ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;

/// <summary>
/// The workflows that may be used as activities, by version. Their types are in the <see cref="IActivityRegistry"/>, where the palette shows those
/// of the published versions. Safe for concurrent use.
/// </summary>
internal sealed class WorkflowActivityCatalog(IActivityRegistry registry)
{
    private readonly ConcurrentDictionary<string, UsableWorkflow> _versions = new(StringComparer.Ordinal);

    // What new activities of a definition become: its published version.
    private readonly ConcurrentDictionary<string, UsableWorkflow> _published = new(StringComparer.Ordinal);

    /// <summary>The version with this id; null if it is not known, or not usable as an activity.</summary>
    public UsableWorkflow? Find(string versionId) => _versions.GetValueOrDefault(versionId);

    /// <summary>The published version of a definition; null if it has none that is usable as an activity.</summary>
    public UsableWorkflow? FindPublished(string definitionId) => _published.GetValueOrDefault(definitionId);

    /// <summary>Adds a version. What is known of it already stays.</summary>
    public void Add(UsableWorkflow workflow)
    {
        if (!_versions.TryAdd(workflow.Identity.Id, workflow))
            return;

        workflow.Descriptor.IsBrowsable = false;
        registry.Register(workflow.Descriptor);
    }

    /// <summary>Says which version of a definition new activities become; null: none any more.</summary>
    public void SetPublished(string definitionId, UsableWorkflow? workflow)
    {
        if (workflow is null)
            _published.TryRemove(definitionId, out _);
        else
            _published[definitionId] = workflow;

        foreach (var version in _versions.Values)
        {
            if (version.Identity.DefinitionId == definitionId)
                version.Descriptor.IsBrowsable = ReferenceEquals(version, workflow);
        }
    }

    /// <summary>The workflow an activity in a definition stands for.</summary>
    /// <param name="activity">The activity as it is written.</param>
    /// <param name="isWorkflow">False if the activity is of another kind.</param>
    /// <returns>The version it is pinned to, else the one with this number, else the published one if it names no version; null if that is not there.</returns>
    public UsableWorkflow? Resolve(JsonElement activity, out bool isWorkflow)
    {
        var versionId = activity.Text("workflowDefinitionVersionId");
        var definitionId = activity.Text("workflowDefinitionId");

        // Some activities have an input of this name.
        var type = activity.Text("type");
        var descriptor = type is null ? null : registry.Find(type);
        isWorkflow = (versionId ?? definitionId) is not null && (descriptor is null || descriptor.ClrType == typeof(WorkflowDefinitionActivity));

        if (!isWorkflow)
        {
            // One written by hand names only the type; the type that all of them share names nobody.
            isWorkflow = descriptor?.ClrType == typeof(WorkflowDefinitionActivity);
            if (!isWorkflow || !descriptor!.ConstructionProperties.TryGetValue("WorkflowDefinitionId", out var owner))
                return null;

            definitionId = (string)owner;
        }

        if (versionId is not null && Find(versionId) is { } pinned)
            return pinned;
        if (definitionId is null)
            return null;

        return activity.Number("version") is { } version
            ? _versions.Values.FirstOrDefault(candidate => candidate.Identity.DefinitionId == definitionId && candidate.Identity.Version == version)
            : FindPublished(definitionId);
    }

    /// <summary>Reports what keeps a workflow from becoming an activity type.</summary>
    public void Check(Workflow workflow, List<DefinitionFinding> findings)
    {
        if (workflow.Options.UsableAsActivity != true)
            return;

        var type = UsableWorkflow.TypeNameOf(workflow);
        if (registry.Find(type) is not { } taken)
            return;

        if (taken.ClrType != typeof(WorkflowDefinitionActivity))
            findings.Add(DefinitionReader.Error("name", $"The name makes the activity type '{type}', which exists already."));
        else if (taken.ConstructionProperties.TryGetValue("WorkflowDefinitionId", out var owner) && (string)owner != workflow.Identity.DefinitionId)
            findings.Add(DefinitionReader.Error("name", $"The name makes the activity type '{type}', which belongs to the definition '{owner}'."));
    }
}

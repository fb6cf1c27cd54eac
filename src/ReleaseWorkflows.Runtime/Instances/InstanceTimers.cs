using System.Text.Json;
using Elsa.Extensions;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Resumption;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>A time that an instance waits for.</summary>
/// <param name="DueAt">When it goes on by itself.</param>
/// <param name="Activity">What waits, as the definition calls it: the text shown in it, else the name, else what kind of activity it is.</param>
/// <param name="Next">What comes after it, called likewise; empty if nothing does.</param>
public sealed record InstanceTimer(DateTimeOffset DueAt, string Activity, IReadOnlyList<string> Next);

/// <summary>
/// The times that instances wait for, in the words of their definitions. Read from the bookmarks, which carry the time they are due; one look at the rows of
/// the instance.
/// </summary>
public sealed class InstanceTimers(IWorkflowStore store, IWorkflowDefinitions definitions)
{
    /// <summary>The times that an instance waits for, the earliest first; empty if it waits for none, has ended, or does not exist.</summary>
    public async ValueTask<IReadOnlyList<InstanceTimer>> ListAsync(string instanceId, CancellationToken cancellationToken)
    {
        List<(BookmarkRecord Bookmark, DateTimeOffset DueAt)>? timed = null;
        foreach (var bookmark in await store.FindInstanceBookmarksAsync(instanceId, cancellationToken))
        {
            if (DueAt(bookmark) is { } dueAt)
                (timed ??= []).Add((bookmark, dueAt));
        }

        if (timed is null || await store.FindInstanceAsync(instanceId, cancellationToken) is not { } instance)
            return [];

        var graph = await definitions.FindVersionAsync(instance.DefinitionVersionId, cancellationToken);
        return
        [
            .. from waiting in timed
               orderby waiting.DueAt
               let node = graph?.FindByKey(waiting.Bookmark.ActivityId)
               select new InstanceTimer(waiting.DueAt, node is null ? waiting.Bookmark.ActivityId : NameOf(node), node is null ? [] : NextOf(node, graph!)),
        ];
    }

    private static DateTimeOffset? DueAt(BookmarkRecord bookmark)
    {
        if (bookmark.PayloadJson is not ['{', ..] json)
            return null;

        using var payload = JsonDocument.Parse(json);
        return TimedStimulus.TryRead(payload.RootElement, out var dueAt) ? dueAt : null;
    }

    private static string NameOf(ActivityNode node) =>
        node.Activity.GetDisplayText() is { Length: > 0 } text ? text
        : node.Activity.Name is { Length: > 0 } name ? name
        : node.Descriptor.DisplayName ?? node.Descriptor.Name;

    // Where a container ends with the activity, what follows is what comes after the container.
    private static List<string> NextOf(ActivityNode node, WorkflowGraph graph)
    {
        for (var at = node; at.Parent is { } parent; at = parent)
        {
            var next = parent.Activity switch
            {
                Flowchart flowchart => flowchart.Connections.Where(connection => connection.Source.Activity == at.Activity).Select(connection => connection.Target.Activity),
                Sequence sequence => sequence.Activities.SkipWhile(activity => activity != at.Activity).Skip(1).Take(1),
                _ => [],
            };
            var names = next.Select(activity => NameOf(graph.NodeOf(activity))).Distinct(StringComparer.Ordinal).ToList();
            if (names.Count > 0)
                return names;
        }

        return [];
    }
}

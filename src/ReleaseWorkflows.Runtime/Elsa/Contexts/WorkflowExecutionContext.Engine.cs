using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows;

/// <content>What the contexts of activities and the runner do to the burst.</content>
public sealed partial class WorkflowExecutionContext
{
    /// <summary>The time of what happens now.</summary>
    internal DateTimeOffset Now => Engine.Time.GetUtcNow();

    /// <summary>Creates an execution when its turn comes, with its variables declared.</summary>
    internal ActivityExecutionContext CreateContext(ActivityNode node, ActivityExecutionContext? parent, string? id = null)
    {
        var context = new ActivityExecutionContext(id ?? Engine.Ids.GenerateId(), this, parent, node, Now);

        if (node.Activity is IVariableContainer container)
            context.ExpressionExecutionContext.Memory.Declare(container.Variables);

        _activityExecutionContexts.Add(context);
        return context;
    }

    /// <summary>Lays the inputs of a stimulus over those of the start.</summary>
    internal void BeginStimulus(IDictionary<string, object> input)
    {
        if (input.Count == 0)
        {
            Input = new Dictionary<string, object>(StartInput);
            return;
        }

        var merged = new Dictionary<string, object>(StartInput);
        foreach (var (name, value) in input)
            merged[name] = value;
        Input = merged;
    }

    internal ActivityExecutionContext? FindContext(string id)
    {
        foreach (var context in _activityExecutionContexts)
        {
            if (context.Id == id)
                return context;
        }

        return null;
    }

    internal void Schedule(
        ActivityNode node, ActivityExecutionContext owner, ActivityExecutionContext scheduler, ScheduleWorkOptions? options)
    {
        if (options?.PreventDuplicateScheduling == true && Queue.Contains(node, owner))
            return;

        Queue.Enqueue(new WorkItem
        {
            Node = node,
            Owner = owner,
            Existing = options?.ExistingActivityExecutionContext,
            Completion = options?.CompletionCallback is { } callback ? new CompletionCallback(owner, callback, options.Tag) : null,
            Tag = options?.Tag,
            Variables = options?.Variables,
            Input = options?.Input,
            SchedulingActivityExecutionId = options?.SchedulingActivityExecutionId ?? scheduler.Id,
            SchedulingActivityId = scheduler.Activity.Id,
        });
    }

    internal WorkflowExecutionLogEntry Log(
        ActivityExecutionContext context, string eventName, string? message = null, string? source = null, object? payload = null)
    {
        var entry = new WorkflowExecutionLogEntry(
            context.Id,
            context.ParentActivityExecutionContext?.Id,
            context.Activity.Id,
            context.Activity.Type,
            context.Activity.Version,
            context.Activity.Name,
            context.NodeId,
            Now,
            ExecutionLogSequence++,
            eventName,
            message,
            source,
            payload);
        LogEntries.Add(entry);
        return entry;
    }

    internal void AddBookmark(Bookmark bookmark) => BookmarkList.Add(bookmark);

    internal IEnumerable<Bookmark> BookmarksOf(ActivityExecutionContext context) =>
        BookmarkList.Where(bookmark => bookmark.ActivityInstanceId == context.Id);

    internal bool HasBookmarks(ActivityExecutionContext context)
    {
        foreach (var bookmark in BookmarkList)
        {
            if (bookmark.ActivityInstanceId == context.Id)
                return true;
        }

        return false;
    }

    internal void RemoveBookmarksOf(ActivityExecutionContext context)
    {
        if (BookmarkList.Count > 0)
            BookmarkList.RemoveAll(bookmark => bookmark.ActivityInstanceId == context.Id);
    }

    /// <summary>Writes an output where it is bound to, and into the register that expressions read outputs from.</summary>
    internal void SetOutput(ActivityExecutionContext context, Output? output, object? value, string? expression)
    {
        if (output?.MemoryBlockReference is { } place)
        {
            var reference = place();
            if (context.ExpressionExecutionContext.TryGetBlock(reference, out _))
                context.ExpressionExecutionContext.Set(reference, value);
            else if (Workflow.FindOutput(reference.Id) is { } definition)
                Output[definition.Name] = Values.To(value, definition.Type)!;
            else if (!string.IsNullOrEmpty(reference.Id))
                // A place that nothing declares, as code-first workflows use it to hand an output to an input: known from the workflow down.
                (RootContext ?? context).ExpressionExecutionContext.Memory.Declare(reference).Value = value;
        }

        Outputs.Set(context.ActivityNode.Key, OutputRegister.NameOf(context.ActivityNode, output, expression), value);
        context.Taint();
    }

    /// <summary>Writes an output that is described by data, not by a property.</summary>
    internal void SetOutput(ActivityExecutionContext context, string name, object? value)
    {
        if (context.Activity.SyntheticProperties.TryGetValue(name, out var output) && output is Output bound)
            SetOutput(context, bound, value, null);
        else
            Outputs.Set(context.ActivityNode.Key, name, value);
        context.Taint();
    }
}

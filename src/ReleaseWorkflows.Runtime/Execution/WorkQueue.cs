using Elsa.Workflows;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>An activity that is to run in this burst.</summary>
internal sealed class WorkItem
{
    /// <summary>The activity.</summary>
    public required ActivityNode Node { get; init; }

    /// <summary>Execution the new one is created inside; null for the workflow itself.</summary>
    public ActivityExecutionContext? Owner { get; init; }

    /// <summary>An execution to run again, instead of a new one.</summary>
    public ActivityExecutionContext? Existing { get; init; }

    /// <summary>Who is told when it completes.</summary>
    public CompletionCallback? Completion { get; set; }

    /// <summary>Data handed to the execution.</summary>
    public object? Tag { get; init; }

    /// <summary>Variables declared for the execution only.</summary>
    public ICollection<Variable>? Variables { get; init; }

    /// <summary>Inputs that replace those of the definition.</summary>
    public IDictionary<string, object>? Input { get; init; }

    /// <summary>The bookmark that is resumed; null if the activity runs from its beginning.</summary>
    public Bookmark? Bookmark { get; init; }

    /// <summary>A callback of the execution that is called, instead of running the activity.</summary>
    public CallbackCall? Call { get; init; }

    /// <summary>Inputs of the stimulus that is acted on from here; null if the last one still counts.</summary>
    public IDictionary<string, object>? StimulusInput { get; init; }

    /// <summary>Its place in the order of all items of the burst.</summary>
    public long Number { get; set; }

    /// <summary>Execution that scheduled it.</summary>
    public string? SchedulingActivityExecutionId { get; init; }

    /// <summary>Activity that scheduled it.</summary>
    public string? SchedulingActivityId { get; init; }

    /// <summary>True if nobody waits for the result any more.</summary>
    public bool IsObsolete => (Owner?.IsCompleted ?? false) || (Existing?.IsCompleted ?? false);
}

/// <summary>What is still to run in this burst: first in, first out.</summary>
internal sealed class WorkQueue
{
    private readonly LinkedList<WorkItem> _items = [];
    private long _lastNumber;

    public int Count => _items.Count;

    public IEnumerable<WorkItem> Items => _items;

    public void Enqueue(WorkItem item)
    {
        item.Number = ++_lastNumber;
        _items.AddLast(item);
    }

    /// <summary>The end of the queue now; for <see cref="TakeBack"/>.</summary>
    public long Mark() => _lastNumber;

    /// <summary>Removes what was queued since the mark was taken.</summary>
    public void TakeBack(long mark)
    {
        while (_items.Last is { } last && last.Value.Number > mark)
            _items.RemoveLast();
    }

    /// <summary>The next item that is still wanted; null if there is none.</summary>
    public WorkItem? Dequeue()
    {
        while (_items.First is { } first)
        {
            _items.RemoveFirst();
            if (!first.Value.IsObsolete)
                return first.Value;
        }

        return null;
    }

    public bool Contains(ActivityNode node, ActivityExecutionContext owner)
    {
        foreach (var item in _items)
        {
            if (item.Node == node && item.Owner == owner)
                return true;
        }

        return false;
    }

    /// <summary>True if something inside the execution, at any depth, is still to run, and wanted.</summary>
    public bool HasWorkInside(ActivityExecutionContext container)
    {
        foreach (var item in _items)
        {
            if (item.IsObsolete)
                continue;

            for (var owner = item.Existing ?? item.Owner; owner is not null; owner = owner.ParentActivityExecutionContext)
            {
                if (owner == container)
                    return true;
            }
        }

        return false;
    }

    public void RemoveWhere(Func<WorkItem, bool> predicate)
    {
        for (var node = _items.First; node is not null;)
        {
            var next = node.Next;
            if (predicate(node.Value))
                _items.Remove(node);
            node = next;
        }
    }

    public void Clear() => _items.Clear();

    public void ForgetCallbacksOf(ActivityExecutionContext owner)
    {
        foreach (var item in _items)
        {
            if (item.Completion?.Owner == owner)
                item.Completion = null;
        }
    }
}

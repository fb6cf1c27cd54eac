using System.Buffers;
using System.Text;
using System.Text.Json;
using Elsa.Workflows;
using Elsa.Workflows.LogPersistence;
using Elsa.Workflows.Models;
using Elsa.Workflows.State;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Resumption;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>Collects what a burst changed as rows of the current unit of work: instance, bookmarks, timers, jobs, journal, executions.</summary>
internal sealed class BurstRecorder(
    IWorkflowStore store, IOutsideJobStore jobs, IUnitOfWork unit, TimerSignal timers, OutsideWorkSignal outsideWork, InstanceChanges changes)
{
    /// <summary>Longest value that the record of an execution shows. The state keeps values whole.</summary>
    private const int MaxShownLength = 32 * 1024;

    /// <summary>What the record shows of an input that is sensitive.</summary>
    private const string Mask = "••••••";

    public void Record(Burst burst)
    {
        var context = burst.Context;
        context.UpdatedAt = context.Now;
        var state = WriteState(context);

        RecordBookmarks(burst);
        RecordJobs(burst);
        RecordJournal(context);
        RecordExecutions(context);
        store.SaveInstance(new WorkflowInstanceRecord
        {
            Id = context.Id,
            DefinitionId = context.Workflow.Identity.DefinitionId,
            DefinitionVersionId = context.Workflow.Identity.Id,
            DefinitionVersion = context.Workflow.Identity.Version,
            ParentInstanceId = context.ParentWorkflowInstanceId,
            CorrelationId = context.CorrelationId,
            ActivationKey = context.ActivationKey,
            Name = context.Name,
            Status = context.Status.ToString(),
            SubStatus = context.SubStatus.ToString(),
            IncidentCount = context.Incidents.Count,
            CreatedAt = context.CreatedAt,
            UpdatedAt = context.UpdatedAt,
            FinishedAt = context.Status == WorkflowStatus.Finished ? context.FinishedAt : null,
            Version = burst.RecordVersion,
            State = state,
        });
        if (changes.HasListeners)
            unit.OnCommitted(() => changes.Announce(context.Id));
    }

    // An instance that would wait without one of its values cannot go on; one that has ended needs them no more, and the journal says what is missing.
    private static byte[] WriteState(WorkflowExecutionContext context)
    {
        var writer = new InstanceStateWriter(context);
        var state = writer.Write();
        if (writer.Lost.Count == 0)
            return state;

        var isWaiting = context.Status == WorkflowStatus.Running;
        foreach (var lost in writer.Lost)
        {
            var message = $"The value of the {lost.What} cannot be stored: the object of type '{lost.Value.GetType().Name}' has no JSON form. {Failures.MessageOf(lost.Cause)}";
            if (isWaiting)
                Failures.Report(lost.Context ?? context.RootContext!, message, ExceptionState.FromException(lost.Cause));
            context.Log(lost.Context ?? context.RootContext!, isWaiting ? JournalEvents.Faulted : JournalEvents.NotStored, message);
        }

        if (isWaiting)
        {
            context.SubStatus = WorkflowSubStatus.Faulted;
            context.FinishedAt = context.Now;
        }

        return new InstanceStateWriter(context).Write();
    }

    // An instance that has ended waits for nothing. One that faulted keeps its bookmarks in the state, for when it is tried again.
    private void RecordBookmarks(Burst burst)
    {
        var context = burst.Context;
        var isWaiting = context.Status == WorkflowStatus.Running;
        var hasNewKey = burst.StoredCorrelationId != context.CorrelationId;
        var wakesTimers = false;

        foreach (var (stored, hash) in burst.StoredBookmarks)
        {
            if (!isWaiting || hasNewKey || !context.BookmarkList.Exists(bookmark => bookmark.Id == stored))
                store.RemoveBookmark(context.Id, stored, hash);
        }

        if (isWaiting)
        {
            foreach (var bookmark in context.BookmarkList)
            {
                if (!hasNewKey && burst.StoredBookmarks.ContainsKey(bookmark.Id))
                    continue;

                store.AddBookmark(ToRecord(bookmark, context));
                if (DueAt(bookmark) is { } dueAt)
                {
                    store.SetTimer(new TimerRecord(bookmark.Id, dueAt, context.Id, bookmark.Id, null));
                    wakesTimers = true;
                }
            }
        }

        burst.StoredBookmarks = isWaiting ? context.BookmarkList.ToDictionary(static bookmark => bookmark.Id, static bookmark => bookmark.Hash) : [];
        burst.StoredCorrelationId = context.CorrelationId;

        if (wakesTimers)
            unit.OnCommitted(timers.Wake);
    }

    // A job goes when its bookmark does, and comes back with it when a faulted instance is tried again. A new correlation id does not touch it: the
    // work may be under way.
    private void RecordJobs(Burst burst)
    {
        var context = burst.Context;
        var wanted = context.Status == WorkflowStatus.Running ? JobIdsOf(context) : [];

        foreach (var id in burst.StoredJobIds)
        {
            if (!wanted.Contains(id))
                jobs.Drop(id);
        }

        foreach (var bookmark in context.BookmarkList)
        {
            if (!wanted.Contains(bookmark.Id) || burst.StoredJobIds.Contains(bookmark.Id) || !OutsideWorkStimulus.TryRead(bookmark, out var work))
                continue;

            jobs.Add(new OutsideJobRecord
            {
                Id = bookmark.Id,
                InstanceId = context.Id,
                Kind = work.Kind,
                Addressee = work.Addressee,
                RequestJson = work.Request,
                IdempotencyKey = $"{context.Id}:{bookmark.ActivityInstanceId}",
                CreatedAt = context.Now,
                DueAt = context.Now,
                TraceParent = System.Diagnostics.Activity.Current?.Id,
            });
            unit.OnCommitted(outsideWork.Wake);
        }

        burst.StoredJobIds = wanted;
    }

    /// <summary>The bookmarks of an instance that wait for outside work.</summary>
    public static HashSet<string> JobIdsOf(WorkflowExecutionContext context) =>
        [.. context.BookmarkList.Where(static bookmark => OutsideWorkStimulus.TryRead(bookmark, out _)).Select(static bookmark => bookmark.Id)];

    private static BookmarkRecord ToRecord(Bookmark bookmark, WorkflowExecutionContext context) => new(
        bookmark.Id,
        context.Id,
        bookmark.Name,
        bookmark.Hash,
        bookmark.ActivityId,
        bookmark.ActivityInstanceId!,
        context.CorrelationId,
        OutsideWorkStimulus.TryRead(bookmark, out var work) ? work.ShownJson : StimulusHasher.ToJson(bookmark.Payload),
        bookmark.CreatedAt);

    // A payload that was restored from the state is JSON; what it was for can still be told.
    private static DateTimeOffset? DueAt(Bookmark bookmark) => bookmark.Payload switch
    {
        ITimedStimulus timed => timed.DueAt,
        JsonElement { ValueKind: JsonValueKind.Object } element when TimedStimulus.TryRead(element, out var dueAt) => dueAt,
        _ => null,
    };

    private void RecordJournal(WorkflowExecutionContext context)
    {
        if (context.LogEntries.Count == 0)
            return;

        var records = new JournalRecord[context.LogEntries.Count];
        for (var i = 0; i < records.Length; i++)
        {
            var entry = context.LogEntries[i];
            records[i] = new JournalRecord
            {
                InstanceId = context.Id,
                Sequence = entry.Sequence,
                Timestamp = entry.Timestamp,
                ActivityInstanceId = entry.ActivityInstanceId,
                ParentActivityInstanceId = entry.ParentActivityInstanceId,
                ActivityId = entry.ActivityId,
                ActivityNodeId = entry.NodeId,
                ActivityType = entry.ActivityType,
                ActivityTypeVersion = entry.ActivityTypeVersion,
                ActivityName = entry.ActivityName,
                EventName = entry.EventName ?? "",
                Message = entry.Message,
                Source = entry.Source,
                PayloadJson = entry.Payload is null ? null : Shown(entry.Payload),
            };
        }

        store.AppendJournal(records);
        context.LogEntries.Clear();
    }

    private void RecordExecutions(WorkflowExecutionContext context)
    {
        var records = new List<ActivityExecutionRecord>();
        foreach (var execution in context.Contexts)
        {
            if (!execution.IsDirty)
                continue;

            records.Add(new ActivityExecutionRecord
            {
                Id = execution.Id,
                InstanceId = context.Id,
                ActivityId = execution.Activity.Id,
                ActivityNodeId = execution.NodeId,
                ActivityType = execution.Activity.Type,
                ActivityTypeVersion = execution.Activity.Version,
                ActivityName = execution.Activity.Name,
                Status = execution.Status.ToString(),
                StartedAt = execution.StartedAt,
                CompletedAt = execution.CompletedAt,
                HasBookmarks = context.HasBookmarks(execution),
                AggregateFaultCount = execution.AggregateFaultCount,
                SchedulingActivityExecutionId = execution.SchedulingActivityExecutionId ?? execution.ParentActivityExecutionContext?.Id,
                SchedulingActivityId = execution.SchedulingActivityId ?? execution.ParentActivityExecutionContext?.Activity.Id,
                CallStackDepth = execution.CallStackDepth,
                DetailsJson = Details(execution),
            });
            execution.ClearTaint();
        }

        if (records.Count > 0)
            store.SaveActivityExecutions(records);
    }

    private static string? Details(ActivityExecutionContext execution)
    {
        var outputs = execution.WorkflowExecutionContext.Outputs.Of(execution.ActivityNode.Key).ToList();
        if (execution._activityState is null && execution._journalData is null && execution.Exception is null && outputs.Count == 0)
            return null;

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteMembers(writer, "inputs", execution.ActivityDescriptor.Inputs, execution._activityState, execution.LogPersistence?.Inputs);
            WriteMembers(writer, "outputs", execution.ActivityDescriptor.Outputs, outputs!, execution.LogPersistence?.Outputs);
            if (execution.LogPersistence is not { InternalState: LogPersistenceMode.Exclude })
                WriteMembers(writer, "journal", [], execution._journalData, null);
            if (execution.Exception is { } exception)
            {
                writer.WritePropertyName("exception");
                writer.WriteRawValue(Shown(ExceptionState.FromException(exception)!));
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteMembers(
        Utf8JsonWriter writer,
        string name,
        IEnumerable<PropertyDescriptor> descriptors,
        IEnumerable<KeyValuePair<string, object>>? values,
        IDictionary<string, LogPersistenceMode>? modes)
    {
        if (values is null)
            return;

        writer.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            var descriptor = descriptors.FirstOrDefault(candidate => candidate.Name == key);
            if (descriptor is { IsSerializable: false }
                || (modes?.TryGetValue(key, out var mode) == true && mode == LogPersistenceMode.Exclude))
                continue;

            writer.WritePropertyName(key);
            if (value is null)
                writer.WriteNullValue();
            else if (descriptor is InputDescriptor { IsSensitive: true })
                writer.WriteStringValue(Mask);
            else
                writer.WriteRawValue(Shown(value));
        }

        writer.WriteEndObject();
    }

    /// <summary>A value for people: as JSON, shortened where it is long, and never a reason to fail.</summary>
    private static string Shown(object value)
    {
        try
        {
            var json = JsonSerializer.Serialize(value, value.GetType(), JsonValues.Options);
            return json.Length <= MaxShownLength ? json : JsonSerializer.Serialize(json[..MaxShownLength] + "…");
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            return JsonSerializer.Serialize(value.GetType().Name);
        }
    }
}

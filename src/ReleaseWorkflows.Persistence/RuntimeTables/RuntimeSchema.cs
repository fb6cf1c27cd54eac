using Microsoft.EntityFrameworkCore;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>The engine's tables. Rows refer to each other by integer key; the ids others know are unique columns beside it.</summary>
/// <remarks>
/// Bookmarks and bursts lie together by instance: their key is the instance's key, followed by 24 bits for the row. A burst so touches
/// one place of each table, and needs no index to find an instance's rows.
/// </remarks>
internal static class RuntimeSchema
{
    /// <summary>Rows of one kind that an instance can have.</summary>
    public const string RowsPerInstance = "16777216";

    /// <summary>The instance a row with key <c>t.key</c> belongs to.</summary>
    public const string InstanceOfRow = "i.key = t.key >> 24";

    /// <summary>Keys of the rows of the instance whose key is <c>i.key</c>, for a table <c>t</c>.</summary>
    public const string RowsOfInstance = "t.key >= i.key << 24 AND t.key < (i.key + 1) << 24";

    private const string Running = "status = 'Running'";

    public static void Configure(ModelBuilder model)
    {
        model.Entity<WorkflowInstanceRow>(row =>
        {
            row.ToTable("workflow_instances").HasKey(instance => instance.Key);
            row.HasIndex(instance => instance.Id).IsUnique();
            // An index holds the rows of one value in the order of their keys, which is that of creation: lists need no sorting.
            row.HasIndex(instance => new { instance.DefinitionId, instance.SubStatus });
            row.HasIndex(instance => instance.SubStatus);
            row.HasIndex(instance => instance.SubStatus, "incidents").HasFilter("incident_count > 0");
            row.HasIndex(instance => instance.CorrelationId).HasFilter("correlation_id IS NOT NULL");
            row.HasIndex(instance => instance.FinishedAt).HasFilter("finished_at IS NOT NULL");
            // Only running instances are looked for by these; ended ones leave the indexes.
            row.HasIndex(instance => instance.ActivationKey).IsUnique().HasFilter(Running + " AND activation_key IS NOT NULL");
            row.HasIndex(instance => instance.ParentInstanceId).HasFilter(Running + " AND parent_instance_id IS NOT NULL");
        });
        model.Entity<WorkflowInstanceStateRow>(row =>
        {
            row.ToTable("workflow_instance_states").HasKey(state => state.InstanceKey);
            row.HasOne<WorkflowInstanceRow>().WithOne().HasForeignKey<WorkflowInstanceStateRow>(state => state.InstanceKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<BookmarkRow>(row =>
        {
            row.ToTable("bookmarks").HasKey(bookmark => bookmark.Key);
            row.HasIndex(bookmark => new { bookmark.Hash, bookmark.Number }).IsUnique();
        });
        model.Entity<FanOutRow>(row =>
        {
            row.ToTable("fan_outs").HasKey(fanOut => fanOut.Key);
            row.HasIndex(fanOut => fanOut.Id).IsUnique();
            row.HasIndex(fanOut => fanOut.DueAt).HasFilter("dead_at IS NULL");
            row.HasIndex(fanOut => fanOut.DeadAt).HasFilter("dead_at IS NOT NULL");
        });
        model.Entity<TriggerRow>(row =>
        {
            row.ToTable("triggers").HasKey(trigger => trigger.Key);
            row.HasIndex(trigger => trigger.Id).IsUnique();
            row.HasIndex(trigger => trigger.Hash);
            row.HasIndex(trigger => trigger.Name);
            row.HasIndex(trigger => trigger.DefinitionId);
        });
        model.Entity<TimerRow>(row =>
        {
            row.ToTable("timers").HasKey(timer => timer.Key);
            row.HasIndex(timer => timer.Id).IsUnique();
            row.HasIndex(timer => timer.DueAt);
        });
        model.Entity<OutsideJobRow>(row =>
        {
            row.ToTable("outside_jobs").HasKey(job => job.Key);
            row.HasIndex(job => job.Id).IsUnique();
            row.HasIndex(job => new { job.DueAt, job.Kind, job.Addressee });
        });
        model.Entity<BurstRow>(row => row.ToTable("bursts").HasKey(burst => burst.Key));
        model.Entity<WorkflowDefinitionRow>(row =>
        {
            row.ToTable("workflow_definitions").HasKey(definition => definition.Key);
            row.HasIndex(definition => definition.Id).IsUnique();
            row.HasIndex(definition => new { definition.DefinitionId, definition.Version }).IsUnique();
            row.HasIndex(definition => definition.DefinitionId, "latest").IsUnique().HasFilter("is_latest = 1");
            row.HasIndex(definition => definition.DefinitionId, "published").IsUnique().HasFilter("is_published = 1");
        });
        model.Entity<WorkflowDefinitionChangeRow>(row =>
        {
            row.ToTable("workflow_definition_changes").HasKey(change => change.Key);
            row.HasIndex(change => change.DefinitionId);
            row.HasIndex(change => change.At);
        });
    }
}

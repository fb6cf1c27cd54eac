using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Instances as people look at them, from committed rows.</summary>
internal sealed class InstanceReader(DatabaseReader reader) : IInstanceReader
{
    private const string Header = """
        SELECT i.id, i.definition_id, i.definition_version_id, i.definition_version, i.parent_instance_id, i.correlation_id, i.name, i.status, i.sub_status,
               i.incident_count, i.created_at, i.updated_at, i.finished_at, i.version
        """;

    private static readonly SqlStatement FindHeader = new(Header + " FROM workflow_instances i WHERE i.id = $id");
    private static readonly SqlStatement FindWhole = new(
        Header + ", s.state FROM workflow_instances i JOIN workflow_instance_states s ON s.instance_key = i.key WHERE i.id = $id");
    private static readonly SqlStatement ListDefinitionIds = new("SELECT DISTINCT definition_id FROM workflow_definitions ORDER BY definition_id");
    private static readonly SqlStatement HasId = new("SELECT 1 FROM workflow_instances WHERE id = $id");
    private static readonly SqlStatement HasCorrelationId = new("SELECT 1 FROM workflow_instances WHERE correlation_id IS NOT NULL AND correlation_id = $correlation_id LIMIT 1");
    private static readonly SqlStatement HasDefinitionId = new("SELECT 1 FROM workflow_instances WHERE definition_id = $definition_id LIMIT 1");

    public ValueTask<InstancePage> ListAsync(InstanceQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query.Skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Take, InstanceQuery.MaxPageSize);

        var search = SearchOf(query);
        var (page, pageArguments) = InstanceList.Page(Header, query, search);
        var items = reader.List(page, InstanceTable.ReadHeader, pageArguments);

        // A first page that is not full says itself how many there are.
        if (query.Skip == 0 && items.Count < query.Take)
            return new(new InstancePage(items, items.Count));

        var (count, countArguments) = InstanceList.Count(query, search);
        return new(new InstancePage(items, reader.Find(count, static row => row.GetInt32(0), countArguments)));
    }

    public ValueTask<IReadOnlyList<string>> ListDefinitionIdsAsync(CancellationToken cancellationToken) =>
        new(reader.List(ListDefinitionIds, static row => row.GetString(0)));

    public ValueTask<WorkflowInstanceRecord?> FindAsync(string instanceId, CancellationToken cancellationToken) =>
        new(reader.Find(FindWhole, static row => InstanceTable.ReadHeader(row) with { State = CompressedJson.Read(row.GetBytes(14)) }, instanceId));

    public ValueTask<WorkflowInstanceRecord?> FindHeaderAsync(string instanceId, CancellationToken cancellationToken) =>
        new(reader.Find(FindHeader, InstanceTable.ReadHeader, instanceId));

    public ValueTask<JournalPage> ReadJournalAsync(string instanceId, JournalQuery query, CancellationToken cancellationToken)
    {
        var items = new List<JournalRecord>();
        var count = 0;
        foreach (var burst in BurstTable.Read(reader, instanceId))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var line in BurstText.ReadLines(burst.RootElement, instanceId))
            {
                if (!query.Fits(line))
                    continue;
                if (count >= query.Skip && items.Count < query.Take)
                    items.Add(line);
                count++;
            }
        }

        return new(new JournalPage(items, count));
    }

    public ValueTask<IReadOnlyList<ActivityExecutionRecord>> ReadExecutionsAsync(string instanceId, CancellationToken cancellationToken)
    {
        var executions = new List<ActivityExecutionRecord>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var burst in BurstTable.Read(reader, instanceId))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var execution in BurstText.ReadExecutions(burst.RootElement, instanceId))
            {
                if (places.TryAdd(execution.Id, executions.Count))
                    executions.Add(execution);
                else
                    executions[places[execution.Id]] = execution with { DetailsJson = Join(executions[places[execution.Id]].DetailsJson, execution.DetailsJson) };
            }
        }

        return new(executions);
    }

    // Inputs are known in the burst that evaluated them, an outcome in the one that completed the execution.
    private static string? Join(string? earlier, string? later)
    {
        if (earlier is null || later is null)
            return later ?? earlier;

        var joined = JsonNode.Parse(earlier)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(later)!.AsObject())
            joined[name] = value?.DeepClone();
        return joined.ToJsonString(JsonSerializerOptions.Default);
    }

    private InstanceSearch SearchOf(InstanceQuery query)
    {
        if (string.IsNullOrWhiteSpace(query.SearchTerm))
            return InstanceSearch.None;
        if (Is(HasId))
            return InstanceSearch.Id;
        if (Is(HasCorrelationId))
            return InstanceSearch.CorrelationId;
        return Is(HasDefinitionId) ? InstanceSearch.DefinitionId : InstanceSearch.Name;

        bool Is(SqlStatement question) => reader.List(question, static row => true, query.SearchTerm).Count > 0;
    }
}

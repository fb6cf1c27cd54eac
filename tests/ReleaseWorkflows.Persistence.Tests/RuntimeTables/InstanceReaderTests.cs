using Elsa.Workflows;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.RuntimeTables;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Tests.RuntimeTables;

public sealed class InstanceReaderTests
{
    private static readonly WorkflowInstanceRecord[] Five =
    [
        Samples.Instance("i1") with { Name = "Shop 1.0.0", CorrelationId = "r1", DefinitionVersion = 2 },
        Samples.Instance("i2") with { Name = "Shop 2.0.0", CorrelationId = "r2", DefinitionId = "other", DefinitionVersionId = "other-1", CreatedAt = Samples.Noon.AddMinutes(1) },
        Samples.Instance("i3") with { Name = "bank 50%", CorrelationId = "r3", Status = "Finished", SubStatus = "Finished", FinishedAt = Samples.Noon.AddMinutes(9) },
        Samples.Instance("i4") with { Name = null, Status = "Finished", SubStatus = "Faulted", IncidentCount = 1, FinishedAt = Samples.Noon.AddMinutes(8) },
        Samples.Instance("i5") with { Name = "Taxi", CorrelationId = null, DefinitionId = "other", Status = "Finished", SubStatus = "Cancelled", UpdatedAt = Samples.Noon.AddHours(1) },
    ];

    private static CancellationToken None => CancellationToken.None;

    public static TheoryData<string, InstanceQuery, string> Questions => new()
    {
        { "everything, newest first", new(), "i5 i4 i3 i2 i1" },
        { "oldest first", new() { IsDescending = false }, "i1 i2 i3 i4 i5" },
        { "a page", new() { Skip = 1, Take = 2 }, "i4 i3" },
        { "a definition", new() { DefinitionIds = ["pipeline"] }, "i4 i3 i1" },
        { "two definitions", new() { DefinitionIds = ["pipeline", "other", "other"] }, "i5 i4 i3 i2 i1" },
        { "a page of a definition", new() { DefinitionIds = ["pipeline"], Skip = 1, Take = 1 }, "i3" },
        { "running", new() { Statuses = [WorkflowStatus.Running] }, "i2 i1" },
        { "ended", new() { Statuses = [WorkflowStatus.Finished] }, "i5 i4 i3" },
        { "faulted or suspended", new() { SubStatuses = [WorkflowSubStatus.Faulted, WorkflowSubStatus.Suspended] }, "i4 i2 i1" },
        { "running and faulted at once", new() { Statuses = [WorkflowStatus.Running], SubStatuses = [WorkflowSubStatus.Faulted] }, "" },
        { "ended of a definition", new() { DefinitionIds = ["other"], Statuses = [WorkflowStatus.Finished] }, "i5" },
        { "a version id", new() { DefinitionVersionIds = ["other-1"] }, "i2" },
        { "a version number", new() { Version = 2 }, "i1" },
        { "a correlation id", new() { CorrelationIds = ["r3"] }, "i3" },
        { "a correlation id and a status", new() { CorrelationIds = ["r3"], Statuses = [WorkflowStatus.Running] }, "" },
        { "a name", new() { Names = ["Taxi"] }, "i5" },
        { "ids", new() { Ids = ["i1", "i4", "nobody"] }, "i4 i1" },
        { "no ids", new() { Ids = [] }, "" },
        { "with incidents", new() { HasIncidents = true }, "i4" },
        { "without incidents, running", new() { HasIncidents = false, Statuses = [WorkflowStatus.Running] }, "i2 i1" },
        { "search by id", new() { SearchTerm = "i2" }, "i2" },
        { "search by correlation id", new() { SearchTerm = "r1" }, "i1" },
        { "search by definition", new() { SearchTerm = "other" }, "i5 i2" },
        { "search by definition among others", new() { SearchTerm = "other", DefinitionIds = ["pipeline"] }, "" },
        { "search by name", new() { SearchTerm = "sHOP" }, "i2 i1" },
        { "search for a sign that means something to SQL", new() { SearchTerm = "0%" }, "i3" },
        { "search for nothing of the kind", new() { SearchTerm = "x'; DROP TABLE bursts; --" }, "" },
        { "created later than", new() { Times = [new(InstanceTime.CreatedAt, TimeComparison.GreaterThan, Samples.Noon)] }, "i2" },
        { "ended in between", new() { Times = [new(InstanceTime.FinishedAt, TimeComparison.GreaterThanOrEqual, Samples.Noon.AddMinutes(8)), new(InstanceTime.FinishedAt, TimeComparison.LessThan, Samples.Noon.AddMinutes(9))] }, "i4" },
        { "by end", new() { OrderBy = InstanceOrder.Finished }, "i3 i4 i5 i2 i1" },
        { "by last move", new() { OrderBy = InstanceOrder.Updated }, "i5 i4 i3 i2 i1" },
        { "by name, of a definition", new() { OrderBy = InstanceOrder.Name, IsDescending = false, DefinitionIds = ["pipeline"] }, "i4 i1 i3" },
    };

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task A_list_answers(string question, InstanceQuery query, string expected)
    {
        await using var database = await SeededAsync();

        var page = await database.Services.GetRequiredService<IInstanceReader>().ListAsync(query, None);

        Assert.True(expected == string.Join(' ', page.Items.Select(instance => instance.Id)), question);
        var isWhole = query is { Skip: 0, Take: 100 };
        Assert.Equal(isWhole ? page.Items.Count : query.DefinitionIds is null ? 5 : 3, page.TotalCount);
    }

    [Fact]
    public async Task More_definitions_than_an_index_serves_at_once_are_listed_all_the_same()
    {
        await using var database = await SeededAsync();
        string[] definitions = [.. Enumerable.Range(0, 50).Select(i => $"d{i}"), "other"];

        var page = await database.Services.GetRequiredService<IInstanceReader>().ListAsync(new InstanceQuery { DefinitionIds = definitions }, None);

        Assert.Equal(["i5", "i2"], page.Items.Select(instance => instance.Id));
    }

    [Theory]
    [InlineData("ix_workflow_instances_sub_status", WorkflowSubStatus.Suspended, null, null)]
    [InlineData("ix_workflow_instances_definition_id_sub_status", null, "pipeline", null)]
    [InlineData("ix_workflow_instances_definition_id_sub_status", WorkflowSubStatus.Faulted, "pipeline", null)]
    [InlineData("ix_workflow_instances_incidents", WorkflowSubStatus.Faulted, null, true)]
    public async Task A_usual_list_walks_an_index_in_order_and_sorts_no_more_than_its_page(string index, WorkflowSubStatus? subStatus, string? definition, bool? hasIncidents)
    {
        await using var database = await TestDatabase.OpenAsync();
        var query = new InstanceQuery
        {
            SubStatuses = subStatus is { } value ? [value] : null,
            DefinitionIds = definition is null ? null : [definition],
            HasIncidents = hasIncidents,
        };

        var plan = Explain(database.Path, InstanceList.Page("SELECT i.id", query, InstanceSearch.None).Statement);

        Assert.Contains(plan, step => step.Contains(index, StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN TABLE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Journal_and_executions_come_back_as_they_were_recorded()
    {
        await using var database = await TestDatabase.OpenAsync();
        var line = Samples.Line("a", 0) with { ParentActivityInstanceId = "p", ActivityName = "Review", Message = "m", Source = "s.cs:1", PayloadJson = """{"a":1}""" };
        var execution = Samples.Execution("a", "e", "Running") with
        {
            ActivityName = "Review",
            HasBookmarks = true,
            AggregateFaultCount = 2,
            SchedulingActivityExecutionId = "p",
            SchedulingActivityId = "flow",
            CallStackDepth = 3,
            DetailsJson = """{"inputs":{"For":"ä"}}""",
        };
        await database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("a"));
            store.AppendJournal([line]);
            store.SaveActivityExecutions([execution]);
        });
        var done = execution with { Status = "Completed", CompletedAt = Samples.Noon.AddMinutes(1), HasBookmarks = false, DetailsJson = """{"outputs":{"Result":1}}""" };
        await database.CommitAsync(store =>
        {
            store.AppendJournal([Samples.Line("a", 1) with { ActivityName = "Review", EventName = "Completed" }, Samples.Line("a", 2) with { ActivityId = "root", ActivityNodeId = "root", ActivityType = "Elsa.Flowchart" }]);
            store.SaveActivityExecutions([done, Samples.Execution("a", "f", "Running")]);
        });
        var reader = database.Services.GetRequiredService<IInstanceReader>();

        var journal = await reader.ReadJournalAsync("a", new JournalQuery { ExcludedActivityTypes = ["Elsa.Flowchart"] }, None);
        var second = await reader.ReadJournalAsync("a", new JournalQuery { Skip = 1, Take = 1 }, None);
        var executions = await reader.ReadExecutionsAsync("a", None);

        Assert.Equal(line, journal.Items[0]);
        Assert.Equal((2, 2), (journal.Items.Count, journal.TotalCount));
        Assert.Equal((1L, 3), (second.Items.Single().Sequence, second.TotalCount));
        Assert.Equal("Completed", Assert.Single((await reader.ReadJournalAsync("a", new JournalQuery { EventNames = ["Completed"] }, None)).Items).EventName);
        Assert.Equal(done with { DetailsJson = """{"inputs":{"For":"ä"},"outputs":{"Result":1}}""" }, executions[0] with { DetailsJson = executions[0].DetailsJson!.Replace("\\u00E4", "ä", StringComparison.Ordinal) });
        Assert.Equal(["e", "f"], executions.Select(one => one.Id));
        Assert.Empty((await reader.ReadJournalAsync("nobody", new JournalQuery(), None)).Items);
    }

    [Fact]
    public async Task A_journal_of_many_bursts_is_read_to_its_end()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store => store.SaveInstance(Samples.Instance("a")));
        await database.CommitAsync(store => store.SaveInstance(Samples.Instance("b")));
        await using (var scope = database.Begin())
        {
            for (var i = 0; i < 600; i++)
            {
                scope.ServiceProvider.GetRequiredService<IWorkflowStore>().AppendJournal([Samples.Line("a", i)]);
                await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(None);
            }
        }

        var page = await database.Services.GetRequiredService<IInstanceReader>().ReadJournalAsync("a", new JournalQuery { Skip = 590 }, None);

        Assert.Equal((600, 10, 599L), (page.TotalCount, page.Items.Count, page.Items[^1].Sequence));
    }

    [Fact]
    public async Task A_whole_instance_has_its_state_and_a_header_does_not()
    {
        await using var database = await SeededAsync();
        var reader = database.Services.GetRequiredService<IInstanceReader>();

        Assert.Equal("{}", (await reader.FindAsync("i1", None))!.State.Text());
        Assert.Equal(Five[0] with { Version = 1, State = default }, await reader.FindHeaderAsync("i1", None));
        Assert.Null(await reader.FindAsync("nobody", None));
    }

    private static async Task<TestDatabase> SeededAsync()
    {
        var database = await TestDatabase.OpenAsync();
        foreach (var instance in Five)
            await database.CommitAsync(store => store.SaveInstance(instance));
        return database;
    }

    private static List<string> Explain(string path, SqlStatement statement)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var statements = new PreparedStatements(connection);
        return statements.Query(
            new SqlStatement("EXPLAIN QUERY PLAN " + statement.Text), row => row.GetString(3), new object?[statement.Parameters.Length]);
    }
}

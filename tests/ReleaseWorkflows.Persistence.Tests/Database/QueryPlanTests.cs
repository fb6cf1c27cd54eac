using System.Reflection;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;

namespace ReleaseWorkflows.Persistence.Tests.Database;

/// <summary>Asks SQLite how it would run every statement of the project.</summary>
public sealed class QueryPlanTests(QueryPlanTests.EmptyDatabase database) : IClassFixture<QueryPlanTests.EmptyDatabase>
{
    // Lists of everything are small tables read whole, or walk an index in order. Bookmarks are looked for by their id alone only where code of a host
    // resumes one without saying whose it is: an index for that would cost pages at each step of every release.
    private static readonly string[] ReadWholeTables =
    [
        "DatabaseStatus.WriteNothing", "DatabaseStatus.ListMigrations",
        // Asked by whoever collects measurements, a few times a minute: what waits, and what was given up.
        "BacklogMetrics.Outbox", "BacklogMetrics.OutsideJobs", "BacklogMetrics.DeadLetters", "BacklogMetrics.Stimuli", "BacklogMetrics.DeadStimuli",
        "MiniProgramTable.ListAll", "TargetAppTable.ListAll", "WorkspaceTable.ListAll", "AccountTable.ListAll", "DefinitionTable.ListPublishedVersions",
        "DefinitionTable.CountWanted", "InstanceTable.FindRunning", "InstanceReader.ListDefinitionIds", "TimerTable.FindEarliest", "FanOutTable.FindEarliest", "OutsideJobTable.FindEarliest", "OutboxTable.FindEarliest",
        "OutboxTable.CountBacklog", "RetentionTable.LastAnswer", "BookmarkTable.FindById",
    ];

    // A handful of rows each, or an order the index cannot give.
    private static readonly string[] SortWhatTheyFind = ["TesterTable.ListOfRelease", "TesterTable.Insert", "MiniProgramTable.ListVersions", "InstanceTable.FindRunningOfDefinition"];

    public static TheoryData<string> Statements =>
        [.. AllStatements().Where(pair => !ReadWholeTables.Contains(pair.Name) && !pair.Name.StartsWith("WriterConnection.", StringComparison.Ordinal)).Select(pair => pair.Name)];

    [Theory]
    [MemberData(nameof(Statements))]
    public void A_statement_of_a_burst_finds_its_rows_through_an_index(string name)
    {
        var plan = Explain(AllStatements().Single(pair => pair.Name == name).Statement);

        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN TABLE", StringComparison.Ordinal) && !step.Contains("json_each", StringComparison.Ordinal));
        if (!SortWhatTheyFind.Contains(name))
            Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    [Fact]
    public void The_list_of_what_waits_for_review_walks_the_index_of_those()
    {
        var plan = Explain(ReleaseList.Build("SELECT document FROM releases", new ReleaseQuery { Status = ReleaseStatus.UnderReview, After = new ReleaseId("x") }, 50).Statement);

        Assert.Contains(plan, step => step.Contains("ix_releases_status_id", StringComparison.Ordinal));
    }

    [Fact]
    public void The_list_of_my_requests_walks_the_index_of_applicants()
    {
        var plan = Explain(ReleaseList.Build("SELECT document FROM releases", new ReleaseQuery { Applicant = new UserId("dev") }, 50).Statement);

        Assert.Equal(["SEARCH TABLE releases USING INDEX ix_releases_applicant (applicant=?)"], plan);
    }

    [Fact]
    public void The_list_of_a_mini_program_walks_its_releases_whatever_their_status()
    {
        var plan = Explain(ReleaseList.Build(
            "SELECT document FROM releases", new ReleaseQuery { MiniProgram = new MiniProgramKey("coffee"), Status = ReleaseStatus.NewVersionCreated }, 50).Statement);

        Assert.Equal(["SEARCH TABLE releases USING INDEX ix_releases_mini_program_id (mini_program=?)"], plan);
    }

    public static TheoryData<string, ReleaseQuery> Lists
    {
        get
        {
            var member = new ReleaseVisibility([new WorkspaceKey("acme")], [new WorkspaceKey("superapp")], [new MiniProgramKey("coffee")]);
            return new()
            {
                { "ix_releases_of_workspace", new ReleaseQuery { Visibility = member } },
                { "ix_releases_to_workspace", new ReleaseQuery { Visibility = member, Environment = ReleaseEnvironment.Test } },
                { "ix_releases_mini_program_id", new ReleaseQuery { Visibility = member, Status = ReleaseStatus.Archived } },
                { "ix_releases_open", new ReleaseQuery { Visibility = member, IsOpen = true } },
                { "ix_releases_status_id", new ReleaseQuery { IsOpen = true, Status = ReleaseStatus.PilotTesting } },
                { "ix_releases_status_id", new ReleaseQuery { Visibility = member, Status = ReleaseStatus.Canceled } },
                { "ix_releases_to_app", new ReleaseQuery { Visibility = member, App = new AppKey("superapp-a"), After = new ReleaseId("x") } },
                { "ix_releases_mini_program_id", new ReleaseQuery { MiniProgram = new MiniProgramKey("coffee"), Visibility = member } },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_list_of_releases_walks_an_index_in_order(string index, ReleaseQuery query)
    {
        var plan = Explain(ReleaseList.Build("SELECT document FROM releases", query, 50).Statement);

        Assert.Contains(plan, step => step.Contains(index, StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN TABLE releases", StringComparison.Ordinal) && !step.Contains("INDEX", StringComparison.Ordinal));
    }

    private static IEnumerable<(string Name, SqlStatement Statement)> AllStatements() =>
        from type in typeof(SqlStatement).Assembly.GetTypes()
        from field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
        where field.FieldType == typeof(SqlStatement)
        orderby type.Name, field.Name
        select ($"{type.Name}.{field.Name}", (SqlStatement)field.GetValue(null)!);

    private List<string> Explain(SqlStatement statement)
    {
        using var connection = new SqliteConnection($"Data Source={database.Path};Pooling=False");
        connection.Open();
        using var statements = new PreparedStatements(connection);
        return statements.Query(
            new SqlStatement("EXPLAIN QUERY PLAN " + statement.Text), row => row.GetString(3), new object?[statement.Parameters.Length]);
    }

    /// <summary>One database for all questions; nobody writes to it.</summary>
    public sealed class EmptyDatabase : IAsyncLifetime
    {
        private TestDatabase? _database;

        public string Path => _database!.Path;

        public async Task InitializeAsync() => _database = await TestDatabase.OpenAsync();

        public async Task DisposeAsync() => await _database!.DisposeAsync();
    }
}

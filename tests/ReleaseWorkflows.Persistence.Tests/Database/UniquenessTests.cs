using Microsoft.Data.Sqlite;

namespace ReleaseWorkflows.Persistence.Tests.Database;

/// <summary>What has to be unique is unique in the database itself: each promise is an index of the schema as it is in force, and each such index is a promise.</summary>
public sealed class UniquenessTests
{
    // Table, columns, condition: what it promises.
    private static readonly Dictionary<string, string> Promises = new()
    {
        ["releases(id)"] = "An id names one release.",
        ["releases(mini_program,version,app,environment)"] = "A version goes to a target once, for ever (I4).",
        ["releases(mini_program,app,environment) where status IN ('UnderReview', 'PilotTesting', 'ReleasePreparation', 'GrayscaleRelease')"] = "One version is on its way per mini program and target (A22).",
        ["releases(mini_program,app,environment) where status = 'FullRelease'"] = "One version is live per mini program and target (T22).",
        ["release_log(release_key,revision)"] = "A release takes each step once (I10).",
        ["testers(release_key,tester)"] = "A tester is on a list once (T12).",
        ["mini_programs(id)"] = "A key names one mini program.",
        ["mini_program_versions(mini_program,number)"] = "A mini program has each version once.",
        ["mini_program_configurations(mini_program,number)"] = "A mini program has each revision of its configuration once.",
        ["target_apps(id)"] = "A key names one app.",
        ["workspaces(id)"] = "A key names one workspace.",
        ["accounts(id)"] = "An id names one account.",
        ["accounts(email)"] = "An address belongs to one account.",
        ["api_keys(id)"] = "An id names one key.",
        ["api_keys(secret_hash)"] = "A key opens one account.",
        ["sessions(id)"] = "An id names one session.",
        ["sessions(secret_hash)"] = "A cookie opens one session.",
        ["outbox(message_key)"] = "What leaves the platform is asked for once.",
        ["idempotency_records(account,request_key)"] = "A key of a request has one answer.",
        ["workflow_instances(id)"] = "An id names one instance.",
        ["workflow_instances(activation_key) where status = 'Running' AND activation_key IS NOT NULL"] = "Of a workflow that runs one at a time, one runs.",
        ["bookmarks(hash,number)"] = "A place to wait at is there once.",
        ["triggers(id)"] = "A trigger is there once.",
        ["timers(id)"] = "A timer fires once.",
        ["fan_outs(id)"] = "An event that many wait for is told to them once.",
        ["outside_jobs(id)"] = "A job outside is done for one bookmark.",
        ["workflow_definitions(id)"] = "An id names one version of a definition.",
        ["workflow_definitions(definition_id,version)"] = "A definition has each version once.",
        ["workflow_definitions(definition_id) where is_latest = 1"] = "One version of a definition is the latest.",
        ["workflow_definitions(definition_id) where is_published = 1"] = "One version of a definition is published.",
    };

    [Fact]
    public async Task Every_promise_of_uniqueness_is_an_index_and_every_unique_index_is_a_promise()
    {
        await using var database = await TestDatabase.OpenAsync();
        await using var connection = new SqliteConnection($"Data Source={database.Path};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT m.name || '(' || (SELECT group_concat(i.name) FROM pragma_index_info(l.name) i) || ')'
              || coalesce((SELECT ' where ' || trim(substr(s.sql, instr(s.sql, 'WHERE ') + 6)) FROM sqlite_master s WHERE s.name = l.name AND l.partial = 1), '')
            FROM sqlite_master m, pragma_index_list(m.name) l
            WHERE m.type = 'table' AND l."unique" = 1 AND l.origin = 'c' AND m.name NOT LIKE '\_\_EF%' ESCAPE '\'
            """;
        await using var rows = await command.ExecuteReaderAsync();
        var indexes = new List<string>();
        while (await rows.ReadAsync())
            indexes.Add(rows.GetString(0));

        Assert.Equal(Promises.Keys.Order(StringComparer.Ordinal), indexes.Order(StringComparer.Ordinal));
    }
}

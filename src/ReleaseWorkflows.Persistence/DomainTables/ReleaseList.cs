using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>
/// Turns a question about releases into SQL with exactly the conditions it asks for. Pages go from newer to older ids, so a page costs the
/// same wherever it lies.
/// </summary>
internal static class ReleaseList
{
    // One entry per combination of conditions; there are few hundred at most, and each is prepared once per connection.
    private static readonly ConcurrentDictionary<string, SqlStatement> Statements = new(StringComparer.Ordinal);

    public static (SqlStatement Statement, object?[] Arguments) Build(string columns, ReleaseQuery query, int limit)
    {
        var sql = new StringBuilder(columns).Append(" WHERE 1 = 1");
        var arguments = new List<object?>();
        Narrow(" AND mini_program = $mini_program", query.MiniProgram?.Value);
        Narrow(" AND version = $version", query.Version?.Value);
        Narrow(" AND app = $app", query.App?.Value);
        Narrow(" AND environment = $environment", query.Environment?.ToString());
        // As text of the query, not as an argument: only then does SQLite see that a partial index holds these rows. The sign keeps it from the index of all
        // releases in a status, where a shorter way is given.
        if (query.Status is { } status)
            sql.Append(query.MiniProgram is null && query.Applicant is null ? " AND status = '" : " AND +status = '").Append(status).Append('\'');
        Narrow(" AND applicant IS NOT NULL AND applicant = $applicant", query.Applicant?.Value);
        if (query.Visibility is { } visibility)
        {
            sql.Append("""
                 AND (mini_program_workspace IN (SELECT value FROM json_each($mini_program_workspaces))
                  OR app_workspace IN (SELECT value FROM json_each($app_workspaces)) OR mini_program IN (SELECT value FROM json_each($mini_programs)))
                """);
            arguments.Add(ToJson(visibility.MiniProgramWorkspaces.Select(workspace => workspace.Value)));
            arguments.Add(ToJson(visibility.AppWorkspaces.Select(workspace => workspace.Value)));
            arguments.Add(ToJson(visibility.MiniPrograms.Select(miniProgram => miniProgram.Value)));
        }
        Narrow(" AND id < $after", query.After?.Value);
        sql.Append(" ORDER BY id DESC LIMIT $limit");
        arguments.Add(limit);
        return (Statements.GetOrAdd(sql.ToString(), text => new SqlStatement(text)), [.. arguments]);

        void Narrow(string condition, string? value)
        {
            if (value is null)
                return;
            sql.Append(condition);
            arguments.Add(value);
        }
    }

    /// <summary>The same question to a release that is not stored yet.</summary>
    public static bool Matches(ReleaseQuery query, Release release) =>
        (query.MiniProgram is not { } miniProgram || release.Key.MiniProgram == miniProgram)
        && (query.Version is not { } version || release.Key.Version == version)
        && (query.App is not { } app || release.Key.App == app)
        && (query.Environment is not { } environment || release.Key.Environment == environment)
        && (query.Status is not { } status || release.Status == status)
        && (query.Applicant is not { } applicant || release.Request?.Applicant == applicant)
        && (query.Visibility is not { } visibility
            || visibility.MiniProgramWorkspaces.Contains(release.MiniProgramWorkspace)
            || visibility.AppWorkspaces.Contains(release.AppWorkspace)
            || visibility.MiniPrograms.Contains(release.Key.MiniProgram))
        && (query.After is not { } after || string.CompareOrdinal(release.Id.Value, after.Value) < 0);

    private static string ToJson(IEnumerable<string> values) => JsonSerializer.Serialize(values, DomainJson.Default.IEnumerableString);
}

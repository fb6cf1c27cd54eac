using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>
/// Turns a question about releases into SQL with exactly the conditions it asks for. Pages go from newer to older ids, so a page costs the
/// same wherever it lies.
/// </summary>
/// <remarks>
/// Each list is read from the index that holds the fewest rows beside it, in order and no further than the page. What a member may see is of several
/// workspaces and mini programs: each of them is a part of an index, and the first rows of the parts are merged.
/// </remarks>
internal sealed class ReleaseList
{
    private const string StatusIndex = "INDEXED BY ix_releases_status_id";

    // So many parts of an index make one list; with more, the rows are looked at from the newest on.
    private const int MaximumParts = 64;

    // One entry per combination of conditions, each prepared once per connection that uses it. Bounded, since the number of parts is the caller's.
    private const int MaximumStatements = 2_000;
    private static readonly ConcurrentDictionary<string, SqlStatement> Statements = new(StringComparer.Ordinal);

    private readonly Dictionary<string, object?> _arguments = new(StringComparer.Ordinal);
    private readonly StringBuilder _conditions = new();
    private readonly ReleaseQuery _query;

    private ReleaseList(ReleaseQuery query)
    {
        _query = query;
        Narrow("mini_program", query.MiniProgram?.Value);
        Narrow("version", query.Version?.Value);
        Narrow("app", query.App?.Value);
        Narrow("environment", query.Environment?.ToString());
        // As text of the query, not as arguments: only then does SQLite see that a partial index holds these rows. The sign keeps it from the index of
        // statuses where a shorter way is given.
        if (query.Status is { } status)
            _conditions.Append(CultureInfo.InvariantCulture, $" AND {(NarrowIndex() == StatusIndex ? "" : "+")}status = '{status}'");
        if (query.IsOpen)
            _conditions.Append(" AND " + DomainSchema.IsOpen);
        if (query.Applicant is { } applicant)
        {
            _arguments["$applicant"] = applicant.Value;
            _conditions.Append(" AND applicant IS NOT NULL AND applicant = $applicant");
        }
        if (query.After is { } after)
        {
            _arguments["$after"] = after.Value;
            _conditions.Append(" AND id < $after");
        }
    }

    /// <summary>The question as SQL.</summary>
    /// <param name="columns">What to read, from SELECT on.</param>
    /// <param name="query">The question.</param>
    /// <param name="limit">How many rows at most; stands beside the limit of the question.</param>
    public static (SqlStatement Statement, object?[] Arguments) Build(string columns, ReleaseQuery query, int limit)
    {
        var list = new ReleaseList(query);
        list._arguments["$limit"] = limit;
        return list.Build(columns);
    }

    /// <summary>The same question to a release that is not stored yet.</summary>
    public static bool Matches(ReleaseQuery query, Release release) =>
        (query.MiniProgram is not { } miniProgram || release.Key.MiniProgram == miniProgram)
        && (query.Version is not { } version || release.Key.Version == version)
        && (query.App is not { } app || release.Key.App == app)
        && (query.Environment is not { } environment || release.Key.Environment == environment)
        && (query.Status is not { } status || release.Status == status)
        && (!query.IsOpen || !release.IsTerminal)
        && (query.Applicant is not { } applicant || release.Request?.Applicant == applicant)
        && (query.Visibility is not { } visibility
            || visibility.MiniProgramWorkspaces.Contains(release.MiniProgramWorkspace)
            || visibility.AppWorkspaces.Contains(release.AppWorkspace)
            || visibility.MiniPrograms.Contains(release.Key.MiniProgram))
        && (query.After is not { } after || string.CompareOrdinal(release.Id.Value, after.Value) < 0);

    private (SqlStatement Statement, object?[] Arguments) Build(string columns)
    {
        const string order = " ORDER BY id DESC LIMIT $limit";
        var text = new StringBuilder(columns);
        if (NarrowIndex() is { } index)
            text.Append(CultureInfo.InvariantCulture, $" {index} WHERE 1 = 1{_conditions}{AmongVisible()}{order}");
        else if (Parts() is { } parts)
        {
            var selects = parts.Select(part => $"SELECT id FROM (SELECT id FROM releases WHERE {part}{_conditions}{order})");
            text.Append(CultureInfo.InvariantCulture, $" WHERE id IN (SELECT id FROM ({string.Join(" UNION ", selects)}){order}){order}");
        }
        else
            text.Append(CultureInfo.InvariantCulture, $" WHERE 1 = 1{_conditions}{AmongVisible()}{order}");

        var statement = StatementFor(text.ToString());
        return (statement, [.. statement.Parameters.Select(name => _arguments[name])]);
    }

    // The index that holds few rows whoever asks; empty: SQLite finds it; null: there is none, so that what may be seen has to narrow.
    private string? NarrowIndex() => _query switch
    {
        { Applicant: not null } or { MiniProgram: not null } => "",
        // Most releases of an old platform are archived, or live; those of one workspace are fewer.
        { Status: { } status } when _query.Visibility is null || status is not (ReleaseStatus.Archived or ReleaseStatus.FullRelease) => StatusIndex,
        { IsOpen: true } => "INDEXED BY ix_releases_open",
        { App: not null } => "",
        _ => null,
    };

    private List<string>? Parts()
    {
        if (_query.Visibility is not { } visibility)
            return null;
        if (visibility.MiniProgramWorkspaces.Count + visibility.AppWorkspaces.Count + visibility.MiniPrograms.Count > MaximumParts)
            return null;

        var parts = new List<string>();
        Add("mini_program_workspace", visibility.MiniProgramWorkspaces.Select(workspace => workspace.Value));
        Add("app_workspace", visibility.AppWorkspaces.Select(workspace => workspace.Value));
        Add("mini_program", visibility.MiniPrograms.Select(miniProgram => miniProgram.Value));
        return parts.Count == 0 ? ["0"] : parts;

        void Add(string column, IEnumerable<string> values)
        {
            foreach (var value in values.Distinct(StringComparer.Ordinal))
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"$part{parts.Count}");
                _arguments[name] = value;
                parts.Add($"{column} = {name}");
            }
        }
    }

    private string AmongVisible()
    {
        if (_query.Visibility is not { } visibility)
            return "";
        _arguments["$mini_program_workspaces"] = ToJson(visibility.MiniProgramWorkspaces.Select(workspace => workspace.Value));
        _arguments["$app_workspaces"] = ToJson(visibility.AppWorkspaces.Select(workspace => workspace.Value));
        _arguments["$mini_programs"] = ToJson(visibility.MiniPrograms.Select(miniProgram => miniProgram.Value));
        return """
             AND (mini_program_workspace IN (SELECT value FROM json_each($mini_program_workspaces))
              OR app_workspace IN (SELECT value FROM json_each($app_workspaces)) OR mini_program IN (SELECT value FROM json_each($mini_programs)))
            """;
    }

    private void Narrow(string column, string? value)
    {
        if (value is null)
            return;
        _arguments["$" + column] = value;
        _conditions.Append(CultureInfo.InvariantCulture, $" AND {column} = ${column}");
    }

    private static SqlStatement StatementFor(string text)
    {
        if (Statements.TryGetValue(text, out var known))
            return known;
        var statement = new SqlStatement(text);
        return Statements.Count < MaximumStatements ? Statements.GetOrAdd(text, statement) : statement;
    }

    private static string ToJson(IEnumerable<string> values) => JsonSerializer.Serialize(values, DomainJson.Default.IEnumerableString);
}

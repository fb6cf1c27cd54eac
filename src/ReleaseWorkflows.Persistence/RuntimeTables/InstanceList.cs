using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Elsa.Workflows;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;
using ReleaseWorkflows.Runtime.Instances;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>What the search term of a query turned out to be.</summary>
internal enum InstanceSearch
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>The id of an instance.</summary>
    Id,

    /// <summary>A correlation id.</summary>
    CorrelationId,

    /// <summary>The id of a definition.</summary>
    DefinitionId,

    /// <summary>Perhaps a part of a name.</summary>
    Name,
}

/// <summary>Turns a question about instances into SQL with exactly the conditions it asks for.</summary>
/// <remarks>
/// Keys are given out in the order of creation, and an index on a column holds the rows of one value in the order of their keys. So a list of one
/// sub-status, or of one definition and sub-status, is read from the index in order and stops with the page; one of several is
/// merged from the first rows of each part. Nothing is sorted, however many instances there are. The other orders sort what fits.
/// </remarks>
internal sealed class InstanceList
{
    // So many parts of an index make one list; with more, the rows that fit are sorted.
    private const int MaxParts = 64;

    // One entry per combination of conditions, each prepared once per connection that uses it. Bounded, since callers choose the combinations.
    private const int MaxStatements = 2000;
    private static readonly ConcurrentDictionary<string, SqlStatement> Statements = new(StringComparer.Ordinal);

    private readonly StringBuilder _text = new(512);
    private readonly Dictionary<string, object?> _arguments = new(StringComparer.Ordinal);
    private readonly InstanceQuery _query;
    private readonly string _conditions;
    private string _source = "";
    private readonly List<string> _parts;

    private InstanceList(InstanceQuery query, InstanceSearch search, bool isSorted)
    {
        _query = query;
        _parts = Parts(search, isSorted);
        _conditions = Conditions(search);
    }

    /// <summary>The page, as <paramref name="columns"/> of the table <c>i</c>.</summary>
    public static (SqlStatement Statement, object?[] Arguments) Page(string columns, InstanceQuery query, InstanceSearch search)
    {
        var list = new InstanceList(query, search, isSorted: query.OrderBy != InstanceOrder.Created);
        var direction = query.IsDescending ? "DESC" : "ASC";
        list._arguments["$take"] = query.Take;
        list._arguments["$skip"] = query.Skip;
        list._text.Append(columns).Append(" FROM workflow_instances i WHERE ");
        if (query.OrderBy == InstanceOrder.Created)
        {
            list._arguments["$window"] = query.Skip + query.Take;
            list._text.Append("i.key IN (SELECT key FROM (");
            list.AppendParts($" ORDER BY key {direction} LIMIT $window");
            list._text.Append(CultureInfo.InvariantCulture, $") ORDER BY key {direction} LIMIT $take OFFSET $skip) ORDER BY i.key {direction}");
        }
        else
        {
            var column = query.OrderBy switch
            {
                InstanceOrder.Updated => "updated_at",
                InstanceOrder.Finished => "finished_at",
                _ => "name",
            };
            list._text.Append("1 = 1").Append(list._parts[0]).Append(list._conditions)
                .Append(CultureInfo.InvariantCulture, $" ORDER BY i.{column} {direction}, i.key {direction} LIMIT $take OFFSET $skip");
        }

        return list.Build();
    }

    /// <summary>How many there are, up to <see cref="InstanceQuery.MaxCount"/>.</summary>
    public static (SqlStatement Statement, object?[] Arguments) Count(InstanceQuery query, InstanceSearch search)
    {
        var list = new InstanceList(query, search, isSorted: false);
        list._arguments["$cap"] = InstanceQuery.MaxCount;
        list._text.Append("SELECT count(*) FROM (SELECT 1 FROM (");
        list.AppendParts(" ORDER BY key DESC LIMIT $cap");
        list._text.Append(") LIMIT $cap)");
        return list.Build();
    }

    private (SqlStatement Statement, object?[] Arguments) Build()
    {
        var text = _text.ToString();
        if (!Statements.TryGetValue(text, out var statement))
        {
            statement = new SqlStatement(text);
            if (Statements.Count < MaxStatements)
                statement = Statements.GetOrAdd(text, statement);
        }

        return (statement, [.. statement.Parameters.Select(name => _arguments[name])]);
    }

    // One SELECT of keys per part of an index.
    private void AppendParts(string ending)
    {
        for (var i = 0; i < _parts.Count; i++)
        {
            _text.Append(i == 0 ? "SELECT key FROM (" : " UNION ALL SELECT key FROM (")
                .Append("SELECT key FROM workflow_instances i").Append(_source).Append(" WHERE 1 = 1").Append(_parts[i]).Append(_conditions).Append(ending).Append(')');
        }
    }

    // One part only where the rows are sorted anyway.
    private List<string> Parts(InstanceSearch search, bool isSorted)
    {
        var definitions = Definitions(search);
        var allowed = _query.AllowedSubStatuses();
        if (allowed is { Count: 0 } || definitions is { Count: 0 })
            return [" AND 0"];

        // Few rows, found by another index; or so many parts that sorting is cheaper.
        var hasFewRows = _query.Ids is not null || _query.CorrelationIds is { Count: > 0 } || search is InstanceSearch.Id or InstanceSearch.CorrelationId;
        var subStatuses = allowed ?? Enum.GetValues<WorkflowSubStatus>();
        if (isSorted || hasFewRows || (definitions?.Count ?? 1) * subStatuses.Count > MaxParts)
            return [Among("definition_id", "$definitions", definitions) + (allowed is null ? "" : $" AND sub_status IN ({string.Join(", ", allowed.Select(Quoted))})")];

        if (definitions is null && _query.HasIncidents == true)
        {
            // Few instances have incidents; left to itself, SQLite would walk all others to find them in order.
            _source = " INDEXED BY ix_workflow_instances_incidents";
            return [.. subStatuses.Select(subStatus => $" AND sub_status = {Quoted(subStatus)}")];
        }

        if (definitions is null)
            return allowed is null ? [""] : [.. allowed.Select(subStatus => $" AND sub_status = {Quoted(subStatus)}")];

        var parts = new List<string>(definitions.Count * subStatuses.Count);
        for (var i = 0; i < definitions.Count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"$definition{i}");
            _arguments[name] = definitions[i];
            parts.AddRange(subStatuses.Select(subStatus => $" AND definition_id = {name} AND sub_status = {Quoted(subStatus)}"));
        }

        return parts;
    }

    private List<string>? Definitions(InstanceSearch search)
    {
        var wanted = _query.DefinitionIds is { Count: > 0 } definitions ? definitions.Distinct(StringComparer.Ordinal).ToList() : null;
        if (search != InstanceSearch.DefinitionId)
            return wanted;
        return wanted is null || wanted.Contains(_query.SearchTerm!) ? [_query.SearchTerm!] : [];
    }

    private string Conditions(InstanceSearch search)
    {
        var text = new StringBuilder();
        text.Append(Among("id", "$ids", _query.Ids));
        text.Append(Among("correlation_id", "$correlations", _query.CorrelationIds is { Count: > 0 } correlations ? correlations : null));
        text.Append(Among("definition_version_id", "$versions", _query.DefinitionVersionIds is { Count: > 0 } versions ? versions : null));
        text.Append(Among("name", "$names", _query.Names is { Count: > 0 } names ? names : null));
        if (_query.Version is { } version)
        {
            _arguments["$version"] = version;
            text.Append(" AND definition_version = $version");
        }

        // As text of the query: only then does SQLite see that a partial index holds these rows.
        if (_query.HasIncidents is { } hasIncidents)
            text.Append(hasIncidents ? " AND incident_count > 0" : " AND incident_count = 0");
        AppendOwners(text);
        AppendSearch(text, search);
        AppendTimes(text);
        return text.ToString();
    }

    // What an instance carries is a release, which belongs to the workspaces of its mini program and of its app.
    private void AppendOwners(StringBuilder text)
    {
        if (_query.Owners is not { } owners)
            return;

        _arguments["$owners"] = JsonSerializer.Serialize(owners.Keys, DomainJson.Default.IEnumerableString);
        _arguments["$owned"] = JsonSerializer.Serialize(owners.DefinitionIds, DomainJson.Default.IEnumerableString);
        text.Append("""
             AND (i.definition_id IN (SELECT value FROM json_each($owned)) OR EXISTS (
              SELECT 1 FROM releases r
              WHERE r.id IN (i.correlation_id, (SELECT parent.correlation_id FROM workflow_instances parent WHERE parent.id = i.parent_instance_id))
                AND (r.app_workspace IN (SELECT value FROM json_each($owners)) OR r.mini_program_workspace IN (SELECT value FROM json_each($owners)))))
            """);
    }

    private void AppendSearch(StringBuilder text, InstanceSearch search)
    {
        switch (search)
        {
            case InstanceSearch.Id:
                _arguments["$search"] = _query.SearchTerm;
                text.Append(" AND id = $search");
                break;
            case InstanceSearch.CorrelationId:
                _arguments["$search"] = _query.SearchTerm;
                text.Append(" AND correlation_id = $search");
                break;
            case InstanceSearch.Name:
                _arguments["$search"] = $"%{_query.SearchTerm!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
                text.Append(" AND name LIKE $search ESCAPE '\\'");
                break;
        }
    }

    private void AppendTimes(StringBuilder text)
    {
        var number = 0;
        foreach (var filter in _query.Times ?? [])
        {
            var column = filter.Time switch
            {
                InstanceTime.CreatedAt => "created_at",
                InstanceTime.UpdatedAt => "updated_at",
                _ => "finished_at",
            };
            var comparison = filter.Comparison switch
            {
                TimeComparison.Is => "=",
                TimeComparison.IsNot => "<>",
                TimeComparison.GreaterThan => ">",
                TimeComparison.GreaterThanOrEqual => ">=",
                TimeComparison.LessThan => "<",
                _ => "<=",
            };
            var name = string.Create(CultureInfo.InvariantCulture, $"$time{number++}");
            _arguments[name] = filter.Bound.ToMicroseconds();
            text.Append(CultureInfo.InvariantCulture, $" AND {column} {comparison} {name}");
        }
    }

    private string Among(string column, string name, IReadOnlyCollection<string>? values)
    {
        if (values is null)
            return "";

        _arguments[name] = JsonSerializer.Serialize(values, DomainJson.Default.IEnumerableString);
        return $" AND {column} IN (SELECT value FROM json_each({name}))";
    }

    private static string Quoted(WorkflowSubStatus subStatus) => $"'{subStatus}'";
}

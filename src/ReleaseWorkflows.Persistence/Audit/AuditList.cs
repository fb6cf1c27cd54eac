using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;

namespace ReleaseWorkflows.Persistence.Audit;

/// <summary>
/// The trail as one list, the latest line first: what was recorded, the logs of releases, and what was done to workflow definitions. Each is read along its own
/// index by time from where the last page ended, at most a page of it, and the three are merged.
/// </summary>
internal static class AuditList
{
    // Lines of the same time: in the order of their sources, then of their keys.
    private const int Recorded = 0;
    private const int Releases = 1;
    private const int Definitions = 2;

    // One entry per combination of conditions; few dozen at most.
    private static readonly ConcurrentDictionary<string, SqlStatement> Statements = new(StringComparer.Ordinal);

    public static AuditPage Read(DatabaseReader reader, AuditQuery query)
    {
        var limit = Math.Clamp(query.Limit, 1, 500);
        var after = query.After is null ? null : Position.Parse(query.After);
        var lines = new List<(Position Position, AuditEntry Entry)>();
        if (IsKind(query.Action, kind => kind is not ("release" or "workflow")))
            lines.AddRange(ReadFrom(reader, RecordedSql(query, after, limit + 1), ReadRecorded));
        if (IsKind(query.Action, kind => kind == "release"))
            lines.AddRange(ReadFrom(reader, ReleasesSql(query, after, limit + 1), ReadRelease));
        if (IsKind(query.Action, kind => kind == "workflow"))
            lines.AddRange(ReadFrom(reader, DefinitionsSql(query, after, limit + 1), ReadDefinition));
        lines.Sort((one, other) => one.Position.CompareTo(other.Position));
        var items = lines.Take(limit).ToList();
        return new AuditPage([.. items.Select(line => line.Entry)], lines.Count > limit ? items[^1].Position.ToString() : null);
    }

    internal static (SqlStatement Statement, object?[] Arguments) RecordedSql(AuditQuery query, Position? after, int limit)
    {
        var sql = new Conditions("SELECT key, at, actor, actor_name, origin, action, subject_kind, subject, workspace, text, changes FROM audit WHERE 1 = 1");
        if (query.Action is { } action)
        {
            if (action.Contains('.', StringComparison.Ordinal))
                sql.Add(" AND action = $action", action);
            else
                sql.Add(" AND action >= $first AND action < $last", action + ".", action + "/");
        }
        if (query.Actor is { } actor)
            sql.Add(" AND actor = $actor", actor.Value);
        if (query.Subject is { } subject)
            sql.Add(" AND subject = $subject", subject);
        if (query.Scope is { } scope)
            sql.Add(" AND workspace IS NOT NULL AND workspace IN (SELECT value FROM json_each($workspaces))", ToJson(scope.Workspaces.Select(workspace => workspace.Value)));
        return sql.Finish("", query, Recorded, after, limit);
    }

    internal static (SqlStatement Statement, object?[] Arguments) ReleasesSql(AuditQuery query, Position? after, int limit)
    {
        // CROSS JOIN keeps SQLite from beginning with the releases: the log gives the order.
        var sql = new Conditions("""
            SELECT l.key, l.at, l.document, r.id, r.mini_program, r.version, r.app, r.environment, r.mini_program_workspace, r.app_workspace
            FROM release_log l CROSS JOIN releases r ON r.key = l.release_key WHERE 1 = 1
            """);
        if (query.Action is { } action && action.Contains('.', StringComparison.Ordinal))
            sql.Add($" AND json_extract({SqlFunctions.TextOf}(l.document), '$.\"$type\"') = $type", action["release.".Length..]);
        if (query.Actor is { } actor)
            sql.Add(" AND l.actor = $actor", actor.Value);
        if (query.Subject is { } subject)
            sql.Add(" AND l.release_key = (SELECT key FROM releases WHERE id = $subject)", subject);
        if (query.Scope is { } scope)
        {
            sql.Add(" AND (r.mini_program_workspace IN (SELECT value FROM json_each($workspaces)) OR r.app_workspace IN (SELECT value FROM json_each($workspaces)))",
                ToJson(scope.Workspaces.Select(workspace => workspace.Value)));
        }
        return sql.Finish("l.", query, Releases, after, limit);
    }

    internal static (SqlStatement Statement, object?[] Arguments) DefinitionsSql(AuditQuery query, Position? after, int limit)
    {
        var sql = new Conditions("SELECT key, at, definition_id, version, action, author_id, author_name FROM workflow_definition_changes WHERE 1 = 1");
        if (query.Action is { } action && action.Contains('.', StringComparison.Ordinal))
            sql.Add(" AND lower(action) = $action", action["workflow.".Length..]);
        if (query.Actor is { } actor)
            sql.Add(" AND author_id = $actor", actor.Value);
        if (query.Subject is { } subject)
            sql.Add(" AND definition_id = $subject", subject);
        if (query.Scope is { } scope)
            sql.Add(" AND definition_id IN (SELECT value FROM json_each($definitions))", ToJson(scope.Definitions));
        return sql.Finish("", query, Definitions, after, limit);
    }

    private static List<(Position, AuditEntry)> ReadFrom(
        DatabaseReader reader, (SqlStatement Statement, object?[] Arguments) query, Func<SqlRow, (Position, AuditEntry)> read) =>
        reader.List(query.Statement, read, query.Arguments);

    private static bool IsKind(string? action, Func<string, bool> isWanted) => action is null || isWanted(action.Split('.')[0]);

    private static string ToJson(IEnumerable<string> values) => JsonSerializer.Serialize(values, DomainJson.Default.IEnumerableString);

    private static (Position, AuditEntry) ReadRecorded(SqlRow row)
    {
        var what = new AuditEvent(
            row.GetString(5), row.GetString(6), row.GetString(7), row.GetStringOrNull(8) is { } workspace ? new WorkspaceKey(workspace) : null, row.GetString(9),
            row.IsDBNull(10) ? [] : JsonSerializer.Deserialize(row.GetUtf8(10), DomainJson.Default.IReadOnlyListAuditChange)!);
        return (
            new Position(row.GetInt64(1), Recorded, row.GetInt64(0)),
            new AuditEntry(row.GetTime(1), new AuditAuthor(new UserId(row.GetString(2)), row.GetString(3), row.GetStringOrNull(4)), what));
    }

    private static (Position, AuditEntry) ReadRelease(SqlRow row)
    {
        var happened = JsonSerializer.Deserialize(row.GetJson(2), DomainJson.Default.ReleaseEvent)!;
        var text = $"{row.GetString(4)} {row.GetString(5)} for {row.GetString(6)} {row.GetString(7)}: {ReleaseLogText.Of(happened)}";
        var what = new AuditEvent("release." + ReleaseEventNames.Of(happened), "release", row.GetString(3), new WorkspaceKey(row.GetString(8)), text, []);
        return (
            new Position(row.GetInt64(1), Releases, row.GetInt64(0)),
            new AuditEntry(row.GetTime(1), new AuditAuthor(happened.By, happened.ByName, null), what, new WorkspaceKey(row.GetString(9))));
    }

    // CA1308: names of actions are lower case.
#pragma warning disable CA1308
    private static (Position, AuditEntry) ReadDefinition(SqlRow row)
    {
        var (definition, verb) = (row.GetString(2), row.GetString(4).ToLowerInvariant());
        var by = row.GetStringOrNull(5) is { } author ? new AuditAuthor(new UserId(author), row.GetStringOrNull(6) ?? author, null) : AuditAuthor.Platform;
        var what = new AuditEvent("workflow." + verb, "workflow", definition, null, $"Workflow {definition}, version {row.GetInt32(3)}, {verb}.", []);
        return (new Position(row.GetInt64(1), Definitions, row.GetInt64(0)), new AuditEntry(row.GetTime(1), by, what));
    }
#pragma warning restore CA1308

    /// <summary>Where a line stands in the list: the latest time first, then the source, then the greatest key.</summary>
    internal sealed record Position(long At, int Source, long Key)
    {
        public static Position Parse(string text) =>
            text.Split('.') is [var at, var source, var key]
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            && int.TryParse(source, NumberStyles.None, CultureInfo.InvariantCulture, out var rank)
            && long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new Position(time, rank, number)
                : throw new FormatException($"“{text}” is not the end of a page of the audit trail.");

        public int CompareTo(Position other) =>
            other.At.CompareTo(At) is not 0 and var byTime ? byTime : Source.CompareTo(other.Source) is not 0 and var bySource ? bySource : other.Key.CompareTo(Key);

        public override string ToString() => FormattableString.Invariant($"{At}.{Source}.{Key}");
    }

    private sealed class Conditions(string select)
    {
        private readonly StringBuilder _sql = new(select);
        private readonly List<object?> _arguments = [];

        public void Add(string condition, params ReadOnlySpan<object?> arguments)
        {
            _sql.Append(condition);
            _arguments.AddRange(arguments);
        }

        public (SqlStatement, object?[]) Finish(string table, AuditQuery query, int source, Position? after, int limit)
        {
            if (query.From is { } from)
                Add($" AND {table}at >= $from", from.ToMicroseconds());
            if (query.Until is { } until)
                Add($" AND {table}at < $until", until.ToMicroseconds());
            if (after is not null && after.Source == source)
                Add($" AND ({table}at, {table}key) < ($after_at, $after_key)", after.At, after.Key);
            else if (after is not null)
                Add($" AND {table}at {(source < after.Source ? "<" : "<=")} $after_at", after.At);
            Add($" ORDER BY {table}at DESC, {table}key DESC LIMIT $limit", limit);
            return (Statements.GetOrAdd(_sql.ToString(), text => new SqlStatement(text)), [.. _arguments]);
        }
    }
}

/// <summary>The names under which events of releases are stored, and which the trail shows: <c>percentage-raised</c>.</summary>
internal static class ReleaseEventNames
{
    private static readonly Dictionary<Type, string> Names = typeof(ReleaseEvent)
        .GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonDerivedTypeAttribute), inherit: false)
        .Cast<System.Text.Json.Serialization.JsonDerivedTypeAttribute>()
        .ToDictionary(attribute => attribute.DerivedType, attribute => (string)attribute.TypeDiscriminator!);

    public static string Of(ReleaseEvent happened) => Names[happened.GetType()];
}

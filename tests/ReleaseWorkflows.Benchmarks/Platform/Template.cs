using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Benchmarks.Platform;

/// <summary>
/// The rows of one release (or one instance without a release) that the product itself has written, to be written again under other names.
/// Every id is replaced everywhere it occurs, and hashes of bookmarks are made anew, so that a copy is as good as one made over HTTP.
/// </summary>
internal sealed partial class Template
{
    private const int RowBits = 24;

    // What belongs to a release, and how its key follows from the keys of release and instance.
    private static readonly (string Table, string Rows, KeyKind Key)[] Tables =
    [
        // First, since other rows name the hashes.
        ("bookmarks", "key >> 24 = (SELECT key FROM workflow_instances WHERE id = $instance)", KeyKind.RowOfInstance),
        ("releases", "id = $release", KeyKind.Release),
        ("release_log", "release_key = (SELECT key FROM releases WHERE id = $release)", KeyKind.Own),
        ("workflow_instances", "id = $instance", KeyKind.Instance),
        ("workflow_instance_states", "instance_key = (SELECT key FROM workflow_instances WHERE id = $instance)", KeyKind.Own),
        ("timers", "instance_id = $instance", KeyKind.Own),
        ("bursts", "key >> 24 = (SELECT key FROM workflow_instances WHERE id = $instance)", KeyKind.RowOfInstance),
        ("outbox", "release_id = $release", KeyKind.Own),
    ];

    private readonly List<TableRows> _tables = [];
    private readonly Dictionary<string, int> _tokens = new(StringComparer.Ordinal);
    private readonly List<(int Token, string Name, Piece[] Payload)> _hashes = [];

    private enum KeyKind
    {
        /// <summary>The next free number.</summary>
        Own,
        Release,
        Instance,
        RowOfInstance,
    }

    /// <summary>Reads the rows. Texts in <paramref name="names"/> are replaced in copies by what the copy calls them.</summary>
    /// <param name="connection">The database, with a server running or not.</param>
    /// <param name="release">The release; null for an instance without one.</param>
    /// <param name="instance">The workflow instance.</param>
    /// <param name="names">Texts as they stand in the rows, for example <c>"miniProgram":"coffee"</c>.</param>
    public static Template Read(SqliteConnection connection, string? release, string instance, params string[] names)
    {
        var template = new Template();
        foreach (var name in names)
            template._tokens.Add(name, template._tokens.Count);
        foreach (var (table, rows, key) in Tables)
            template.ReadTable(connection, table, rows, key, release, instance);
        return template;
    }

    /// <summary>Number of rows a copy has.</summary>
    public int Rows => _tables.Sum(table => table.Rows.Count);

    /// <summary>Prepares writing on a connection inside a transaction of the caller.</summary>
    public Writer WriteTo(SqliteConnection connection) => new(this, connection);

    private void ReadTable(SqliteConnection connection, string table, string rows, KeyKind key, string? release, string instance)
    {
        using var command = connection.CreateCommand();
        // CA2100: constants of this file.
#pragma warning disable CA2100
        command.CommandText = $"SELECT * FROM {table} WHERE {rows} ORDER BY rowid";
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$release", (object?)release ?? "");
        command.Parameters.AddWithValue("$instance", instance);
        using var reader = command.ExecuteReader();
        var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        var read = new List<Cell[]>();
        while (reader.Read())
        {
            var values = new object[columns.Length];
            reader.GetValues(values);
            if (table == "bookmarks")
                RememberHash(columns, values);
            read.Add([.. values.Select(ToCell)]);
        }

        if (read.Count > 0)
            _tables.Add(new TableRows(table, columns, key, read));
    }

    private void RememberHash(string[] columns, object[] values)
    {
        var hash = Of("hash") is byte[] bytes ? Convert.ToHexString(bytes) : (string)Of("hash");
        var name = (string)Of("name");
        var payload = Of("payload") is byte[] compressed ? Encoding.UTF8.GetString(CompressedJson.Read(compressed).Span) : Of("payload") as string;
        // What counts is the payload, or its first member where the others are there for people only. A hash that is made of more stays as it is; its
        // bookmark is found by id.
        if (Array.Find([payload, FirstMember(payload)], candidate => HashOf(name, candidate) == hash) is { } counted && _tokens.TryAdd(hash, _tokens.Count))
            _hashes.Add((_tokens[hash], name, Split(counted)));

        object Of(string column) => values[Array.IndexOf(columns, column)];
    }

    private static string? FirstMember(string? payload)
    {
        if (payload is null)
            return null;
        using var document = JsonDocument.Parse(payload);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.EnumerateObject().FirstOrDefault() is { Value.ValueKind: not JsonValueKind.Undefined } first
            ? $"{{\"{first.Name}\":{first.Value.GetRawText()}}}"
            : null;
    }

    private static string HashOf(string name, string? payload) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(payload is null ? name : $"{name}|{payload}")));

    private Cell ToCell(object value) => value switch
    {
        string text => new Cell(null, Split(text), CellForm.Text),
        // A hash kept as bytes; everything else is JSON in UTF-8, compressed or not.
        byte[] { Length: 32 } bytes => new Cell(null, Split(Convert.ToHexString(bytes)), CellForm.Digest),
        byte[] bytes when IsText(bytes) => new Cell(null, Split(Encoding.UTF8.GetString(bytes)), CellForm.Bytes),
        byte[] bytes when IsText(CompressedJson.Read(bytes).Span) => new Cell(null, Split(Encoding.UTF8.GetString(CompressedJson.Read(bytes).Span)), CellForm.Compressed),
        _ => new Cell(value, null, CellForm.Value),
    };

    private static bool IsText(ReadOnlySpan<byte> bytes) => bytes is [(byte)'{' or (byte)'[', ..];

    private Piece[] Split(string text)
    {
        var pieces = new List<Piece>();
        var at = 0;
        while (at < text.Length)
        {
            var (start, token) = FindToken(text, at);
            if (start > at)
                pieces.Add(new Piece(text[at..start], -1));
            if (token is null)
                break;
            pieces.Add(new Piece(token, IndexOf(token)));
            at = start + token.Length;
        }

        return [.. pieces];
    }

    private int IndexOf(string token)
    {
        if (!_tokens.TryGetValue(token, out var index))
            _tokens.Add(token, index = _tokens.Count);
        return index;
    }

    private (int Start, string? Token) FindToken(string text, int from)
    {
        var (start, token) = (text.Length, (string?)null);
        foreach (var known in _tokens.Keys)
        {
            var found = text.IndexOf(known, from, StringComparison.Ordinal);
            if (found >= 0 && found < start)
                (start, token) = (found, known);
        }

        var id = Id().Match(text, from);
        return id.Success && id.Index < start ? (id.Index, id.Value) : (start, token);
    }

    // Ids of releases (32 digits, by time) and of everything of the engine (16 digits). Digests have 64 and stay.
    [GeneratedRegex("(?<![0-9a-zA-Z])([0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-zA-Z])")]
    private static partial Regex Id();

    /// <summary>Writes copies through statements prepared once.</summary>
    internal sealed class Writer : IDisposable
    {
        private readonly Template _template;
        private readonly List<SqliteCommand> _commands = [];
        private readonly string[] _replacements;
        private readonly Dictionary<string, int> _accounts;
        private long _nextRelease;
        private long _nextInstance;

        public Writer(Template template, SqliteConnection connection)
        {
            _template = template;
            _replacements = new string[template._tokens.Count];
            _accounts = ReadAccounts(connection);
            _nextRelease = Next("releases");
            _nextInstance = Next("workflow_instances");
            foreach (var table in template._tables)
            {
                var columns = table.Key == KeyKind.Own ? table.Columns.Where(column => column != "key").ToArray() : table.Columns;
                var command = connection.CreateCommand();
                // CA2100: names of tables and columns of the schema.
#pragma warning disable CA2100
                command.CommandText = $"INSERT INTO {table.Table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(column => "$" + column))})";
#pragma warning restore CA2100
                foreach (var column in table.Columns)
                    command.Parameters.Add(new SqliteParameter { ParameterName = "$" + column });
                _commands.Add(command);
            }

            long Next(string table)
            {
                using var command = connection.CreateCommand();
                // CA2100: constants of this file.
#pragma warning disable CA2100
                command.CommandText = $"SELECT coalesce(max(key), 0) + 1 FROM {table}";
#pragma warning restore CA2100
                return (long)command.ExecuteScalar()!;
            }
        }

        /// <summary>Writes a copy.</summary>
        /// <param name="number">Makes its ids unique.</param>
        /// <param name="change">Changes a value before it is written: table, column, value.</param>
        /// <param name="names">What the copy calls the names given to <see cref="Read"/>.</param>
        /// <returns>The id of its release, or of its instance if there is none.</returns>
        public string Write(long number, Func<string, string, object, object>? change = null, params ReadOnlySpan<string> names)
        {
            Rename(number, names);
            var (release, instance) = (_nextRelease++, _nextInstance++);
            var id = "";
            for (var t = 0; t < _commands.Count; t++)
            {
                var table = _template._tables[t];
                var command = _commands[t];
                foreach (var row in table.Rows)
                {
                    for (var c = 0; c < row.Length; c++)
                    {
                        object value = table.Columns[c] switch
                        {
                            "key" => table.Key switch
                            {
                                KeyKind.Release => release,
                                KeyKind.Instance => instance,
                                KeyKind.RowOfInstance => (instance << RowBits) + ((long)row[c].Value! & ((1 << RowBits) - 1)),
                                _ => DBNull.Value,
                            },
                            "release_key" => release,
                            "instance_key" => instance,
                            _ => ToValue(row[c]),
                        };
                        if (table.Columns[c] == "id" && (table.Table == "releases" || (id.Length == 0 && table.Table == "workflow_instances")))
                            id = (string)value;
                        command.Parameters[c].Value = change?.Invoke(table.Table, table.Columns[c], value) ?? value;
                    }

                    command.ExecuteNonQuery();
                }
            }

            return id;
        }

        public void Dispose() => _commands.ForEach(command => command.Dispose());

        private static Dictionary<string, int> ReadAccounts(SqliteConnection connection)
        {
            // Accounts have ids of the same form and are the same in every copy.
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT id FROM accounts";
            using var reader = command.ExecuteReader();
            var accounts = new Dictionary<string, int>(StringComparer.Ordinal);
            while (reader.Read())
                accounts.Add(reader.GetString(0), accounts.Count);
            return accounts;
        }

        private void Rename(long number, ReadOnlySpan<string> names)
        {
            foreach (var (token, index) in _template._tokens)
            {
                _replacements[index] = index < names.Length ? names[index]
                    : token.Length == 32 && !_accounts.ContainsKey(token) ? Later(token, number)
                    : token.Length == 16 ? $"{Mix(token, number):x16}"
                    : token;
            }

            foreach (var (token, name, payload) in _template._hashes)
                _replacements[token] = HashOf(name, payload.Length == 0 ? null : Join(payload));
        }

        // As chance would have them: copies take the place of real ones on disk only if their ids are as hard to compress, and lie as far apart in indexes.
        private static string Later(string token, long number) =>
            $"{Convert.ToInt64(token[..12], 16) + number:x12}{token.AsSpan(12, 4)}{Mix(token[16..], number):x16}";

        // One for each number, since each step can be undone.
        private static ulong Mix(string token, long number)
        {
            var mixed = (ulong)number * 0x9E37_79B9_7F4A_7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
            return mixed ^ (mixed >> 31) ^ Convert.ToUInt64(token, 16);
        }

        private object ToValue(Cell cell)
        {
            if (cell.Pieces is not { } pieces)
                return cell.Value!;
            var text = Join(pieces);
            return cell.Form switch
            {
                CellForm.Text => text,
                CellForm.Digest => Convert.FromHexString(text),
                CellForm.Compressed => CompressedJson.ToBytes(Encoding.UTF8.GetBytes(text)),
                _ => Encoding.UTF8.GetBytes(text),
            };
        }

        private string Join(Piece[] pieces)
        {
            var parts = new string[pieces.Length];
            for (var i = 0; i < pieces.Length; i++)
                parts[i] = pieces[i].Token < 0 ? pieces[i].Text : _replacements[pieces[i].Token];
            return string.Concat(parts);
        }
    }

    private readonly record struct Piece(string Text, int Token);

    private readonly record struct Cell(object? Value, Piece[]? Pieces, CellForm Form);

    private enum CellForm
    {
        /// <summary>A number, or something else without names in it.</summary>
        Value,
        Text,
        Bytes,
        Compressed,

        /// <summary>A hash as 32 bytes.</summary>
        Digest,
    }

    private sealed record TableRows(string Table, string[] Columns, KeyKind Key, List<Cell[]> Rows);
}

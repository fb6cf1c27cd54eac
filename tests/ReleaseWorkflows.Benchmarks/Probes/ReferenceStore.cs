using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence;

namespace ReleaseWorkflows.Benchmarks.Probes;

/// <summary>
/// The least a durable step can be: one transaction of five row writes, about 4 KB, on a lean schema in SQLite with WAL and synchronous=FULL.
/// The schema is fixed here, so that a fat schema of the product cannot lower its own bar.
/// </summary>
internal sealed class ReferenceStore : IDisposable
{
    public const int Instances = 10_000;

    private const int StateBytes = 2_400;
    private const int JournalBytes = 900;
    private const int AnswerBytes = 500;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _updateState;
    private readonly SqliteCommand _deleteBookmark;
    private readonly SqliteCommand _insertBookmark;
    private readonly SqliteCommand _insertJournal;
    private readonly SqliteCommand _insertAnswer;
    private readonly byte[] _state = new byte[StateBytes];
    private readonly byte[] _journal = new byte[JournalBytes];
    private readonly byte[] _answer = new byte[AnswerBytes];
    private long _key;

    public ReferenceStore(string path)
    {
        // The product's SQLite comes with its persistence.
        RuntimeHelpers.RunModuleConstructor(typeof(PersistenceOptions).Module.ModuleHandle);
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-65536;");
        Execute("""
            CREATE TABLE states (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL);
            CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, instance INTEGER NOT NULL, hash INTEGER NOT NULL);
            CREATE INDEX ix_bookmarks ON bookmarks (instance);
            CREATE TABLE journal (id INTEGER PRIMARY KEY, instance INTEGER NOT NULL, body BLOB NOT NULL);
            CREATE TABLE answers (id INTEGER PRIMARY KEY, request INTEGER NOT NULL, body BLOB NOT NULL);
            CREATE UNIQUE INDEX ux_answers ON answers (request);
            """);
        Random.Shared.NextBytes(_state);
        Random.Shared.NextBytes(_journal);
        Random.Shared.NextBytes(_answer);
        Execute("BEGIN");
        using (var fill = Prepare("INSERT INTO states VALUES ($id, 1, $body)", "$id", "$body"))
        using (var wait = Prepare("INSERT INTO bookmarks (instance, hash) VALUES ($id, $id)", "$id"))
        {
            for (var i = 0; i < Instances; i++)
            {
                Run(fill, i, _state);
                Run(wait, i);
            }
        }

        Execute("COMMIT");
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _updateState = Prepare("UPDATE states SET version = version + 1, body = $body WHERE id = $id", "$body", "$id");
        _deleteBookmark = Prepare("DELETE FROM bookmarks WHERE instance = $id", "$id");
        _insertBookmark = Prepare("INSERT INTO bookmarks (instance, hash) VALUES ($id, $hash)", "$id", "$hash");
        _insertJournal = Prepare("INSERT INTO journal (instance, body) VALUES ($id, $body)", "$id", "$body");
        _insertAnswer = Prepare("INSERT INTO answers (request, body) VALUES ($request, $body)", "$request", "$body");
    }

    public void Begin() => _begin.ExecuteNonQuery();

    public void Commit() => _commit.ExecuteNonQuery();

    /// <summary>The five writes of one step.</summary>
    public void Step(int instance)
    {
        _key++;
        Run(_updateState, _state, instance);
        Run(_deleteBookmark, instance);
        Run(_insertBookmark, instance, _key);
        Run(_insertJournal, instance, _journal);
        Run(_insertAnswer, _key, _answer);
    }

    public void Dispose() => _connection.Dispose();

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        // CA2100: constants of this file.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        // CA2100: constants of this file.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
            command.Parameters[i].Value = arguments[i];
        command.ExecuteNonQuery();
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Benchmarks.Load;

namespace ReleaseWorkflows.Benchmarks.Platform;

/// <summary>
/// A database full of releases to work on: many mini programs, each with a live version and a row of further versions that are built and wait for
/// the application. The first of each kind is made by the product over HTTP; the others are copies of its rows.
/// </summary>
internal sealed class Catalogue
{
    private const string MiniPrograms = "\"miniProgram\":\"coffee\",\"version\":\"1.0.0\"";

    private Catalogue(string folder, IReadOnlyDictionary<string, string> keys)
    {
        Folder = folder;
        Keys = keys;
    }

    /// <summary>The data directory.</summary>
    public string Folder { get; }

    public string Database => Path.Combine(Folder, "release-workflows.db");

    /// <summary>API keys by role.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; }

    public string Developer => Keys["DeveloperAdmin"];

    public string Reviewer => Keys["Reviewer"];

    public string Administrator => Keys["Administrator"];

    /// <summary>The mini programs with their releases, for <see cref="ReleaseWalk"/>.</summary>
    public ConcurrentQueue<ReleaseWalk> Walks { get; } = new();

    /// <summary>A release that is built and waits for the application.</summary>
    public required Template Waiting { get; init; }

    /// <summary>The same release, live for everyone.</summary>
    public required Template Live { get; init; }

    /// <summary>Starts the product on an empty folder and takes one release through its life.</summary>
    public static async Task<Catalogue> CreateAsync(string parent)
    {
        var folder = Path.Combine(parent, $"catalogue-{Guid.NewGuid():n}");
        Directory.CreateDirectory(folder);
        var data = Path.Combine(folder, "data");
        await using var server = await ServerProcess.StartProductAsync(data, "Development");
        using var access = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(data, "demo-access.json")));
        var keys = access.RootElement.GetProperty("users").EnumerateArray()
            .ToDictionary(user => user.GetProperty("role").GetString()!, user => user.GetProperty("apiKey").GetString()!);

        using var http = await HttpConnection.OpenAsync(server.Port);
        var created = await SendAsync(http, "POST", "/api/releases", keys["DeveloperAdmin"],
            """{"miniProgram":"coffee","version":"1.0.0","app":"superapp-a","environment":"Production","releaseNotes":"Orders are twice as fast."}""");
        var id = created.GetProperty("id").GetString()!;
        var instance = created.GetProperty("workflowInstanceId").GetString()!;
        while ((await SendAsync(http, "GET", $"/api/releases/{id}", keys["DeveloperAdmin"])).GetProperty("building").GetString() != "Ready")
            await Task.Delay(20);

        using var database = Open(Path.Combine(data, "release-workflows.db"), SqliteOpenMode.ReadOnly);
        var waiting = ReadTemplate(database, id, instance);
        foreach (var (command, role, body) in ReleaseWalk.First)
            await SendAsync(http, "POST", $"/api/releases/{id}/{command}", keys[role], body);
        var live = ReadTemplate(database, id, instance);
        return new Catalogue(data, keys) { Waiting = waiting, Live = live };
    }

    /// <summary>Adds mini programs, each with a live version and as many waiting releases; the server must not run.</summary>
    public void AddMiniPrograms(int miniPrograms, int releasesEach)
    {
        using var database = Open(Database, SqliteOpenMode.ReadWrite);
        using var transaction = database.BeginTransaction();
        using var live = Live.WriteTo(database);
        var number = Count(database, "releases") + 1;
        var first = Count(database, "mini_programs");
        for (var m = first; m < first + miniPrograms; m++)
        {
            var miniProgram = string.Create(CultureInfo.InvariantCulture, $"mini-{m:D6}");
            AddMiniProgram(database, miniProgram);
            live.Write(number++, Rename(miniProgram, "1.0.0"), Name(miniProgram, "1.0.0"));
        }

        // The writers take their keys at their start, so one kind follows the other.
        using var waiting = Waiting.WriteTo(database);
        for (var m = first; m < first + miniPrograms; m++)
        {
            var miniProgram = string.Create(CultureInfo.InvariantCulture, $"mini-{m:D6}");
            var releases = new List<string>();
            for (var r = 1; r <= releasesEach; r++)
            {
                var version = string.Create(CultureInfo.InvariantCulture, $"1.{r}.0");
                releases.Add(waiting.Write(number++, Rename(miniProgram, version), Name(miniProgram, version)));
            }

            Walks.Enqueue(new ReleaseWalk(this, releases));
        }

        transaction.Commit();
    }

    /// <summary>Adds releases that wait and are left alone: what a platform in use is full of. The server must not run.</summary>
    public void AddWaiting(int count)
    {
        using var database = Open(Database, SqliteOpenMode.ReadWrite);
        using (var pragma = database.CreateCommand())
        {
            // Filling is not what is measured.
            pragma.CommandText = "PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; PRAGMA wal_autocheckpoint=20000;";
            pragma.ExecuteNonQuery();
        }

        var number = Count(database, "releases") + 1;
        for (var done = 0; done < count;)
        {
            using var transaction = database.BeginTransaction();
            using var writer = Waiting.WriteTo(database);
            for (var chunk = 0; chunk < 10_000 && done < count; chunk++, done++, number++)
            {
                var miniProgram = string.Create(CultureInfo.InvariantCulture, $"idle-{number % 1000:D4}");
                var version = string.Create(CultureInfo.InvariantCulture, $"2.{number / 1000}.0");
                writer.Write(number, Rename(miniProgram, version), Name(miniProgram, version));
            }

            transaction.Commit();
        }
    }

    /// <summary>Size of the database with everything in one file.</summary>
    public long MeasureBytes()
    {
        using var database = Open(Database, SqliteOpenMode.ReadWrite);
        using var command = database.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        command.ExecuteNonQuery();
        return new FileInfo(Database).Length;
    }

    public static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.RunModuleConstructor(typeof(Persistence.PersistenceOptions).Module.ModuleHandle);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>Sends a request that has to succeed, and answers its body.</summary>
    public static async Task<JsonElement> SendAsync(HttpConnection http, string method, string path, string key, string? body = null)
    {
        var status = await http.SendAsync(HttpConnection.Request(method, path, key, null, body));
        var text = System.Text.Encoding.UTF8.GetString(http.Body.Span);
        if (status is < 200 or > 299)
            throw new InvalidOperationException($"{method} {path} was answered {status}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public static long Scalar(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        // CA2100: constants of this program.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar() is long number ? number : 0;
    }

    private static long Count(SqliteConnection database, string table) => Scalar(database, $"SELECT count(*) FROM {table}");

    private static Template ReadTemplate(SqliteConnection database, string release, string instance) =>
        Template.Read(database, release, instance, MiniPrograms);

    private static string Name(string miniProgram, string version) => $"\"miniProgram\":\"{miniProgram}\",\"version\":\"{version}\"";

    private static Func<string, string, object, object> Rename(string miniProgram, string version) => (table, column, value) => (table, column) switch
    {
        ("releases", "mini_program") => miniProgram,
        ("releases", "version") => version,
        _ => value,
    };

    private static void AddMiniProgram(SqliteConnection database, string miniProgram)
    {
        using var command = database.CreateCommand();
        command.CommandText = """
            INSERT INTO mini_programs (id, revision, document)
            SELECT $id, revision, replace(document, '"key":"coffee"', '"key":"' || $id || '"') FROM mini_programs WHERE id = 'coffee'
            """;
        command.Parameters.AddWithValue("$id", miniProgram);
        command.ExecuteNonQuery();
    }
}

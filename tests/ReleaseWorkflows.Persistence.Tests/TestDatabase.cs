using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Tests;

/// <summary>A real database in a folder of its own.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly TemporaryFolder? _ownFolder;

    private TestDatabase(string folder, TemporaryFolder? ownFolder, Action<PersistenceOptions>? configure, CommitProbe? probe = null)
    {
        Path = System.IO.Path.Combine(folder, "release-workflows.db");
        _ownFolder = ownFolder;
        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        if (probe is not null)
            services.AddSingleton(probe);
        services.AddPersistence(options =>
        {
            options.DataDirectory = folder;
            options.LockTimeout = TimeSpan.FromSeconds(1);
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
    }

    public string Path { get; }

    public IServiceProvider Services => _services;

    public IUnitOfWorkRunner Runner => _services.GetRequiredService<IUnitOfWorkRunner>();

    public static async Task<TestDatabase> OpenAsync(Action<PersistenceOptions>? configure = null, CommitProbe? probe = null)
    {
        var folder = new TemporaryFolder();
        var database = new TestDatabase(folder.Path, folder, configure, probe);
        await database.InitializeAsync();
        return database;
    }

    /// <summary>A server over an existing folder, not opened yet.</summary>
    public static TestDatabase Over(string folder, Action<PersistenceOptions>? configure = null) => new(folder, ownFolder: null, configure);

    public Task InitializeAsync() => _services.GetRequiredService<DatabaseInitializer>().InitializeAsync(CancellationToken.None);

    /// <summary>Runs work in one committed unit.</summary>
    public Task CommitAsync(Action<IWorkflowStore> work) => CommitAsync<IWorkflowStore>(work);

    public Task CommitAsync<TStore>(Action<TStore> work)
        where TStore : notnull =>
        Runner.RunAsync((services, _) =>
        {
            work(services.GetRequiredService<TStore>());
            return Task.FromResult(UnitOfWorkResult.Commit(true));
        }, CancellationToken.None);

    /// <summary>Asks the store in a fresh unit what the rows say: nothing that was cached counts.</summary>
    public Task<T> AskAsync<T>(Func<IWorkflowStore, ValueTask<T>> question) => AskAsync<IWorkflowStore, T>(question);

    public async Task<T> AskAsync<TStore, T>(Func<TStore, ValueTask<T>> question)
        where TStore : notnull
    {
        _services.GetRequiredService<CommittedCache<Release>>().Clear();
        _services.GetRequiredService<CommittedCache<MiniProgram>>().Clear();
        _services.GetRequiredService<CommittedCache<TargetApp>>().Clear();
        _services.GetRequiredService<CommittedCache<Account>>().Clear();
        _services.GetRequiredService<CommittedCache<ApiKey>>().Clear();
        return await AskCachedAsync(question);
    }

    /// <summary>Asks the store in a fresh unit, as the server does: what is cached counts.</summary>
    public async Task<T> AskCachedAsync<TStore, T>(Func<TStore, ValueTask<T>> question)
        where TStore : notnull
    {
        await using var scope = _services.CreateAsyncScope();
        return await question(scope.ServiceProvider.GetRequiredService<TStore>());
    }

    public AsyncServiceScope Begin() => _services.CreateAsyncScope();

    /// <summary>Reads one value past the stores.</summary>
    public long Count(string sql) => Count(Path, sql);

    public static long Count(string path, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        // CA2100: tests pass constants.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _ownFolder?.Dispose();
    }
}

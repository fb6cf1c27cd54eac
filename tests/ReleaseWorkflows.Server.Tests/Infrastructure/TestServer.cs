using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Hosting;

namespace ReleaseWorkflows.Server.Tests.Infrastructure;

/// <summary>
/// The real server: Kestrel on a free port, the real database in a folder of its own, Development with its demo data. Only the clock, the
/// console and the log are the test's. It can be restarted on the same data.
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly string[] _settings;
    private readonly Action<WebApplicationBuilder>? _configure;
    private readonly bool _ownsFolder;
    private WebApplication? _app;
    private HttpClient? _http;

    private TestServer(string folder, bool ownsFolder, string[] settings, Action<WebApplicationBuilder>? configure)
    {
        DataFolder = folder;
        _ownsFolder = ownsFolder;
        _settings = settings;
        _configure = configure;
        Anonymous = new ApiClient(() => Http, null);
    }

    /// <summary>The data directory.</summary>
    public string DataFolder { get; }

    /// <summary>The clock of the server. It keeps its time over a restart.</summary>
    public TestClock Clock { get; } = new();

    /// <summary>What the server has logged.</summary>
    public TestLog Log { get; } = new();

    /// <summary>What the server has written to the console.</summary>
    public StringWriter Console { get; } = new();

    /// <summary>A client without credentials.</summary>
    public ApiClient Anonymous { get; }

    /// <summary>The services of the running server.</summary>
    public IServiceProvider Services => _app?.Services ?? throw new InvalidOperationException("The server does not run.");

    /// <summary>A plain client with the address of the running server.</summary>
    public HttpClient Http => _http ?? throw new InvalidOperationException("The server does not run.");

    /// <summary>Starts a server.</summary>
    /// <param name="configure">Changes services before the server is built, at each start.</param>
    /// <param name="folder">The data directory; null: one of its own, removed in the end.</param>
    /// <param name="settings">Further settings as <c>--Name=value</c>.</param>
    public static async Task<TestServer> StartAsync(Action<WebApplicationBuilder>? configure = null, string? folder = null, params string[] settings)
    {
        var server = new TestServer(folder ?? NewFolder(), folder is null, settings, configure);
        try
        {
            await server.StartAppAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A path for a data directory that does not exist yet.</summary>
    public static string NewFolder() => Path.Combine(Path.GetTempPath(), "release-workflows-tests", Guid.NewGuid().ToString("n"));

    /// <summary>The settings that make a server fit for tests: quick password hashes, no wait for the disk, no limit of requests.</summary>
    public static IReadOnlyList<string> Settings(string folder) =>
    [
        "--environment=Development",
        "--urls=http://127.0.0.1:0",
        $"--ReleaseWorkflows:DataDirectory={folder}",
        "--ReleaseWorkflows:Access:PasswordIterations=1000",
        "--ReleaseWorkflows:Database:Synchronous=Normal",
        "--ReleaseWorkflows:RateLimit:RequestsPerSecond=0",
    ];

    /// <summary>Stops the server in good order and starts it again on the same data.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAppAsync();
    }

    /// <summary>Stops the server; the data stay.</summary>
    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }

        _http?.Dispose();
        _http = null;
    }

    /// <summary>A client with the API key of the demo user with this role.</summary>
    public ApiClient As(Role role) => new(() => Http, "ApiKey " + DemoUser(role).ApiKey);

    /// <summary>A client with any credentials, for example <c>Bearer …</c>.</summary>
    public ApiClient With(string authorization) => new(() => Http, authorization);

    /// <summary>The demo user with this role, from <c>demo-access.json</c>.</summary>
    public DemoUser DemoUser(Role role)
    {
        using var file = File.OpenRead(Path.Combine(DataFolder, "demo-access.json"));
        return JsonSerializer.Deserialize<DemoAccess>(file, JsonSerializerOptions.Web)!.Users.Single(user => user.Role == role.ToString());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Console.DisposeAsync();
        Log.Dispose();
        if (_ownsFolder && Directory.Exists(DataFolder))
        {
            Directory.Delete(DataFolder, recursive: true);
        }
    }

    private async Task StartAppAsync()
    {
        _app = ReleaseWorkflowsServer.Build([.. Settings(DataFolder), .. _settings], builder =>
        {
            builder.Logging.ClearProviders().AddProvider(Log);
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            builder.Services.Replace(ServiceDescriptor.Singleton(TextWriter.Synchronized(Console)));
            _configure?.Invoke(builder);
        });
        await _app.PrepareAsync();
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()), Timeout = TimeSpan.FromSeconds(60) };
    }

    private sealed record DemoAccess(IReadOnlyList<DemoUser> Users);
}

/// <summary>A user of the demo data.</summary>
public sealed record DemoUser(string Email, string Password, string ApiKey, string Role, string? Workspace);

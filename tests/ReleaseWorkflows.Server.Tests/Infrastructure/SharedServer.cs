namespace ReleaseWorkflows.Server.Tests.Infrastructure;

/// <summary>
/// One server for all classes that need no server of their own: a class fixture, so that classes run in parallel against it. Tests tell
/// their data apart by keys (<see cref="NewKey"/>), and leave the clock alone.
/// </summary>
public sealed class SharedServer : IAsyncLifetime
{
    private static readonly SemaphoreSlim Gate = new(1);
    private static TestServer? _server;
    private static int _users;
    private static int _keys;

    private TestServer? _mine;

    /// <summary>The server.</summary>
    public TestServer Server => _mine ?? throw new InvalidOperationException("The fixture was not initialized.");

    /// <summary>A key that no other test uses.</summary>
    public static string NewKey(string stem) => $"{stem}-{Interlocked.Increment(ref _keys)}";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await Gate.WaitAsync();
        try
        {
            _users++;
            _mine = _server ??= await TestServer.StartAsync();
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (--_users == 0 && _server is { } server)
            {
                _server = null;
                await server.DisposeAsync();
            }
        }
        finally
        {
            Gate.Release();
        }
    }
}

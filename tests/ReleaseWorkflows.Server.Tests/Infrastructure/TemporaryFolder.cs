namespace ReleaseWorkflows.Server.Tests.Infrastructure;

/// <summary>A folder that goes with the test.</summary>
public sealed class TemporaryFolder : IAsyncDisposable
{
    /// <summary>Its path. It exists only once something is put there.</summary>
    public string Path { get; } = TestServer.NewFolder();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        return ValueTask.CompletedTask;
    }
}

namespace ReleaseWorkflows.Persistence.Tests;

/// <summary>A folder that goes away with its test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("release-workflows-").FullName;

    public string DatabasePath => System.IO.Path.Combine(Path, "release-workflows.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

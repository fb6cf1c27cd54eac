namespace ReleaseWorkflows.Faults.Tests.Processes;

/// <summary>A data directory that goes with the test; kept when something was found in it.</summary>
internal sealed class DataDirectory : IDisposable
{
    public DataDirectory()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "release-workflows-faults", Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string DatabasePath => System.IO.Path.Combine(Path, "release-workflows.db");

    /// <summary>True: the folder stays.</summary>
    public bool IsKept { get; set; }

    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (!IsKept && Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}

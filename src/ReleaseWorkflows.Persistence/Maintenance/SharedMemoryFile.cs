namespace ReleaseWorkflows.Persistence.Maintenance;

/// <summary>
/// The file <c>-shm</c> beside the database, through which the processes that have it open agree on who reads what. The connections of one process share one
/// mapping of it, so a server whose file was removed goes on undisturbed; but a program that opens the database then makes a new file, and the two no longer
/// see each other: the server could write over what the other one reads.
/// </summary>
internal static class SharedMemoryFile
{
    private const string Mappings = "/proc/self/maps";

    /// <summary>True if the file that this process has mapped is gone, also if there is another one in its place.</summary>
    public static bool IsLost(string databasePath)
    {
        var path = PathOf(databasePath);
        return !File.Exists(path) || (File.Exists(Mappings) && File.ReadLines(Mappings).Any(line => line.EndsWith(path + " (deleted)", StringComparison.Ordinal)));
    }

    /// <summary>True if there is no such file.</summary>
    public static bool IsMissing(string databasePath) => !File.Exists(PathOf(databasePath));

    private static string PathOf(string databasePath) => databasePath + "-shm";
}

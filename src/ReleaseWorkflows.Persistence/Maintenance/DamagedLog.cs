using System.Globalization;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Maintenance;

/// <summary>
/// A log with damage in its middle at the start of a server. To SQLite it ends there; what was confirmed behind it is lost without a word, and the first commits
/// write over it. So the log is kept as it is before SQLite sees it, and as long as the kept file is there, readiness says <c>Degraded</c>.
/// </summary>
/// <remarks>
/// The server starts all the same unless <see cref="PersistenceOptions.RefuseDamagedLog"/> says otherwise: what is left is one whole earlier state, waiting mends nothing,
/// the trace is kept, and whoever repeats a request with its key gets it done again. Who would rather look first can have that.
/// </remarks>
internal static class DamagedLog
{
    private const string Suffix = "-wal.damaged-";

    /// <summary>Looks at the log of a database that nobody has open.</summary>
    /// <returns>The sentence for the operator; null if all is well.</returns>
    /// <exception cref="DatabaseUnavailableException">The log is damaged and the start is to be refused, or the log cannot be kept.</exception>
    public static string? Examine(string databasePath, bool isRefused)
    {
        var path = databasePath + "-wal";
        if (!File.Exists(path) || Find(path, databasePath) is not { } damage)
            return null;

        var where = damage.Frame == 0 ? "in its head" : string.Create(CultureInfo.InvariantCulture, $"at frame {damage.Frame}");
        var what = string.Create(CultureInfo.InvariantCulture,
            $"The log {path} is damaged {where}. Whole transactions that were confirmed lie behind the damage, at least {damage.Transactions}, and SQLite ends the log before it.");
        if (isRefused)
        {
            throw new DatabaseUnavailableException(DatabaseFailure.Corrupt,
                $"{what} Nothing was changed. Copy the data directory, then restore a backup that is newer than the damage; or set RefuseDamagedLog to false to go on without them.");
        }

        var kept = string.Create(CultureInfo.InvariantCulture, $"{databasePath}{Suffix}{damage.Salt:x16}");
        Keep(path, kept, what);
        return $"{what} They are lost to this server. The log as it was is kept as {kept}. Run check, and restore a backup if there is one that is newer; readiness says Degraded until that file is moved away.";
    }

    /// <summary>True if a damaged log is kept beside the database that nobody has taken away yet.</summary>
    public static bool IsKept(string databasePath) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(databasePath)!, Path.GetFileName(databasePath) + Suffix + "*").Any();

    private static LogDamage? Find(string path, string databasePath)
    {
        try
        {
            using var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
            using var database = new FileStream(databasePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return LogInspection.Find(log, database);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // SQLite opens it next, and says what is the matter.
            return null;
        }
    }

    private static void Keep(string path, string kept, string what)
    {
        if (File.Exists(kept))
            return;
        var unfinished = kept + ".unfinished";
        try
        {
            File.Copy(path, unfinished, overwrite: true);
            File.Move(unfinished, kept);
            DurableDirectory.Flush(Path.GetDirectoryName(kept)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseUnavailableException(DatabaseFailure.Corrupt, $"{what} It has to be kept before anything is written over it, and that failed: {exception.Message} Make space for it and start again.", exception);
        }
    }
}

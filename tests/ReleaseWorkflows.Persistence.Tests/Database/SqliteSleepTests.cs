using System.Diagnostics;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Tests.Database;

public sealed class SqliteSleepTests
{
    [Fact]
    public void SQLite_pauses_for_milliseconds_not_for_whole_seconds()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        var started = Stopwatch.GetTimestamp();

        for (var i = 0; i < 20; i++)
            _ = SqliteSleep.Pause(milliseconds: 1);

        // Twenty pauses of a whole second each would take twenty.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
    }
}

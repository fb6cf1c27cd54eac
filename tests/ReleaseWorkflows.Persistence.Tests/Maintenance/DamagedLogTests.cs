using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.Maintenance;

namespace ReleaseWorkflows.Persistence.Tests.Maintenance;

/// <summary>
/// A log with damage in its middle: SQLite ends it there without a word. A torn end, as a power failure leaves it, looks the same to SQLite and is none.
/// </summary>
public sealed class DamagedLogTests : IDisposable
{
    private const int Head = 32;
    private const int FrameSize = 24 + 4096;

    private readonly TemporaryFolder _folder = new();

    private string Log => _folder.DatabasePath + "-wal";

    private int Frames => (int)((new FileInfo(Log).Length - Head) / FrameSize);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_log_that_is_whole_is_no_reason_to_warn()
    {
        Write(transactions: 10);

        Assert.Null(DamagedLog.Examine(_folder.DatabasePath, isRefused: true));
    }

    [Fact]
    public void No_log_is_no_reason_to_warn() => Assert.Null(DamagedLog.Examine(_folder.DatabasePath, isRefused: true));

    [Theory]
    [InlineData(500)] // in the page
    [InlineData(9)] // in the salt
    [InlineData(18)] // in the sum
    [InlineData(2)] // in the number of the page
    public void Damage_in_a_frame_before_the_last_transaction_is_found_and_told_with_what_is_lost(int offset)
    {
        Write(transactions: 10);
        Flip(Head + (4 * FrameSize) + offset);

        var sentence = DamagedLog.Examine(_folder.DatabasePath, isRefused: false);

        Assert.Contains("is damaged at frame 5", sentence, StringComparison.Ordinal);
        Assert.Contains("Run check, and restore a backup", sentence, StringComparison.Ordinal);
        Assert.Contains(Directory.GetFiles(_folder.Path, "*.damaged-*").Single(), sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_in_the_head_of_the_log_is_found()
    {
        Write(transactions: 10);
        Flip(20);

        Assert.Contains("is damaged in its head", DamagedLog.Examine(_folder.DatabasePath, isRefused: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_head_that_was_torn_in_front_of_what_the_database_holds_already_is_no_damage()
    {
        Write(transactions: 10, isCheckpointed: true);
        Flip(20);

        Assert.Null(DamagedLog.Examine(_folder.DatabasePath, isRefused: true));
    }

    [Fact]
    public void An_end_that_is_torn_anywhere_in_the_last_transaction_is_no_damage()
    {
        Write(transactions: 5, pagesOfTheLast: 6);
        var whole = File.ReadAllBytes(Log);
        var first = LastTransaction(whole);
        for (var frame = first; Head + (frame * FrameSize) < whole.Length; frame++)
        {
            foreach (var offset in new[] { 0, 5, 9, 17, 24, 4000 })
            {
                File.WriteAllBytes(Log, whole);
                Flip(Head + (frame * FrameSize) + offset);
                Assert.Null(DamagedLog.Examine(_folder.DatabasePath, isRefused: true));

                File.WriteAllBytes(Log, whole[..(Head + (frame * FrameSize) + offset)]);
                Assert.Null(DamagedLog.Examine(_folder.DatabasePath, isRefused: true));
            }
        }
    }

    [Fact]
    public void Frames_of_an_earlier_round_behind_the_end_are_no_damage()
    {
        // Twenty transactions are moved into the database, and the log begins again over them.
        Write(transactions: 20, isCheckpointed: true, more: 3);
        Assert.True(Frames > 10);

        Assert.Null(DamagedLog.Examine(_folder.DatabasePath, isRefused: true));
        Flip(Head + 200);
        Assert.NotNull(DamagedLog.Examine(_folder.DatabasePath, isRefused: false));
    }

    [Fact]
    public async Task A_server_starts_with_what_came_before_keeps_the_log_and_has_a_concern_until_that_is_moved_away()
    {
        await using (var first = TestDatabase.Over(_folder.Path))
        {
            await first.InitializeAsync();
        }

        Write(transactions: 10);
        Flip(Head + (4 * FrameSize) + 500);
        var damaged = await File.ReadAllBytesAsync(Log);

        await using var database = TestDatabase.Over(_folder.Path);
        await database.InitializeAsync();

        var kept = Directory.GetFiles(_folder.Path, "*.damaged-*").Single();
        Assert.Equal(damaged, await File.ReadAllBytesAsync(kept));
        var status = database.Services.GetRequiredService<DatabaseStatus>();
        await status.EnsureWritableAsync(CancellationToken.None);
        Assert.Contains("A damaged log is kept", status.FindConcern(), StringComparison.Ordinal);
        File.Delete(kept);
        Assert.Null(status.FindConcern());
    }

    [Fact]
    public async Task A_server_that_is_to_refuse_such_a_log_does_not_start_and_changes_nothing()
    {
        await using (var first = TestDatabase.Over(_folder.Path))
        {
            await first.InitializeAsync();
        }

        Write(transactions: 10);
        Flip(Head + (4 * FrameSize) + 500);
        var before = await File.ReadAllBytesAsync(Log);
        await using var database = TestDatabase.Over(_folder.Path, options => options.RefuseDamagedLog = true);

        var refused = await Assert.ThrowsAsync<DatabaseUnavailableException>(database.InitializeAsync);

        Assert.Contains("set RefuseDamagedLog to false", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Log));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.damaged-*"));
    }

    [Fact]
    public async Task A_server_that_does_not_wait_for_the_disk_leaves_such_logs_alone()
    {
        Write(transactions: 10);
        Flip(Head + (4 * FrameSize) + 500);
        await using var database = TestDatabase.Over(_folder.Path, options => (options.Synchronous, options.RefuseDamagedLog) = (SynchronousLevel.Normal, true));

        await database.InitializeAsync();

        Assert.Null(database.Services.GetRequiredService<DatabaseStatus>().FindConcern());
    }

    /// <summary>Leaves a database and its log as a server leaves them that dies.</summary>
    private void Write(int transactions, int pagesOfTheLast = 1, bool isCheckpointed = false, int more = 0)
    {
        var copies = new[] { _folder.DatabasePath, Log };
        using (var connection = new SqliteConnection($"Data Source={_folder.DatabasePath};Pooling=False"))
        {
            connection.Open();
            DatabaseFile.Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; CREATE TABLE IF NOT EXISTS lines (id INTEGER PRIMARY KEY, text TEXT)");
            for (var i = 1; i < transactions; i++)
                Insert(connection, 1);
            Insert(connection, pagesOfTheLast);
            if (isCheckpointed)
                DatabaseFile.Execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
            for (var i = 0; i < more; i++)
                Insert(connection, 1);
            foreach (var file in copies)
                File.Copy(file, file + ".copy");
        }

        File.Delete(Log + "-shm");
        foreach (var file in copies)
            File.Move(file + ".copy", file, overwrite: true);
    }

    private static void Insert(SqliteConnection connection, int pages) => DatabaseFile.Execute(
        connection, $"BEGIN; {string.Concat(Enumerable.Repeat("INSERT INTO lines (text) VALUES (hex(randomblob(1900)));", pages))} COMMIT");

    // The first frame behind the last commit but one.
    private static int LastTransaction(byte[] log)
    {
        var commits = Enumerable.Range(0, (log.Length - Head) / FrameSize)
            .Where(frame => BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(Head + (frame * FrameSize) + 4)) != 0).ToList();
        return commits[^2] + 1;
    }

    private void Flip(long position)
    {
        using var file = new FileStream(Log, FileMode.Open);
        file.Position = position;
        var value = file.ReadByte();
        file.Position = position;
        file.WriteByte((byte)(value ^ 0x55));
    }
}

using Microsoft.Data.Sqlite;

namespace ReleaseWorkflows.Persistence.Commits;

/// <summary>A moment in the life of a commit.</summary>
internal enum CommitPoint
{
    /// <summary>The writing connection is open and proven durable.</summary>
    Opened,

    /// <summary>A group is about to begin.</summary>
    BeforeBegin,

    /// <summary>A statement of a unit has been applied; the text says which.</summary>
    AfterStatement,

    /// <summary>Everything is applied, nothing is durable.</summary>
    BeforeCommit,

    /// <summary>Everything is durable, nobody has been told.</summary>
    AfterCommit,

    /// <summary>The log is about to be moved into the database.</summary>
    BeforeCheckpoint,

    /// <summary>The log has been moved as far as readers allow.</summary>
    AfterCheckpoint,

    /// <summary>The schema has been brought up to date.</summary>
    AfterMigration,

    /// <summary>A backup is complete but not yet in its place.</summary>
    BeforeBackupIsKept,
}

/// <summary>
/// Where tests reach into the writer: to die at a named moment, to fill the disk, or to break a promise on purpose and see that the checks
/// notice. There is no implementation outside the tests, and no setting that brings one in.
/// </summary>
internal abstract class CommitProbe
{
    /// <summary>Called on the thread that does the work; whatever it throws counts as a failure of the database.</summary>
    public virtual void Reached(CommitPoint point, SqliteConnection? connection, string? statement)
    {
    }

    /// <summary>The text that is prepared instead of <paramref name="statement"/>.</summary>
    public virtual string Prepare(string statement) => statement;

    /// <summary>False: writes that have to change exactly one row may change none.</summary>
    public virtual bool MindsGuards => true;

    /// <summary>False: a second server is let into the same folder.</summary>
    public virtual bool KeepsOthersOut => true;
}

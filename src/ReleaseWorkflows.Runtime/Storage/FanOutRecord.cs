namespace ReleaseWorkflows.Runtime.Storage;

/// <summary>
/// A stimulus that more instances wait for than one unit of work moves. It is stored in the unit that sent it, and each bookmark that waited then hears it in
/// a later one: see <c>FanOutPump</c>.
/// </summary>
/// <remarks>
/// A bookmark that cannot be told becomes a record of its own, which is tried again, later each time, and given up in the end. Those beside it go on.
/// </remarks>
public sealed record FanOutRecord
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The bookmarks that hear it.</summary>
    public required BookmarkRange Range { get; init; }

    /// <summary>Inputs of the bursts as JSON; null if there are none.</summary>
    public string? InputJson { get; init; }

    /// <summary>Instances that have heard it in the unit that sent it.</summary>
    public IReadOnlyList<string> ExceptInstances { get; init; } = [];

    /// <summary>How often telling the first bookmark of the range has failed.</summary>
    public int Attempts { get; init; }

    /// <summary>When it is told, or tried again.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>What the last attempt complained about; null if none has failed.</summary>
    public string? LastError { get; init; }

    /// <summary>When it was given up; null as long as it is tried.</summary>
    public DateTimeOffset? DeadAt { get; init; }
}

/// <summary>Bookmarks of one hash by their numbers, which grow in the order in which they were stored.</summary>
/// <param name="Hash">The hash.</param>
/// <param name="CorrelationId">Given: only those with this correlation id.</param>
/// <param name="After">The range begins after this number.</param>
/// <param name="Last">It ends with this one.</param>
/// <param name="CreatedBy">Those made later are left out: a number can be given again once its bookmark is gone.</param>
public sealed record BookmarkRange(string Hash, string? CorrelationId, long After, long Last, DateTimeOffset CreatedBy);

/// <summary>A bookmark with its number.</summary>
/// <param name="Bookmark">The bookmark.</param>
/// <param name="Number">Its number; null if it was made in this very unit of work and has none yet.</param>
public sealed record NumberedBookmark(BookmarkRecord Bookmark, long? Number);

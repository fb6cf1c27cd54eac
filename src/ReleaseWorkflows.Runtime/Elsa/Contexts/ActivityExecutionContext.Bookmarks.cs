using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows;

/// <content>Bookmarks: what the activity waits for.</content>
public sealed partial class ActivityExecutionContext
{
    private List<Bookmark>? _newBookmarks;

    /// <summary>What this execution waits for.</summary>
    public IEnumerable<Bookmark> Bookmarks => WorkflowExecutionContext.BookmarksOf(this);

    /// <summary>Bookmarks created since the activity's code began to run.</summary>
    public IEnumerable<Bookmark> NewBookmarks => _newBookmarks ?? [];

    /// <summary>True if the activity's code created a bookmark.</summary>
    internal bool HasNewBookmarks => _newBookmarks is { Count: > 0 };

    /// <summary>Waits for any of several stimuli.</summary>
    /// <param name="payloads">The stimuli.</param>
    /// <param name="callback">A method of the activity class, run on resume.</param>
    /// <param name="includeActivityInstanceId">True if only a stimulus that names this execution matches.</param>
    /// <param name="bookmarkName">Kind of stimulus. Default: the type name of the activity.</param>
    public void CreateBookmarks(
        IEnumerable<object> payloads,
        ExecuteActivityDelegate? callback = null,
        bool includeActivityInstanceId = true,
        string? bookmarkName = null)
    {
        foreach (var payload in payloads)
        {
            CreateBookmark(new CreateBookmarkArgs
            {
                Stimulus = payload,
                Callback = callback,
                BookmarkName = bookmarkName,
                IncludeActivityInstanceId = includeActivityInstanceId,
            });
        }
    }

    /// <summary>Waits for a stimulus of the activity's own kind. The callback is a method of the activity class.</summary>
    public Bookmark CreateBookmark(ExecuteActivityDelegate callback, IDictionary<string, string>? metadata = null) =>
        CreateBookmark(new CreateBookmarkArgs { Callback = callback, Metadata = metadata });

    /// <summary>Waits for a stimulus. The callback is a method of the activity class.</summary>
    public Bookmark CreateBookmark(
        object stimulus,
        ExecuteActivityDelegate callback,
        bool includeActivityInstanceId = true,
        IDictionary<string, string>? customProperties = null) =>
        CreateBookmark(new CreateBookmarkArgs
        {
            Stimulus = stimulus,
            Callback = callback,
            IncludeActivityInstanceId = includeActivityInstanceId,
            Metadata = customProperties,
        });

    /// <summary>Waits for a stimulus, then completes.</summary>
    public Bookmark CreateBookmark(
        object stimulus, bool includeActivityInstanceId, IDictionary<string, string>? customProperties = null) =>
        CreateBookmark(new CreateBookmarkArgs
        {
            Stimulus = stimulus,
            IncludeActivityInstanceId = includeActivityInstanceId,
            Metadata = customProperties,
        });

    /// <summary>Waits for a stimulus, then completes.</summary>
    public Bookmark CreateBookmark(object stimulus, IDictionary<string, string>? metadata = null) =>
        CreateBookmark(new CreateBookmarkArgs { Stimulus = stimulus, Metadata = metadata });

    /// <summary>Waits for a stimulus. Without arguments: one that names this execution.</summary>
    /// <exception cref="InvalidOperationException">The callback is not a method of the activity class, so it could not be found again.</exception>
    public Bookmark CreateBookmark(CreateBookmarkArgs? options = null)
    {
        options ??= new CreateBookmarkArgs { IncludeActivityInstanceId = true };
        var name = options.BookmarkName ?? Activity.Type;
        var engine = WorkflowExecutionContext.Engine;
        var bookmark = new Bookmark(
            options.BookmarkId ?? engine.Ids.GenerateId(),
            name,
            engine.Hasher.Hash(name, options.Stimulus, options.IncludeActivityInstanceId ? Id : null),
            options.Stimulus,
            Activity.Id,
            NodeId,
            Id,
            WorkflowExecutionContext.Now,
            options.AutoBurn,
            options.Callback is null ? null : CallbackNames.Of(options.Callback, Activity),
            options.AutoComplete,
            options.Metadata);
        AddBookmark(bookmark);
        return bookmark;
    }

    /// <summary>Adds bookmarks made elsewhere.</summary>
    public void AddBookmarks(IEnumerable<Bookmark> bookmarks)
    {
        foreach (var bookmark in bookmarks)
            AddBookmark(bookmark);
    }

    /// <summary>Adds a bookmark made elsewhere.</summary>
    public void AddBookmark(Bookmark bookmark)
    {
        (_newBookmarks ??= []).Add(bookmark);
        WorkflowExecutionContext.AddBookmark(bookmark);
        Taint();
    }

    /// <summary>Waits for nothing any more.</summary>
    public void ClearBookmarks()
    {
        _newBookmarks?.Clear();
        WorkflowExecutionContext.RemoveBookmarksOf(this);
        Taint();
    }

    /// <summary>Takes back the bookmarks that code created which has failed.</summary>
    internal void RemoveNewBookmarks()
    {
        if (_newBookmarks is not { Count: > 0 } created)
            return;

        WorkflowExecutionContext.BookmarkList.RemoveAll(created.Contains);
        created.Clear();
    }

    internal void ForgetNewBookmarks() => _newBookmarks?.Clear();
}

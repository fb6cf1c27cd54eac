using Elsa.Workflows;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Filters;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.Runtime.Options;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>Elsa's ways of resuming, over <see cref="IWorkflowEngine"/>.</summary>
internal sealed class WorkflowResumer(IWorkflowEngine engine, IWorkflowStore store, IStimulusHasher hasher) : IWorkflowResumer, IBookmarkResumer, IBookmarkQueue
{
    public Task<IEnumerable<RunWorkflowInstanceResponse>> ResumeAsync<TActivity>(
        object stimulus, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default)
        where TActivity : IActivity => ResumeAsync(new BookmarkFilter { Hash = HashOf<TActivity>(stimulus) }, options, cancellationToken);

    public Task<IEnumerable<RunWorkflowInstanceResponse>> ResumeAsync<TActivity>(
        object stimulus, string workflowInstanceId, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default)
        where TActivity : IActivity =>
        ResumeAsync(new BookmarkFilter { Hash = HashOf<TActivity>(stimulus), WorkflowInstanceId = workflowInstanceId }, options, cancellationToken);

    public async Task<RunWorkflowInstanceResponse?> ResumeAsync<TActivity>(
        string bookmarkId, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default)
        where TActivity : IActivity =>
        (await ResumeAsync(new BookmarkFilter { BookmarkId = bookmarkId, Name = ActivityTypeNames.Of(typeof(TActivity)).Name }, options, cancellationToken))
            .FirstOrDefault();

    public async Task<RunWorkflowInstanceResponse?> ResumeAsync(
        string bookmarkId, IDictionary<string, object> input, CancellationToken cancellationToken = default) =>
        (await ResumeAsync(new BookmarkFilter { BookmarkId = bookmarkId }, new ResumeBookmarkOptions { Input = input }, cancellationToken)).FirstOrDefault();

    public async Task<IEnumerable<RunWorkflowInstanceResponse>> ResumeAsync(
        ResumeBookmarkRequest request, CancellationToken cancellationToken = default)
    {
        var activityId = RunResponses.ActivityIdOf(request.ActivityHandle);
        var execution = request.ActivityInstanceId ?? request.ActivityHandle?.ActivityInstanceId;
        var meant = (await store.FindInstanceBookmarksAsync(request.WorkflowInstanceId, cancellationToken)).Where(bookmark =>
            (request.BookmarkId is null || bookmark.Id == request.BookmarkId)
            && (activityId is null || bookmark.ActivityId == activityId)
            && (execution is null || bookmark.ActivityInstanceId == execution));
        return await ResumeAsync(meant.ToList(), request.Input, cancellationToken);
    }

    public async Task<IEnumerable<RunWorkflowInstanceResponse>> ResumeAsync(
        BookmarkFilter filter, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default)
    {
        var found = await FindAsync(filter, cancellationToken);
        return await ResumeAsync(found.Where(bookmark => IsMeant(filter, bookmark)).DistinctBy(static bookmark => bookmark.Id).ToList(), options?.Input, cancellationToken);
    }

    async Task<ResumeBookmarkResult> IBookmarkResumer.ResumeAsync<TActivity>(
        object stimulus, ResumeBookmarkOptions? options, CancellationToken cancellationToken) =>
        ResultOf(await ResumeAsync<TActivity>(stimulus, options, cancellationToken));

    async Task<ResumeBookmarkResult> IBookmarkResumer.ResumeAsync<TActivity>(
        object stimulus, string workflowInstanceId, ResumeBookmarkOptions? options, CancellationToken cancellationToken) =>
        ResultOf(await ResumeAsync<TActivity>(stimulus, workflowInstanceId, options, cancellationToken));

    async Task<ResumeBookmarkResult> IBookmarkResumer.ResumeAsync<TActivity>(
        string bookmarkId, ResumeBookmarkOptions? options, CancellationToken cancellationToken) =>
        ResultOf(await ResumeAsync<TActivity>(bookmarkId, options, cancellationToken));

    async Task<ResumeBookmarkResult> IBookmarkResumer.ResumeAsync(
        string bookmarkId, IDictionary<string, object> input, CancellationToken cancellationToken) =>
        ResultOf(await ResumeAsync(bookmarkId, input, cancellationToken));

    async Task<ResumeBookmarkResult> IBookmarkResumer.ResumeAsync(ResumeBookmarkRequest request, CancellationToken cancellationToken) =>
        ResultOf(await ResumeAsync(request, cancellationToken));

    async Task<ResumeBookmarkResult> IBookmarkResumer.ResumeAsync(
        BookmarkFilter filter, ResumeBookmarkOptions? options, CancellationToken cancellationToken) =>
        ResultOf(await ResumeAsync(filter, options, cancellationToken));

    public Task EnqueueAsync(NewBookmarkQueueItem item, CancellationToken cancellationToken = default) => ResumeAsync(
        new BookmarkFilter
        {
            BookmarkId = item.BookmarkId,
            WorkflowInstanceId = item.WorkflowInstanceId,
            Hash = item.StimulusHash,
            CorrelationId = item.CorrelationId,
            ActivityInstanceId = item.ActivityInstanceId,
            Name = item.ActivityTypeName,
        },
        item.Options,
        cancellationToken);

    private string HashOf<TActivity>(object stimulus) => hasher.Hash(ActivityTypeNames.Of(typeof(TActivity)).Name, stimulus);

    // The narrowest of what is indexed is read; the rest of the filter is applied to it. Ids of bookmarks have no index: an instance is the shorter way to them.
    private async Task<List<BookmarkRecord>> FindAsync(BookmarkFilter filter, CancellationToken cancellationToken)
    {
        var found = new List<BookmarkRecord>();
        if (Given(filter.WorkflowInstanceId, filter.WorkflowInstanceIds) is null && Given(filter.BookmarkId, filter.BookmarkIds) is { } ids)
        {
            foreach (var id in ids)
            {
                if (await store.FindBookmarkAsync(id, cancellationToken) is { } bookmark)
                    found.Add(bookmark);
            }
        }
        else if (Given(filter.Hash, filter.Hashes) is { } hashes)
        {
            foreach (var hash in hashes)
                found.AddRange(await store.FindBookmarksAsync(hash, filter.CorrelationId, filter.WorkflowInstanceId, cancellationToken));
        }
        else if (Given(filter.WorkflowInstanceId, filter.WorkflowInstanceIds) is { } instances)
        {
            foreach (var instance in instances)
                found.AddRange(await store.FindInstanceBookmarksAsync(instance, cancellationToken));
        }
        else
        {
            throw new ArgumentException("The filter has to name bookmarks, instances or hashes.", nameof(filter));
        }

        return found;
    }

    private static bool IsMeant(BookmarkFilter filter, BookmarkRecord bookmark) =>
        (Given(filter.BookmarkId, filter.BookmarkIds)?.Contains(bookmark.Id) ?? true)
        && (Given(filter.Hash, filter.Hashes)?.Contains(bookmark.Hash) ?? true)
        && (Given(filter.WorkflowInstanceId, filter.WorkflowInstanceIds)?.Contains(bookmark.InstanceId) ?? true)
        && (Given(filter.Name, filter.Names)?.Contains(bookmark.Name) ?? true)
        && (filter.CorrelationId is null || bookmark.CorrelationId == filter.CorrelationId)
        && (filter.ActivityInstanceId is null || bookmark.ActivityInstanceId == filter.ActivityInstanceId);

    private static ICollection<string>? Given(string? one, ICollection<string>? many) => one is null ? many : [one, .. many ?? []];

    private async Task<List<RunWorkflowInstanceResponse>> ResumeAsync(
        List<BookmarkRecord> bookmarks, IDictionary<string, object>? input, CancellationToken cancellationToken)
    {
        var responses = new List<RunWorkflowInstanceResponse>();
        foreach (var bookmark in bookmarks)
        {
            if (await engine.ResumeAsync(bookmark.InstanceId, bookmark.Id, input.ToInput(), cancellationToken) is { } run)
                responses.Add(run.ToResponse());
        }

        return responses;
    }

    private static ResumeBookmarkResult ResultOf(IEnumerable<RunWorkflowInstanceResponse> responses) => ResultOf(responses.FirstOrDefault());

    private static ResumeBookmarkResult ResultOf(RunWorkflowInstanceResponse? response) =>
        response is null ? ResumeBookmarkResult.NotFound() : ResumeBookmarkResult.Found(response);
}

using Elsa.Workflows;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>What a request is meant for: a definition to start, or an instance that waits.</summary>
/// <param name="Settings">What is checked before.</param>
/// <param name="Trigger">What is started; null if an instance waits.</param>
/// <param name="Bookmark">What waits; null if a definition is started.</param>
internal sealed record HttpTarget(EndpointSettings Settings, TriggerRecord? Trigger, BookmarkRecord? Bookmark);

/// <summary>
/// Finds what a request is meant for. Endpoints that start workflows come first; a request that names an instance is only meant for that.
/// </summary>
internal sealed class HttpEndpointFinder(IUnitOfWorkRunner units, IStimulusHasher hasher)
{
    /// <summary>Everything the request could be meant for; it can be answered if that is one thing.</summary>
    public async Task<IReadOnlyList<HttpTarget>> FindAsync(
        HttpContext context, HttpRouteTable.Snapshot addresses, string path, string? instanceId, string? correlationId)
    {
        var method = context.Request.Method.ToLowerInvariant();
        if (instanceId is null && addresses.Find(context, path, method) is { Count: > 0 } starting)
            return [.. starting.Select(endpoint => new HttpTarget(endpoint.Settings, endpoint.Trigger, null))];

        return await units.RunAsync(
            async (services, stop) =>
            {
                var store = services.GetRequiredService<IWorkflowStore>();
                var bookmarks = instanceId is null
                    ? await FindByAddressAsync(store, addresses.WaitingPaths(context, path), method, correlationId, stop)
                    : await FindInInstanceAsync(store, context, path, method, instanceId, stop);
                return UnitOfWorkResult.Discard<IReadOnlyList<HttpTarget>>(
                    [.. bookmarks.Select(bookmark => new HttpTarget(HttpRouteTable.Read(bookmark.PayloadJson)?.Settings ?? EndpointSettings.None, null, bookmark))]);
            },
            context.RequestAborted);
    }

    private async Task<IReadOnlyList<BookmarkRecord>> FindByAddressAsync(
        IWorkflowStore store, IEnumerable<string> paths, string method, string? correlationId, CancellationToken cancellationToken)
    {
        foreach (var path in paths)
        {
            var hash = hasher.Hash(HttpEndpointStimulus.Name, new HttpEndpointStimulus(path, method));
            if (await store.FindBookmarksAsync(hash, correlationId, null, cancellationToken) is { Count: > 0 } bookmarks)
                return bookmarks;
        }

        return [];
    }

    private static async Task<IReadOnlyList<BookmarkRecord>> FindInInstanceAsync(
        IWorkflowStore store, HttpContext context, string path, string method, string instanceId, CancellationToken cancellationToken)
    {
        var waiting = await store.FindInstanceBookmarksAsync(instanceId, cancellationToken);
        return [.. waiting.Where(bookmark => bookmark.Name == HttpEndpointStimulus.Name
            && HttpRouteTable.Read(bookmark.PayloadJson) is { } stimulus
            && stimulus.Method == method
            && HttpRoute.Match(stimulus.Template ?? stimulus.Path, path) is not null)];
    }
}

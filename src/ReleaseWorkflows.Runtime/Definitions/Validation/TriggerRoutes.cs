using System.Text.Json;
using System.Text.RegularExpressions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Definitions.Validation;

/// <summary>One path and method can belong to one activity of one published definition only: a request has to have one meaning.</summary>
internal static partial class TriggerRoutes
{
    private const string HttpEndpoint = "Elsa.HttpEndpoint";

    public static async Task CheckAsync(
        IReadOnlyList<TriggerIndexer.IndexedTrigger> triggers,
        IWorkflowStore store,
        List<DefinitionFinding> findings,
        CancellationToken cancellationToken)
    {
        var endpoints = triggers.Select(static trigger => trigger.Record).Where(static record => record.Name == HttpEndpoint).ToList();
        if (endpoints.Count == 0)
            return;

        var definitionId = endpoints[0].DefinitionId;
        var taken = new Dictionary<string, TriggerRecord>(StringComparer.Ordinal);
        foreach (var other in await store.ListTriggersAsync(HttpEndpoint, cancellationToken))
        {
            if (other.DefinitionId != definitionId)
                taken.TryAdd(RouteOf(other), other);
        }

        foreach (var endpoint in endpoints)
        {
            if (taken.TryAdd(RouteOf(endpoint), endpoint))
                continue;

            var owner = taken[RouteOf(endpoint)];
            findings.Add(DefinitionReader.Error(
                endpoint.ActivityId,
                owner.DefinitionId == definitionId
                    ? $"The path and method {RouteOf(owner)} belong to the activity '{owner.ActivityId}' already."
                    : $"The path and method {RouteOf(owner)} belong to the published definition '{owner.DefinitionId}'."));
        }
    }

    // Names of parameters make no difference: orders/{id} and orders/{number} answer the same requests.
    private static string RouteOf(TriggerRecord trigger)
    {
        if (trigger.PayloadJson is not { } payload)
            return trigger.Hash;

        using var document = JsonDocument.Parse(payload);
        return document.RootElement.Text("method") is { } method && document.RootElement.Text("path") is { } path
            ? $"{method.ToUpperInvariant()} {Parameter().Replace(path, "{$1}")}"
            : trigger.Hash;
    }

    [GeneratedRegex(@"\{[^:}]*(:[^}]*)?\}")]
    private static partial Regex Parameter();
}

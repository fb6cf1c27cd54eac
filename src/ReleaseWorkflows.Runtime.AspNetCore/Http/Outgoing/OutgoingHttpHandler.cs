using System.Text.Json;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.OutsideWork;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;

/// <summary>Sends the HTTP requests of activities, outside any transaction. Whether to try again is for the definition to say: every end is a result.</summary>
internal sealed class OutgoingHttpHandler(OutgoingHttpClient client) : IOutsideWorkHandler
{
    public const string WorkKind = "http-request";

    public string Kind => WorkKind;

    public async Task<object?> PerformAsync(OutsideWorkCall call, CancellationToken cancellationToken) => await client.SendAsync(
        JsonSerializer.Deserialize<OutgoingHttpRequest>(call.RequestJson, JsonValues.Options)!, call.IdempotencyKey, cancellationToken);
}

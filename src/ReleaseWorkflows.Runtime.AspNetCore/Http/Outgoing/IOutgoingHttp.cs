using Elsa.Http;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;

/// <summary>Sends requests of the host with the same care as those of workflows: only to addresses that the settings allow.</summary>
public interface IOutgoingHttp
{
    /// <summary>Posts a body and reads the answer.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="headers">Headers; <c>Content-Type</c> among them.</param>
    /// <param name="body">The bytes.</param>
    /// <param name="idempotencyKey">The same for every attempt.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The status of the answer.</returns>
    /// <exception cref="HttpRequestException">There was no answer, or the address is not allowed; the message says why.</exception>
    Task<int> PostAsync(Uri url, IReadOnlyDictionary<string, string> headers, byte[] body, string idempotencyKey, CancellationToken cancellationToken);
}

internal sealed class OutgoingHttp(OutgoingHttpClient client) : IOutgoingHttp
{
    public async Task<int> PostAsync(Uri url, IReadOnlyDictionary<string, string> headers, byte[] body, string idempotencyKey, CancellationToken cancellationToken)
    {
        var request = new OutgoingHttpRequest { Url = url, Method = "POST", Headers = new HttpHeaders(headers.ToDictionary(header => header.Key, header => new[] { header.Value })), Body = body };
        var result = await client.SendAsync(request, idempotencyKey, cancellationToken);
        return result.Response?.StatusCode ?? throw new HttpRequestException(result.Reason ?? "There was no answer.");
    }
}

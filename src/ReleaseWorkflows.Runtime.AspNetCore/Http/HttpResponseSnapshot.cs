namespace Elsa.Http;

/// <summary>An answer to a request that a workflow sent, read completely before the workflow goes on.</summary>
public sealed record HttpResponseSnapshot
{
    /// <summary>The status, for example 200.</summary>
    public required int StatusCode { get; init; }

    /// <summary>The words beside the status, if the server sent any.</summary>
    public string? ReasonPhrase { get; init; }

    /// <summary>Address of the answer: that of the request, or the one redirects led to.</summary>
    public required Uri Url { get; init; }

    /// <summary>Headers of the answer, without those that describe its body.</summary>
    public HttpHeaders Headers { get; init; } = [];

    /// <summary>Headers that describe the body.</summary>
    public HttpHeaders ContentHeaders { get; init; } = [];

    /// <summary>The body, decompressed; empty if there is none.</summary>
    public byte[] Content { get; init; } = [];
}

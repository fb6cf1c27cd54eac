using Elsa.Http;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;

/// <summary>A request to send, complete, as it is kept until it is done.</summary>
internal sealed record OutgoingHttpRequest
{
    public required Uri Url { get; init; }

    public required string Method { get; init; }

    /// <summary>Headers of the request and of its body, without those that belong to the connection.</summary>
    public HttpHeaders Headers { get; init; } = [];

    /// <summary>The body; null for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>True if the answer is a file, for which a larger limit holds.</summary>
    public bool IsDownload { get; init; }
}

/// <summary>How a call ended.</summary>
internal enum OutgoingHttpEnd
{
    /// <summary>There is an answer, whatever its status.</summary>
    Answered,

    /// <summary>No answer: no such host, no connection, a connection that broke, an address that is not allowed.</summary>
    FailedToConnect,

    /// <summary>No complete answer in time.</summary>
    TimedOut,

    /// <summary>The answer was larger than allowed; it was not read to its end.</summary>
    TooLarge,
}

/// <summary>What came of a call.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Response">The answer, if there is one.</param>
/// <param name="Reason">Why there is none; a sentence for people.</param>
internal sealed record OutgoingHttpResult(OutgoingHttpEnd End, HttpResponseSnapshot? Response, string? Reason);

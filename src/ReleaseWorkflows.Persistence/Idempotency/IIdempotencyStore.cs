namespace ReleaseWorkflows.Persistence.Idempotency;

/// <summary>
/// The first answer to a request with an <c>Idempotency-Key</c>, committed in the same unit of work as what the request did, so that a
/// repeat gets the same answer and does nothing.
/// </summary>
/// <param name="AccountId">Who asked: two accounts may use the same key.</param>
/// <param name="Key">The key the client chose, 1 to 200 characters.</param>
/// <param name="RequestHash">SHA-256 over method, path, query and body: the same key with another request is refused.</param>
/// <param name="StatusCode">Status of the answer.</param>
/// <param name="ContentType">Type of the body; null if there is none.</param>
/// <param name="HeadersJson">Headers to repeat (<c>Location</c>, <c>ETag</c>) as a JSON object.</param>
/// <param name="Body">The body as sent.</param>
/// <param name="CreatedAt">When the answer was given.</param>
public sealed record IdempotencyRecord(
    string AccountId,
    string Key,
    string RequestHash,
    int StatusCode,
    string? ContentType,
    string HeadersJson,
    ReadOnlyMemory<byte> Body,
    DateTimeOffset CreatedAt);

/// <summary>Answers to repeat, within one unit of work.</summary>
public interface IIdempotencyStore
{
    /// <summary>The answer given to this key before, or null.</summary>
    ValueTask<IdempotencyRecord?> FindAsync(string accountId, string key, CancellationToken cancellationToken);

    /// <summary>Stores the answer. The commit fails if a concurrent request with the same key was faster; its answer is then found.</summary>
    void Add(IdempotencyRecord record);
}

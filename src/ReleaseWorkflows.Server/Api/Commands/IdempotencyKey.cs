using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.Commands;

/// <summary>
/// The client's own name for a command (<c>Idempotency-Key</c>), chosen before the first attempt and sent with every repeat.
/// </summary>
/// <param name="Value">1 to 200 visible characters of ASCII.</param>
/// <param name="RequestHash">SHA-256 over method, path, query and content, 64 lower-case hexadecimal digits: the same key names one request only.</param>
internal sealed record IdempotencyKey(string Value, string RequestHash)
{
    /// <summary>The name of the header.</summary>
    public const string Header = "Idempotency-Key";

    private const int MaximumLength = 200;

    /// <summary>Reads the header and hashes the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="content">What the request says, if not its bytes: of an upload, whose boundary differs with every attempt.</param>
    /// <param name="cancellationToken">Stops reading the body.</param>
    /// <returns>The key, or null with the problem if the header is unusable, or null without one if there is no header.</returns>
    public static async ValueTask<(IdempotencyKey? Key, Problem? Problem)> ReadAsync(HttpContext context, string? content, CancellationToken cancellationToken)
    {
        var values = context.Request.Headers[Header];
        if (values.Count == 0)
        {
            return (null, null);
        }

        if (values.Count > 1 || !IsUsable(values[0], out var value))
        {
            return (null, Problem.From(Refusal.InvalidField(Header, $"Send one {Header} of 1 to {MaximumLength} visible characters without blanks, for example a UUID.")));
        }

        return (new IdempotencyKey(value, await HashAsync(context, content, cancellationToken)), null);
    }

    private static bool IsUsable([NotNullWhen(true)] string? text, [NotNullWhen(true)] out string? value)
    {
        value = text is { Length: >= 1 and <= MaximumLength } && text.All(character => character is > ' ' and <= '~') ? text : null;
        return value is not null;
    }

    private static async ValueTask<string> HashAsync(HttpContext context, string? content, CancellationToken cancellationToken)
    {
        var request = context.Request;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{request.PathBase}{request.Path}{request.QueryString}\n"));
        if (content is not null)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(content));
        }
        else if (request.Body is MemoryStream read)
        {
            // Whoever read it before has set its own limit, and left it to be read again.
            hash.AppendData(read.ToArray());
        }
        else
        {
            hash.AppendData((await RequestBody.ReadAsync(context, cancellationToken)).Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

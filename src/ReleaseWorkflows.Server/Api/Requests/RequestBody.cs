namespace ReleaseWorkflows.Server.Api.Requests;

/// <summary>The body of a request, read once and kept: the reader of its fields and the hash for idempotency look at the same bytes.</summary>
internal static class RequestBody
{
    /// <summary>Most bytes of a body that is read into memory: 1 MB. Uploads are streamed elsewhere.</summary>
    public const int MaximumBytes = 1024 * 1024;

    /// <summary>The bytes of the body; empty if there is none.</summary>
    /// <exception cref="BadHttpRequestException">413: there are more than <see cref="MaximumBytes"/>.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (context.Features.Get<Buffered>() is { } known)
        {
            return known.Bytes;
        }

        if (context.Request.ContentLength > MaximumBytes)
        {
            throw TooLarge();
        }

        var buffer = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        var block = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(block, cancellationToken)) > 0)
        {
            if (buffer.Length + read > MaximumBytes)
            {
                throw TooLarge();
            }

            buffer.Write(block, 0, read);
        }

        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        context.Features.Set(new Buffered(bytes));
        context.Request.Body = new MemoryStream(buffer.GetBuffer(), 0, (int)buffer.Length, writable: false);
        return bytes;
    }

    /// <summary>The bytes of a body that is JSON; empty if there is none.</summary>
    /// <exception cref="BadHttpRequestException">413: there are more than <see cref="MaximumBytes"/>. 415: it is no JSON.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadJsonAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(context, cancellationToken);
        return body.Length == 0 || context.Request.HasJsonContentType()
            ? body
            : throw new BadHttpRequestException("Send JSON in UTF-8, with Content-Type: application/json.", StatusCodes.Status415UnsupportedMediaType);
    }

    private static BadHttpRequestException TooLarge() =>
        new("The body has more than 1 MB. Send less, or use the upload of the thing in question.", StatusCodes.Status413PayloadTooLarge);

    private sealed record Buffered(ReadOnlyMemory<byte> Bytes);
}

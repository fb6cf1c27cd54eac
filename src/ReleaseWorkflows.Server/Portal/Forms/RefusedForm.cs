using Microsoft.AspNetCore.Http.Features;

namespace ReleaseWorkflows.Server.Portal.Forms;

/// <summary>
/// A form that is refused for its size. A browser shows an answer only after it has sent everything; to one that is not listened to any more it shows a
/// broken connection. So what it still sends is read and dropped, within limits; beyond them the connection breaks.
/// </summary>
internal static class RefusedForm
{
    private const long MostDropped = 256L * 1024 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>True if the form says that it is larger than that.</summary>
    public static bool IsLarger(HttpRequest request, long? maximumBytes) => request.ContentLength > maximumBytes;

    /// <summary>Reads the rest of the request, if somebody who is signed in sends it, and keeps nothing of it. Returns when it has come, or the limits are reached.</summary>
    public static async Task DropAsync(HttpContext context)
    {
        // Whoever asks first whether to send it takes the answer for a no.
        if (context.User.Identity?.IsAuthenticated != true
            || context.Request.Headers.Expect.Count > 0
            || IsLarger(context.Request, MostDropped)
            || context.Features.Get<IHttpMaxRequestBodySizeFeature>() is not { IsReadOnly: false } limit)
        {
            return;
        }

        limit.MaxRequestBodySize = MostDropped;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(Longest);
        var dropped = new byte[64 * 1024];
        try
        {
            while (await context.Request.Body.ReadAsync(dropped, patience.Token) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The limits, or the browser has gone. The answer is given all the same.
        }
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Elsa.Http;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;

/// <summary>
/// Sends the requests of workflows. Whoever writes a definition decides where they go, so the address is checked where it counts: after the name
/// has been resolved, on each connection, on each redirect.
/// </summary>
internal sealed class OutgoingHttpClient : IDisposable
{
    // Sent to another origin as well when a redirect leads there. All others may carry credentials.
    private static readonly HashSet<string> HarmlessHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Accept-Language", "Content-Type", "Content-Language", "Content-Encoding", "Idempotency-Key", "User-Agent",
    };

    private readonly OutgoingHttpOptions _options;
    private readonly AllowedHosts _allowed;
    private readonly TimeProvider _time;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly HttpMessageInvoker _invoker;

    public OutgoingHttpClient(IOptions<OutgoingHttpOptions> options, TimeProvider time)
        : this(options, time, Dns.GetHostAddressesAsync)
    {
    }

    /// <summary>For tests, which have names of their own.</summary>
    internal OutgoingHttpClient(IOptions<OutgoingHttpOptions> options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        _options = options.Value;
        _allowed = new AllowedHosts(_options.AllowedPrivateHosts);
        _time = time;
        _resolve = resolve;

        // CA2000: the invoker owns the handler.
#pragma warning disable CA2000
        _invoker = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                // A proxy, a cookie jar or a redirect followed inside would each bypass the checks here.
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectCallback = ConnectAsync,
                PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            },
            disposeHandler: true);
#pragma warning restore CA2000
    }

    public void Dispose() => _invoker.Dispose();

    /// <summary>Sends a request, follows redirects and reads the answer to its end.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up. The client's own time limit is a result.</exception>
    public async Task<OutgoingHttpResult> SendAsync(OutgoingHttpRequest request, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.TimeLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await FollowAsync(WithKey(request, idempotencyKey), either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new OutgoingHttpResult(OutgoingHttpEnd.TimedOut, null, $"There was no complete answer within {_options.TimeLimit}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            var reason = exception.InnerException is AddressRefusedException refusal ? refusal.Message : exception.Message;
            return new OutgoingHttpResult(OutgoingHttpEnd.FailedToConnect, null, reason);
        }
    }

    private async Task<OutgoingHttpResult> FollowAsync(OutgoingHttpRequest request, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var message = ToMessage(request);
            using var response = await _invoker.SendAsync(message, cancellationToken);
            if (NextAfter(request, response) is not { } next)
                return await ReadAsync(request, response, cancellationToken);
            if (redirects >= _options.MaximumRedirects)
            {
                return new OutgoingHttpResult(OutgoingHttpEnd.FailedToConnect, null, string.Create(
                    CultureInfo.InvariantCulture, $"The address redirects more than {_options.MaximumRedirects} times."));
            }

            request = next;
        }
    }

    private static OutgoingHttpRequest WithKey(OutgoingHttpRequest request, string idempotencyKey) => request.Headers.ContainsKey("Idempotency-Key")
        ? request
        : request with { Headers = new HttpHeaders(request.Headers) { ["Idempotency-Key"] = [idempotencyKey] } };

    private static HttpRequestMessage ToMessage(OutgoingHttpRequest request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Url);
        if (request.Body is { } body)
            message.Content = new ByteArrayContent(body);
        foreach (var (name, values) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, values))
                message.Content?.Headers.TryAddWithoutValidation(name, values);
        }

        return message;
    }

    /// <summary>The request that a redirect asks for; null if the answer is no redirect, or one that is not followed.</summary>
    private static OutgoingHttpRequest? NextAfter(OutgoingHttpRequest request, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            return null;

        var url = new Uri(request.Url, location);
        var isDowngrade = request.Url.Scheme == Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttps;
        if (isDowngrade || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
            return null;

        var next = request with { Url = url };
        if (status == 303 ? request.Method != "HEAD" : status is 301 or 302 && request.Method == "POST")
            next = next with { Method = "GET", Body = null };
        if (Uri.Compare(request.Url, url, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0)
            next = next with { Headers = new HttpHeaders(request.Headers.Where(header => HarmlessHeaders.Contains(header.Key)).ToDictionary()) };
        return next;
    }

    private async Task<OutgoingHttpResult> ReadAsync(OutgoingHttpRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var limit = request.IsDownload ? _options.DownloadSizeLimit : _options.ResponseSizeLimit;
        if (response.Content.Headers.ContentLength > limit || await ReadBodyAsync(response, limit, cancellationToken) is not { } body)
        {
            return new OutgoingHttpResult(OutgoingHttpEnd.TooLarge, null, string.Create(
                CultureInfo.InvariantCulture, $"The answer (status {(int)response.StatusCode}) is larger than {limit} bytes."));
        }

        return new OutgoingHttpResult(
            OutgoingHttpEnd.Answered,
            new HttpResponseSnapshot
            {
                StatusCode = (int)response.StatusCode,
                ReasonPhrase = response.ReasonPhrase,
                Url = request.Url,
                Headers = ToHeaders(response.Headers),
                ContentHeaders = ToHeaders(response.Content.Headers),
                Content = body,
            },
            null);
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await stream.ReadAsync(chunk, cancellationToken) is var read and > 0)
        {
            if (buffer.Length + read > limit)
                return null;
            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private static HttpHeaders ToHeaders(System.Net.Http.Headers.HttpHeaders headers) =>
        new(headers.NonValidated.ToDictionary(header => header.Key, header => header.Value.ToArray()));

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        IPAddress[] addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, cancellationToken);
        if (!_allowed.Contains(host, port) && addresses.FirstOrDefault(static address => !PublicAddresses.Contains(address)) is { } refused)
            throw new AddressRefusedException($"The host '{host}' has the address {refused}, which is not public. Workflows may call it if it is among the allowed private hosts.");

        // The addresses that were checked are the ones connected to; the name is not resolved a second time.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class AddressRefusedException(string message) : IOException(message);
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ReleaseWorkflows.Client.Connection;

/// <summary>
/// The platform's API. A command is sent with an <c>Idempotency-Key</c>, so that it can be sent again when no answer came: the platform carries
/// it out once. Refusals of the platform are exceptions here, since they end the program.
/// </summary>
internal sealed class ReleaseServer : IDisposable
{
    private const int Attempts = 5;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private readonly ServerAddress _address;

    /// <summary>Opens nothing yet.</summary>
    public ReleaseServer(ServerAddress address, TimeProvider clock)
    {
        _address = address;
        _clock = clock;
        // A redirect would carry the key to wherever it points.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address.Url, Timeout = TimeSpan.FromSeconds(100) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", address.Key);
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("rw");
    }

    /// <summary>Reads.</summary>
    /// <exception cref="RwException">The platform refuses, or was not reached.</exception>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Sends a command with a body of JSON; null for none.</summary>
    /// <exception cref="RwException">The platform refuses, or was not reached.</exception>
    public Task<JsonElement> SendJsonAsync(HttpMethod method, string path, string? json, CancellationToken cancellationToken) =>
        SendAsync(method, path, json is null ? null : () => new StringContent(json, Encoding.UTF8, "application/json"), cancellationToken);

    /// <summary>Sends a command with a form, made anew for each attempt.</summary>
    /// <exception cref="RwException">The platform refuses, or was not reached.</exception>
    public Task<JsonElement> SendFormAsync(HttpMethod method, string path, Func<HttpContent> form, CancellationToken cancellationToken) =>
        SendAsync(method, path, form, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, Func<HttpContent>? content, CancellationToken cancellationToken)
    {
        var key = method == HttpMethod.Get ? null : Guid.NewGuid().ToString();
        for (var attempt = 1; ; attempt++)
        {
            var (answer, failure, pause) = await TryAsync(method, path, content?.Invoke(), key, cancellationToken);
            if (failure is null)
            {
                return answer;
            }

            if (attempt == Attempts || failure.ExitCode != ExitCode.Unreachable)
            {
                throw failure;
            }

            await Task.Delay(pause ?? TimeSpan.FromSeconds(Math.Pow(2, attempt - 2)), _clock, cancellationToken);
        }
    }

    private async Task<(JsonElement Answer, RwException? Failure, TimeSpan? Pause)> TryAsync(
        HttpMethod method, string path, HttpContent? content, string? key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path.TrimStart('/'), UriKind.Relative)) { Content = content };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.IsSuccessStatusCode ? (Parse(response, body), null, null) : (default, FailureOf(response, body), PauseOf(response));
        }
        catch (HttpRequestException exception)
        {
            return (default, new RwException(ExitCode.Unreachable, $"{_address} cannot be reached: {exception.Message}. Is --server or {ServerAddress.UrlVariable} right?"), null);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (default, new RwException(ExitCode.Unreachable, $"{_address} did not answer within {_http.Timeout.TotalSeconds} seconds."), null);
        }
    }

    private static RwException FailureOf(HttpResponseMessage response, byte[] body)
    {
        var problem = response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json" ? TryParse(body) : null;
        var status = (int)response.StatusCode;
        var exitCode = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.Forbidden,
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => ExitCode.Unreachable,
            _ when status >= 500 => ExitCode.Failed,
            _ when status >= 400 => ExitCode.Refused,
            _ => ExitCode.Failed,
        };
        var detail = problem is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("detail", out var text) ? text.GetString() : null;
        return new RwException(exitCode, detail ?? $"The server answered {status} {response.ReasonPhrase} without saying why. Is --server the address of ReleaseWorkflows?", problem);
    }

    private static TimeSpan? PauseOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta is { } wait ? (wait < LongestPause ? wait : LongestPause) : null;

    private static JsonElement Parse(HttpResponseMessage response, byte[] body) => body.Length == 0
        ? default
        : TryParse(body) ?? throw new RwException(
            ExitCode.Failed, $"The server answered {(int)response.StatusCode} with something that is no JSON. Is --server the address of ReleaseWorkflows?");

    private static JsonElement? TryParse(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

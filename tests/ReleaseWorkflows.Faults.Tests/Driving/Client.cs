using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Packages;

namespace ReleaseWorkflows.Faults.Tests.Driving;

/// <summary>Sends operations to a server as the users of its demo data.</summary>
internal sealed class Client : IDisposable
{
    private static readonly Lazy<byte[]> Package = new(() =>
    {
        using var zip = new MemoryStream();
        SamplePackages.Zip(Path.Combine(AppContext.BaseDirectory, "samples", "coffee"), zip);
        return zip.ToArray();
    });

    private readonly HttpClient _http;
    private readonly History _history;
    private readonly Dictionary<string, string> _keys;

    public Client(Uri address, string folder, History history)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        _history = history;
        using var access = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "demo-access.json")));
        _keys = access.RootElement.GetProperty("users").EnumerateArray().ToDictionary(user => user.GetProperty("role").GetString()!, user => user.GetProperty("apiKey").GetString()!);
    }

    /// <summary>Asks once, and writes the answer into the operation.</summary>
    /// <exception cref="HttpRequestException">The answer did not come: whether it was done is unknown.</exception>
    public async Task SendAsync(Operation operation, bool isRecorded = true)
    {
        if (operation.InvokedAt == 0)
            operation.InvokedAt = _history.Tick();
        operation.Attempts++;
        try
        {
            using var request = Write(operation);
            using var response = await _http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            Read(operation, response, body);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
        {
            _history.LostAnAnswer();
            throw new HttpRequestException("The answer did not come.", exception);
        }
        operation.CompletedAt = _history.Tick();
        if (isRecorded)
            _history.Completed(operation);
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Write(Operation operation)
    {
        var request = new HttpRequestMessage(operation.Method, operation.Path);
        request.Headers.Authorization = new AuthenticationHeaderValue("ApiKey", _keys[operation.Role]);
        if (operation.Key is { } key)
            request.Headers.Add("Idempotency-Key", key);
        if (operation.Version is { } version)
            request.Content = new MultipartFormDataContent { { new StringContent(version), "version" }, { new ByteArrayContent(Package.Value), "package", "package.zip" } };
        else if (operation.Body is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return request;
    }

    private void Read(Operation operation, HttpResponseMessage response, string body)
    {
        operation.Status = (int)response.StatusCode;
        operation.Answer = body;
        operation.Revision = response.Headers.ETag?.Tag is { } tag && int.TryParse(tag.Trim('"'), out var revision) ? revision : 0;
        if (response.Headers.Contains("Idempotency-Replayed"))
            _history.Replayed();
        if (operation.Status is >= 500 and not 503 and not 507)
            _history.Odd($"{operation}: {body}");
        if (response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) != true || body.Length == 0)
            return;
        using var json = JsonDocument.Parse(body);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
            return;
        operation.Code = Text("code");
        operation.ReleaseStatus = operation.IsAccepted ? Text("status") : Text("releaseStatus");
        if (operation is { IsAccepted: true, Kind: "create" })
            operation.Release = Text("id");

        string? Text(string name) => json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}

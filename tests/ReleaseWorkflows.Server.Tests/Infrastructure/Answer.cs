using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ReleaseWorkflows.Server.Tests.Infrastructure;

/// <summary>An answer of the server, read to its end.</summary>
public sealed class Answer
{
    private readonly HttpResponseMessage _response;
    private readonly Lazy<JsonElement> _json;

    private Answer(HttpResponseMessage response, byte[] bytes)
    {
        _response = response;
        Bytes = bytes;
        _json = new Lazy<JsonElement>(() => JsonElement.Parse(bytes));
    }

    /// <summary>The status.</summary>
    public HttpStatusCode Status => _response.StatusCode;

    /// <summary>The body.</summary>
    public byte[] Bytes { get; }

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => _json.Value;

    /// <summary>The headers beside those of the body.</summary>
    public HttpResponseHeaders Headers => _response.Headers;

    /// <summary>The type of the body without parameters; null if there is none.</summary>
    public string? ContentType => _response.Content.Headers.ContentType?.MediaType;

    /// <summary>The entity tag with its quotation marks; null if there is none.</summary>
    public string? ETag => _response.Headers.ETag?.ToString();

    /// <summary>True if the answer was given before and is repeated.</summary>
    public bool IsReplay => _response.Headers.Contains("Idempotency-Replayed");

    /// <summary>The code of a problem.</summary>
    public string? Code => Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    /// <summary>The names of the fields that a problem complains about, in ordinal order.</summary>
    public IReadOnlyList<string> BadFields =>
        [.. Json.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal)];

    /// <summary>What a problem says about one field.</summary>
    public string ErrorOf(string field) =>
        string.Join(" ", Json.GetProperty("errors").GetProperty(field).EnumerateArray().Select(message => message.GetString()));

    /// <summary>A member of the body as text.</summary>
    public string? Text(string name) => Json.GetProperty(name).GetString();

    /// <summary>The entries of a list.</summary>
    public IReadOnlyList<JsonElement> Items => [.. Json.GetProperty("items").EnumerateArray()];

    /// <summary>Asserts the status and, for a problem, its form and code.</summary>
    public Answer Is(HttpStatusCode status, string? code = null)
    {
        Assert.True(status == Status, $"Expected {(int)status} but got {this}");
        if ((int)status >= 400)
        {
            Assert.Equal("application/problem+json", ContentType);
            Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
            Assert.EndsWith(".", Text("detail")!.TrimEnd(), StringComparison.Ordinal);
        }

        if (code is not null)
        {
            Assert.True(code == Code, $"Expected the code {code} but got {this}");
        }

        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(int)Status} {System.Text.Encoding.UTF8.GetString(Bytes)}";

    internal static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(response, await response.Content.ReadAsByteArrayAsync());
}

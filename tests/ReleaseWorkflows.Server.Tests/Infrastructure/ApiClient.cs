using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Packages;

namespace ReleaseWorkflows.Server.Tests.Infrastructure;

/// <summary>A client of the API with the credentials of one user, or none.</summary>
public sealed class ApiClient(Func<HttpClient> http, string? authorization)
{
    /// <summary>Reads.</summary>
    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>Sends a command with a body as JSON, or as it is if it is a string.</summary>
    public Task<Answer> PostAsync(string path, object? body = null, string? key = null, string? ifMatch = null) =>
        SendAsync(HttpMethod.Post, path, body, key, ifMatch);

    /// <summary>Replaces.</summary>
    public Task<Answer> PutAsync(string path, object? body = null, string? key = null, string? ifMatch = null) =>
        SendAsync(HttpMethod.Put, path, body, key, ifMatch);

    /// <summary>Removes.</summary>
    public Task<Answer> DeleteAsync(string path, string? key = null) => SendAsync(HttpMethod.Delete, path, key: key);

    /// <summary>Uploads a version of a mini program.</summary>
    public Task<Answer> UploadAsync(string miniProgram, string? version, byte[]? package, string? key = null)
    {
        var form = new MultipartFormDataContent();
        if (version is not null)
        {
            form.Add(new StringContent(version), "version");
        }

        if (package is not null)
        {
            form.Add(new ByteArrayContent(package), "package", "package.zip");
        }

        return SendAsync(HttpMethod.Post, $"/api/mini-programs/{miniProgram}/versions", form, key);
    }

    /// <summary>Sends a request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="body">Content as it is, a string as JSON text, another object as JSON with the names of its members as they are; null for no body.</param>
    /// <param name="key">The <c>Idempotency-Key</c>.</param>
    /// <param name="ifMatch">The <c>If-Match</c>.</param>
    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, string? key = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body switch
            {
                null => null,
                HttpContent content => content,
                string text => new StringContent(text, Encoding.UTF8, "application/json"),
                _ => new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
            },
        };
        if (authorization is not null)
        {
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var response = await http().SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>One of the sample mini programs as a zip file.</summary>
    public static byte[] Sample(string name)
    {
        using var zip = new MemoryStream();
        SamplePackages.Zip(Path.Combine(AppContext.BaseDirectory, "samples", name), zip);
        return zip.ToArray();
    }
}

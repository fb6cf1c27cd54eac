using System.Text.Json.Serialization;

namespace Elsa.Http;

/// <summary>
/// What a request says, read completely before the workflow runs: the workflow may run again after a lost race, a request can be read once.
/// </summary>
public sealed record HttpRequestSnapshot
{
    /// <summary>The method in capitals.</summary>
    public required string Method { get; init; }

    /// <summary>The address below the base path, beginning with a slash.</summary>
    public required string Path { get; init; }

    /// <summary>The values of the query, by name.</summary>
    public IReadOnlyDictionary<string, string[]> Query { get; init; } = new Dictionary<string, string[]>();

    /// <summary>The headers, by name, without those that carry credentials: what a workflow keeps, people can see.</summary>
    public IReadOnlyDictionary<string, string[]> Headers { get; init; } = new Dictionary<string, string[]>();

    /// <summary>The content type, or null.</summary>
    public string? ContentType { get; init; }

    /// <summary>The body: an object for JSON, a dictionary for a form, else text; null if there is none.</summary>
    public object? Content { get; init; }

    /// <summary>The uploaded files.</summary>
    public IReadOnlyList<HttpFile> Files { get; init; } = [];

    /// <summary>True if the body was larger than allowed; it was not read then.</summary>
    public bool IsTooLarge { get; init; }

    /// <summary>The limit that held for the body, in bytes.</summary>
    [JsonIgnore]
    public long SizeLimit { get; init; }
}

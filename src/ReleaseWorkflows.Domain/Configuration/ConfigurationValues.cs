using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReleaseWorkflows.Domain.Configuration;

/// <summary>
/// How a mini program behaves at run time (S2, S3, S4). The same shape serves the global configuration of a mini program and the
/// override of one release; what is null says nothing and leaves the other's word.
/// </summary>
/// <remarks>
/// Lists are overridden as a whole, dictionaries name by name: an override of one environment variable keeps the others.
/// </remarks>
public sealed record ConfigurationValues
{
    /// <summary>Says nothing.</summary>
    public static ConfigurationValues Empty { get; } = new();

    /// <summary>Host names the mini program may send requests to, for example <c>api.example.com</c>; at most 200.</summary>
    public ImmutableArray<string>? ServerDomains { get; init; }

    /// <summary>Addresses of WAP and H5 pages the mini program may open, for example <c>https://m.example.com/help</c>; at most 200.</summary>
    public ImmutableArray<string>? WebUrls { get; init; }

    /// <summary>Name and value; names are letters, digits and underscores; at most 200.</summary>
    public ImmutableSortedDictionary<string, string>? EnvironmentVariables { get; init; }

    /// <summary>Settings of payment, for example <c>merchantId</c>; at most 50.</summary>
    public ImmutableSortedDictionary<string, string>? Payment { get; init; }

    /// <summary>Users of the app who may test before a pilot begins; at most 1,000.</summary>
    public ImmutableArray<string>? InternalTesters { get; init; }

    /// <summary>Features by name, on or off; at most 200.</summary>
    public ImmutableSortedDictionary<string, bool>? Features { get; init; }

    /// <summary>True if nothing is said.</summary>
    [JsonIgnore]
    public bool IsEmpty =>
        ServerDomains is null && WebUrls is null && EnvironmentVariables is null && Payment is null && InternalTesters is null && Features is null;

    /// <summary>Two configurations are equal if they say the same, entry by entry.</summary>
    public bool Equals(ConfigurationValues? other) => other is not null && ToCanonicalJson() == other.ToCanonicalJson();

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(ToCanonicalJson(), StringComparison.Ordinal);

    /// <summary>The values as compact JSON with members and names in a fixed order: equal values give equal text.</summary>
    public string ToCanonicalJson() => JsonSerializer.Serialize(this, ConfigurationJson.Default.ConfigurationValues);

    /// <summary>SHA-256 of <see cref="ToCanonicalJson"/>: 64 lower-case hexadecimal digits.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, ConfigurationJson.Default.ConfigurationValues)));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConfigurationValues))]
internal sealed partial class ConfigurationJson : JsonSerializerContext;

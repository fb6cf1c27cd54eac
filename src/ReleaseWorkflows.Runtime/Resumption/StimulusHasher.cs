using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>
/// The hash that bookmarks, triggers and stimuli are matched by: upper-case hexadecimal SHA-256 over <c>name|payload|activityInstanceId</c>,
/// absent parts left out. A payload is its text, or its properties as compact JSON in the order they are declared.
/// </summary>
internal sealed class StimulusHasher : IStimulusHasher
{
    private static readonly JsonSerializerOptions Payloads = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutExcluded } },
    };

    public string Hash(string stimulusName, object? payload = null, string? activityInstanceId = null)
    {
        var text = new StringBuilder(stimulusName, 256);
        if (payload is not null)
            text.Append('|').Append(payload as string ?? JsonSerializer.Serialize(payload, payload.GetType(), Payloads));
        if (activityInstanceId is not null)
            text.Append('|').Append(activityInstanceId);

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The payload as JSON, for people and for timers; null if there is none.</summary>
    public static string? ToJson(object? payload) => payload switch
    {
        null => null,
        JsonElement element => element.GetRawText(),
        _ => JsonSerializer.Serialize(payload, payload.GetType(), JsonSerializerOptions.Default),
    };

    private static void LeaveOutExcluded(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].AttributeProvider?.IsDefined(typeof(ExcludeFromHashAttribute), inherit: true) == true)
                type.Properties.RemoveAt(i);
        }
    }
}

/// <summary>Makes ids of 16 lower-case hexadecimal digits from a cryptographic source.</summary>
internal sealed class IdentityGenerator : IIdentityGenerator
{
    public string GenerateId()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}

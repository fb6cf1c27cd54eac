using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReleaseWorkflows.Domain.Audit;

/// <summary>One field that became different.</summary>
/// <param name="Field">Its path as in the API, for example <c>environments.Production.pilot</c>.</param>
/// <param name="Before">What it was; null: it was not there.</param>
/// <param name="After">What it is; null: it is gone.</param>
public sealed record AuditChange(string Field, string? Before, string? After)
{
    /// <summary>Fields that one line tells at most; the rest is counted.</summary>
    public const int Most = 50;

    private const int LongestValue = 300;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What is different between two states of a thing, by path. Objects are compared member by member, lists as a whole; the revision does not count.</summary>
    public static IReadOnlyList<AuditChange> Between<T>(T? before, T? after)
    {
        var (old, now) = (Flatten(before), Flatten(after));
        var changes = new List<AuditChange>();
        foreach (var field in now.Keys.Concat(old.Keys.Where(field => !now.ContainsKey(field))))
        {
            var (was, isNow) = (old.GetValueOrDefault(field), now.GetValueOrDefault(field));
            if (was != isNow)
            {
                changes.Add(new AuditChange(field, Shorten(was), Shorten(isNow)));
            }
        }

        return changes.Count <= Most ? changes : [.. changes.Take(Most - 1), new AuditChange("…", null, $"{changes.Count - Most + 1} more fields")];
    }

    private static Dictionary<string, string> Flatten<T>(T? value)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (value is not null)
        {
            Add(JsonSerializer.SerializeToElement(value, Format), "", fields);
        }

        fields.Remove("revision");
        return fields;
    }

    private static void Add(JsonElement value, string path, Dictionary<string, string> fields)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                Add(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", fields);
            }
        }
        else
        {
            fields[path] = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
                    string.Join(", ", value.EnumerateArray().Select(item => item.GetString())),
                _ => value.GetRawText(),
            };
        }
    }

    private static string? Shorten(string? value) => value is { Length: > LongestValue } ? value[..LongestValue] + "…" : value;
}

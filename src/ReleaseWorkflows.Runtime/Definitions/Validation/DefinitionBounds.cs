using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ReleaseWorkflows.Runtime.Definitions.Validation;

/// <summary>How large a definition may be. Reading and checking one takes bounded time and memory, whoever wrote it.</summary>
internal static class DefinitionBounds
{
    /// <summary>Most characters of its text.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Most levels of its JSON.</summary>
    public const int MaxDepth = 256;

    /// <summary>Most activities.</summary>
    public const int MaxActivities = 2_000;

    /// <summary>Most connections of one flowchart.</summary>
    public const int MaxConnections = 5_000;

    /// <summary>
    /// The path to where the text stops being JSON, or is nested too deeply: <c>$.root.activities[3]</c>. For people, so that the path of a text
    /// that is broken early is short: <c>$</c>.
    /// </summary>
    public static string PathOfError(string json)
    {
        var reader = new Utf8JsonReader(
            Encoding.UTF8.GetBytes(json),
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth });
        var levels = new List<Level>();
        try
        {
            while (reader.Read())
                Follow(ref reader, levels);
        }
        catch (JsonException)
        {
            // This is the place.
        }

        return Write(levels);
    }

    /// <summary>The path to a text or name that an escape such as <c>\ud800</c> makes unreadable; null if there is none.</summary>
    public static string? PathOfHalfCharacter(string json)
    {
        // Hardly any definition holds such an escape at all.
        if (!json.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
            return null;

        var reader = new Utf8JsonReader(
            Encoding.UTF8.GetBytes(json),
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth });
        var levels = new List<Level>();
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String)
                    _ = reader.GetString();
                Follow(ref reader, levels);
            }

            return null;
        }
        catch (InvalidOperationException)
        {
            return Write(levels);
        }
    }

    private static void Follow(ref Utf8JsonReader reader, List<Level> levels)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                levels[^1] = levels[^1] with { Name = reader.GetString() };
                return;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                levels.RemoveAt(levels.Count - 1);
                return;
        }

        if (levels.Count > 0 && levels[^1].IsArray)
            levels[^1] = levels[^1] with { Index = levels[^1].Index + 1 };
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            levels.Add(new Level(reader.TokenType == JsonTokenType.StartArray, -1, null));
    }

    // The path of something 256 levels deep helps nobody; its beginning does.
    private static string Write(List<Level> levels)
    {
        const int Shown = 12;
        var path = new StringBuilder("$");
        foreach (var level in levels.Take(Shown))
        {
            if (level.IsArray)
                path.Append(CultureInfo.InvariantCulture, $"[{Math.Max(level.Index, 0)}]");
            else if (level.Name is { } name)
                path.Append('.').Append(name.Length > 40 ? name[..40] : name);
        }

        return levels.Count > Shown ? path.Append('…').ToString() : path.ToString();
    }

    private readonly record struct Level(bool IsArray, int Index, string? Name);
}

using System.Text.Json;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>A stimulus that the passing of time supplies: a bookmark on it gets a timer, stored in the same commit.</summary>
public interface ITimedStimulus
{
    /// <summary>When it comes.</summary>
    DateTimeOffset DueAt { get; }
}

/// <summary>Reads timed stimuli from the JSON they are stored as.</summary>
internal static class TimedStimulus
{
    private static readonly string[] Members = ["ResumeAt", "ExecuteAt", "StartAt", "DueAt"];

    public static bool TryRead(JsonElement payload, out DateTimeOffset dueAt)
    {
        foreach (var member in Members)
        {
            if (payload.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out dueAt))
                return true;
        }

        dueAt = default;
        return false;
    }
}

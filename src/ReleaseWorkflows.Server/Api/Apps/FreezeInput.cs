using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.Apps;

/// <summary>Reads the freezes of an app: <c>[{ "name", "from", "until" }]</c> or <c>[{ "name", "days": ["Saturday"], "timeZone" }]</c>.</summary>
internal static class FreezeInput
{
    /// <summary>The freezes, none if the member is missing. What is wrong with them is noted in the input.</summary>
    public static IReadOnlyList<FreezeWindow> Read(RequestReader input) =>
        [.. input.OptionalParts("freezes").Select(part => new FreezeWindow(
            part.Line("name", 10_000), part.OptionalTime("from"), part.OptionalTime("until"), ReadDays(part), part.OptionalLine("timeZone", 100)))];

    private static List<DayOfWeek>? ReadDays(RequestReader part)
    {
        if (part.OptionalTexts("days") is not { } words)
        {
            return null;
        }

        var days = new List<DayOfWeek>();
        for (var index = 0; index < words.Length; index++)
        {
            if (Enum.GetNames<DayOfWeek>().Contains(words[index], StringComparer.Ordinal))
            {
                days.Add(Enum.Parse<DayOfWeek>(words[index]));
            }
            else
            {
                part.Add($"days[{index}]", $"“{words[index]}” is no day; there are {string.Join(", ", Enum.GetNames<DayOfWeek>())}.");
            }
        }

        return days;
    }
}

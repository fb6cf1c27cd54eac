using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>
/// What a command costs that nothing brings back, told before it is given (S1, S3, A7, A19, A20): by the API, and by the page of the release, which knows
/// more of what lies around it (<see cref="ReleaseSurroundings"/>) and therefore says it more exactly.
/// </summary>
public static class ReleaseConsequences
{
    /// <summary>A sentence for each of the commands that cannot be taken back; the others are left out.</summary>
    /// <param name="release">The release.</param>
    /// <param name="commands">The commands that can be given now.</param>
    /// <param name="surroundings">What is known of what lies around it. Default: nothing beyond the release itself.</param>
    public static IReadOnlyDictionary<string, string> Of(Release release, IReadOnlyList<string> commands, ReleaseSurroundings? surroundings = null) => commands
        .Select(command => (Command: command, Sentence: Of(release, command, surroundings)))
        .Where(consequence => consequence.Sentence is not null)
        .ToDictionary(consequence => consequence.Command, consequence => consequence.Sentence!);

    /// <summary>The sentence for one command; null for one that can be taken back.</summary>
    /// <param name="release">The release.</param>
    /// <param name="command">The command.</param>
    /// <param name="surroundings">What is known of what lies around it. Default: nothing beyond the release itself.</param>
    public static string? Of(Release release, string command, ReleaseSurroundings? surroundings = null)
    {
        var around = surroundings ?? ReleaseSurroundings.OnlyOf(release);
        return command switch
        {
            ReleaseCommands.Cancel => release.Exposure switch
            {
                Exposure.Pilot => $"{Burnt(release, around)} {(release.TesterCount == 1 ? "The tester loses" : $"The {release.TesterCount:N0} testers lose")} it{Fallback(around)}",
                Exposure.Grayscale => $"{Burnt(release, around)} The {release.Percentage}\u00a0% of the users who have it lose it{Fallback(around)}",
                _ => Burnt(release, around),
            },
            ReleaseCommands.TakeOffline =>
                $"Nobody in {around.Target} gets {around.MiniProgram} any more, until another version goes live there. {Burnt(release, around)}",
            ReleaseCommands.Grayscale => "The percentage can be raised and never lowered; to take the version back, the release is canceled.",
            ReleaseCommands.GoLive =>
                $"A Full Release gives {release.Key.Version} to everyone in {around.Target} at once{(around.Live is { } live ? $", in the place of {live}" : "")}, and ends the process.",
            _ => null,
        };
    }

    private static string Burnt(Release release, ReleaseSurroundings around) =>
        $"{release.Key.Version} can never go to {around.Target} again; a new version can.";

    private static string Fallback(ReleaseSurroundings around) => around switch
    {
        { Live: { } live } => $" and go back to {live}.",
        { IsLiveKnown: true } => " and have nothing left: no version is live there.",
        _ => " and go back to what is live there, if anything is.",
    };
}

/// <summary>What lies around a release, for sentences about it.</summary>
/// <param name="Target">The app and environment, as the reader calls them.</param>
/// <param name="MiniProgram">The mini program, as the reader calls it.</param>
/// <param name="Live">The version that everybody has on the target; null if there is none, or if nobody looked.</param>
/// <param name="IsLiveKnown">True if somebody looked.</param>
public sealed record ReleaseSurroundings(string Target, string MiniProgram, VersionNumber? Live, bool IsLiveKnown)
{
    /// <summary>Keys, and nothing about what is live: all that a release knows of itself.</summary>
    public static ReleaseSurroundings OnlyOf(Release release) =>
        new($"{release.Key.App} {release.Key.Environment}", release.Key.MiniProgram.Value, null, IsLiveKnown: false);
}

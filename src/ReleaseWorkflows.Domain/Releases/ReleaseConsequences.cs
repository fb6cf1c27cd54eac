namespace ReleaseWorkflows.Domain.Releases;

/// <summary>What a command costs that nothing brings back, told before it is given (S1, S3, A7, A19, A20).</summary>
public static class ReleaseConsequences
{
    /// <summary>A sentence for each of the commands that cannot be taken back; the others are left out.</summary>
    public static IReadOnlyDictionary<string, string> Of(Release release, IReadOnlyList<string> commands) => commands
        .Select(command => (Command: command, Sentence: Of(release, command)))
        .Where(consequence => consequence.Sentence is not null)
        .ToDictionary(consequence => consequence.Command, consequence => consequence.Sentence!);

    private static string? Of(Release release, string command) => command switch
    {
        ReleaseCommands.Cancel => $"{Burnt(release)}{(release.Exposure == Exposure.None ? "" : " Its users are back on what was live there before, if anything was.")}",
        ReleaseCommands.TakeOffline => $"Nobody in {release.Key.App} {release.Key.Environment} gets {release.Key.MiniProgram} until another version goes live there. {Burnt(release)}",
        ReleaseCommands.Grayscale => "The percentage can be raised and never lowered; who wants less cancels the release.",
        ReleaseCommands.GoLive => "Full gives the version to everyone at once and ends the process.",
        _ => null,
    };

    private static string Burnt(Release release) =>
        $"{release.Key.Version} can never be released to {release.Key.App} {release.Key.Environment} again; a new version can.";
}

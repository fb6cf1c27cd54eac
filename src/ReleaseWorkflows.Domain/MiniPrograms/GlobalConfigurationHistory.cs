using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Configuration;

namespace ReleaseWorkflows.Domain.MiniPrograms;

/// <summary>One state of a mini program's global configuration, from one edit to the next (S3, S4).</summary>
/// <param name="MiniProgram">Whose configuration.</param>
/// <param name="Number">1 for the configuration the mini program began with, then 2, 3, …</param>
/// <param name="At">Since when.</param>
/// <param name="By">Who made the edit; null for a first revision from before revisions were kept.</param>
/// <param name="ByName">The name shown; null as <paramref name="By"/>.</param>
/// <param name="Configuration">What the mini program said from then on.</param>
public sealed record GlobalConfigurationRevision(
    MiniProgramKey MiniProgram, int Number, DateTimeOffset At, UserId? By, string? ByName, ConfigurationValues Configuration)
{
    /// <summary>The configuration that a mini program begins with.</summary>
    public static GlobalConfigurationRevision First(MiniProgram miniProgram, Actor? actor = null) =>
        new(miniProgram.Key, 1, miniProgram.CreatedAt, actor?.Id, actor?.Name, miniProgram.Configuration);
}

/// <summary>The global configurations a mini program has had. A mini program from before revisions were kept begins with the one it has.</summary>
public static class GlobalConfigurationHistory
{
    /// <summary>Every revision, the oldest first; never empty.</summary>
    /// <param name="miniProgram">The mini program as it is.</param>
    /// <param name="kept">The revisions that were stored.</param>
    public static IReadOnlyList<GlobalConfigurationRevision> Of(MiniProgram miniProgram, IReadOnlyList<GlobalConfigurationRevision> kept) =>
        kept.Count > 0 ? kept : [GlobalConfigurationRevision.First(miniProgram)];

    /// <summary>What an edit adds to the history.</summary>
    /// <param name="before">The mini program before the edit.</param>
    /// <param name="configuration">What it says from now on.</param>
    /// <param name="kept">The revisions that were stored.</param>
    /// <param name="actor">Who makes the edit.</param>
    /// <param name="now">When.</param>
    public static IReadOnlyList<GlobalConfigurationRevision> Continue(
        MiniProgram before, ConfigurationValues configuration, IReadOnlyList<GlobalConfigurationRevision> kept, Actor actor, DateTimeOffset now)
    {
        var history = Of(before, kept);
        var next = new GlobalConfigurationRevision(before.Key, history[^1].Number + 1, now, actor.Id, actor.Name, configuration);
        return kept.Count > 0 ? [next] : [.. history, next];
    }
}

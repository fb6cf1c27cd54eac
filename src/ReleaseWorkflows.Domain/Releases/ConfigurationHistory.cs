using ReleaseWorkflows.Domain.Configuration;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>One state of a release's configuration, from one edit to the next (T3).</summary>
/// <param name="Number">1 for the configuration the release began with, then 2, 3, …</param>
/// <param name="At">Since when.</param>
/// <param name="By">Who made the edit; the name shown.</param>
/// <param name="IsGlobalChange">True if the mini program's global configuration changed, false if the release's own.</param>
/// <param name="Override">What the release says itself.</param>
/// <param name="Effective">What applied.</param>
/// <param name="Hash">SHA-256 of what applied, as in the snapshot of a request.</param>
/// <param name="Changes">What differs from the revision before; empty for the first.</param>
public sealed record ConfigurationRevision(
    int Number,
    DateTimeOffset At,
    string By,
    bool IsGlobalChange,
    ConfigurationValues Override,
    ConfigurationValues Effective,
    string Hash,
    IReadOnlyList<ConfigurationChange> Changes);

/// <summary>The configurations a release has had, told from its log.</summary>
public static class ConfigurationHistory
{
    /// <summary>Every revision, the oldest first; never empty.</summary>
    /// <param name="log">The whole log of a release.</param>
    public static IReadOnlyList<ConfigurationRevision> Of(IReadOnlyList<ReleaseEvent> log)
    {
        var revisions = new List<ConfigurationRevision>();
        foreach (var happened in log)
        {
            switch (happened)
            {
                case ReleaseCreated created:
                    Add(created, isGlobalChange: false, created.Override, created.Effective);
                    break;
                case ConfigurationEdited edited:
                    Add(edited, edited.IsGlobalChange, edited.Override, edited.Effective);
                    break;
            }
        }

        return revisions;

        void Add(ReleaseEvent happened, bool isGlobalChange, ConfigurationValues ownWord, ConfigurationValues effective) => revisions.Add(new ConfigurationRevision(
            revisions.Count + 1, happened.At, happened.ByName, isGlobalChange, ownWord, effective, effective.Hash(),
            revisions.Count == 0 ? [] : ConfigurationDifference.Between(revisions[^1].Effective, effective)));
    }
}

using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Api.MiniPrograms;

/// <summary>One state of a mini program's global configuration as clients see it.</summary>
/// <param name="Number">1 for the first, then 2, 3, …</param>
/// <param name="At">Since when.</param>
/// <param name="By">Who made the edit; null for a first revision from before revisions were kept.</param>
/// <param name="Configuration">What the mini program said from then on.</param>
/// <param name="Hash">SHA-256 of it.</param>
/// <param name="Changes">What differs from the revision before; empty for the first.</param>
internal sealed record GlobalConfigurationView(
    int Number, DateTimeOffset At, string? By, ConfigurationValues Configuration, string Hash, IReadOnlyList<ConfigurationChange> Changes)
{
    /// <summary>A history as clients see it, in its order.</summary>
    public static IEnumerable<GlobalConfigurationView> Of(IReadOnlyList<GlobalConfigurationRevision> history) =>
        history.Select((revision, index) => new GlobalConfigurationView(
            revision.Number,
            revision.At,
            revision.ByName,
            revision.Configuration,
            revision.Configuration.Hash(),
            index == 0 ? [] : ConfigurationDifference.Between(history[index - 1].Configuration, revision.Configuration)));
}

/// <summary>What two configurations of a history differ in.</summary>
/// <param name="From">Number of the older revision.</param>
/// <param name="To">Number of the newer one.</param>
/// <param name="Changes">Every difference, in the order of the form.</param>
internal sealed record ConfigurationDifferenceView(int From, int To, IReadOnlyList<ConfigurationChange> Changes)
{
    /// <summary>Compares two revisions of a history, or says which numbers there are.</summary>
    /// <param name="history">The configurations, the oldest first; not empty.</param>
    /// <param name="from">Number of the older one; null: the one before the newer.</param>
    /// <param name="to">Number of the newer one; null: the last.</param>
    public static IResult Answer(IReadOnlyList<ConfigurationValues> history, int? from, int? to)
    {
        var last = to ?? history.Count;
        var first = from ?? Math.Max(1, last - 1);
        var errors = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (field, number) in (ReadOnlySpan<(string, int)>)[("from", first), ("to", last)])
        {
            if (number < 1 || number > history.Count)
            {
                errors[field] = [$"{field} is the number of a revision, 1 to {history.Count}."];
            }
        }

        return errors.Count > 0
            ? Problem.From(Refusal.Invalid("Some parts of the query cannot be used as they are.", errors))
            : TypedResults.Ok(new ConfigurationDifferenceView(first, last, ConfigurationDifference.Between(history[first - 1], history[last - 1])));
    }
}

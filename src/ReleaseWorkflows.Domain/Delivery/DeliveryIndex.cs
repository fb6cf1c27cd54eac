using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Rollout;

namespace ReleaseWorkflows.Domain.Delivery;

/// <summary>
/// Which version a user of a super app gets, and why, kept in memory for as many questions as there are users. Filled when the server starts and told
/// of every commit since (<see cref="IReleaseObserver"/>).
/// </summary>
/// <remarks>
/// A user gets the version in pilot testing as one of its testers, else the one in grayscale release as one of its percentage (A28), else the full
/// release (A20). Two commits may be told in the wrong order: what has the higher revision counts.
/// </remarks>
public sealed class DeliveryIndex : IReleaseObserver
{
    private readonly ConcurrentDictionary<DeliveryTarget, ConcurrentDictionary<ReleaseId, Release>> _targets = new();
    private readonly ConcurrentDictionary<ReleaseId, ConcurrentDictionary<string, Membership>> _testers = new();

    /// <inheritdoc/>
    public void Committed(Release release)
    {
        // Only where somebody has a version, or has had it, is there anything to know: nothing leads back here.
        if (release.Status is ReleaseStatus.NewVersionCreated or ReleaseStatus.UnderReview)
        {
            return;
        }

        var target = new DeliveryTarget(release.Key.MiniProgram, release.Key.App, release.Key.Environment);
        if (!_targets.TryGetValue(target, out var releases))
        {
            if (release.Exposure == Exposure.None)
            {
                return;
            }

            releases = _targets.GetOrAdd(target, static _ => new ConcurrentDictionary<ReleaseId, Release>());
        }

        releases.AddOrUpdate(release.Id, release, (_, known) => known.Revision < release.Revision ? release : known);
    }

    /// <inheritdoc/>
    public void TestersCommitted(ReleaseId release, int revision, IReadOnlyList<string> added, IReadOnlyList<string> removed)
    {
        var testers = _testers.GetOrAdd(release, static _ => new ConcurrentDictionary<string, Membership>(StringComparer.Ordinal));
        foreach (var tester in removed)
        {
            Note(tester, new Membership(false, revision));
        }

        foreach (var tester in added)
        {
            Note(tester, new Membership(true, revision));
        }

        void Note(string tester, Membership now) => testers.AddOrUpdate(tester, now, (_, known) => known.Revision <= now.Revision ? now : known);
    }

    /// <summary>Which version the user gets.</summary>
    /// <param name="target">Where the user is.</param>
    /// <param name="userId">The user in the super app, as testers are named there.</param>
    /// <param name="delivery">The version with the reason.</param>
    /// <returns>False if the user gets none.</returns>
    public bool TryDecide(DeliveryTarget target, string userId, [NotNullWhen(true)] out Delivery? delivery)
    {
        delivery = null;
        if (!_targets.TryGetValue(target, out var releases))
        {
            return false;
        }

        foreach (var (_, release) in releases)
        {
            // The names of the exposures are in the order of precedence.
            if (release.Exposure != Exposure.None && (delivery is null || release.Exposure < delivery.Reason) && IsFor(release, userId))
            {
                delivery = new Delivery(release, release.Exposure);
            }
        }

        return delivery is not null;
    }

    private bool IsFor(Release release, string userId) => release.Exposure switch
    {
        Exposure.Full => true,
        Exposure.Grayscale => StableBucket.Includes(release.Id.Value, userId, release.Percentage!.Value),
        Exposure.Pilot => TesterId.TryRead(userId, release.Policy.TesterIdKind, out var tester, out _)
            && _testers.TryGetValue(release.Id, out var testers)
            && testers.TryGetValue(tester, out var membership)
            && membership.IsIn,
        _ => false,
    };

    private readonly record struct Membership(bool IsIn, int Revision);
}

/// <summary>Where versions of a mini program go.</summary>
/// <param name="MiniProgram">The mini program.</param>
/// <param name="App">The super app.</param>
/// <param name="Environment">Its environment.</param>
public readonly record struct DeliveryTarget(MiniProgramKey MiniProgram, AppKey App, ReleaseEnvironment Environment);

/// <summary>What a user gets.</summary>
/// <param name="Release">The release.</param>
/// <param name="Reason">Why: Pilot, Grayscale or Full.</param>
public sealed record Delivery(Release Release, Exposure Reason);

/// <summary>Hears of releases after their commit. Called on the thread that committed; must be quick and must not fail.</summary>
public interface IReleaseObserver
{
    /// <summary>The release as it is committed.</summary>
    void Committed(Release release);

    /// <summary>Testers who came in and went out with a commit.</summary>
    /// <param name="release">The release.</param>
    /// <param name="revision">Its revision with the change.</param>
    /// <param name="added">Who came in.</param>
    /// <param name="removed">Who went out.</param>
    void TestersCommitted(ReleaseId release, int revision, IReadOnlyList<string> added, IReadOnlyList<string> removed);
}

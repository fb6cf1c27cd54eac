using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Domain.Tests.Invariants;

/// <summary>
/// The invariants, each as a look at one moment. They read what is stored (states, logs, outbox) and ask the domain as little as
/// possible, so that a rule and its check cannot be wrong in the same way.
/// </summary>
internal static class ReleaseInvariants
{
    /// <summary>I1: who uses a version in Production, or is about to, uses exactly what a person of the super app approved.</summary>
    public static string? ProductionIsApproved(WorldMoment moment)
    {
        foreach (var release in moment.Changed.Where(release => release.Key.Environment == ReleaseEnvironment.Production && IsExposed(release)))
        {
            var log = moment.After.LogOf(release.Id);
            var submitted = log.FindLastIndex(line => line is ApplicationSubmitted);
            if (submitted < 0 || log.Skip(submitted).OfType<RequestApproved>().LastOrDefault() is not { IsAutomatic: false } approval || approval.By == UserId.System)
            {
                return $"{release.Key} is exposed without the approval of a person.";
            }

            var snapshot = ((ApplicationSubmitted)log[submitted]).Snapshot;
            if (log.Skip(submitted).Any(line => line is ConfigurationEdited or BasicInformationEdited or PackageBuilt or RequestRejected or RequestWithdrawn)
                || snapshot.PackageDigest != release.Package!.Digest
                || snapshot.SourceDigest != release.SourceDigest
                || snapshot.ConfigurationHash != release.Effective.Hash()
                || snapshot.ConfigurationHash != release.Package.ConfigurationHash
                || ((ApplicationSubmitted)log[submitted]).BasicInformation != release.BasicInformation)
            {
                return $"{release.Key} is exposed, but not as it was approved.";
            }
        }

        return null;
    }

    /// <summary>I2: in Development and Test the platform alone brings an application to its end.</summary>
    public static string? DevelopmentAndTestWaitForNobody(WorldMoment moment)
    {
        foreach (var release in moment.Changed.Where(release => release.Key.Environment is ReleaseEnvironment.Development or ReleaseEnvironment.Test))
        {
            if (moment.NewLinesOf(release.Id).Any(line => line is RequestApproved { IsAutomatic: false } or RequestRejected)
                || release.Status is ReleaseStatus.PilotTesting or ReleaseStatus.ReleasePreparation or ReleaseStatus.GrayscaleRelease)
            {
                return $"{release.Key} waited for a person.";
            }

            if (release.Status == ReleaseStatus.UnderReview)
            {
                var world = new ReleaseWorld(moment.After, moment.Now);
                if (release.LastRequest == nameof(ReviewOutcome.InReview))
                {
                    world.Execute(release.Id, new ApproveAutomatically(), Actor.System);
                }

                world.Execute(release.Id, new GoLiveAutomatically(), Actor.System);
                if (world.State.Releases[release.Id].Status != ReleaseStatus.FullRelease)
                {
                    return $"The platform alone does not bring {release.Key} to Full Release.";
                }
            }
        }

        return null;
    }

    /// <summary>I3: the percentage only rises, lies between 1 and 99, and 100 is the full release.</summary>
    public static string? PercentagesRise(WorldMoment moment)
    {
        foreach (var release in moment.Changed)
        {
            var percentages = moment.After.LogOf(release.Id).OfType<PercentageRaised>().Select(line => line.Percentage).ToList();
            if (percentages.Exists(percentage => percentage is < 1 or > 99) || percentages.Zip(percentages.Skip(1)).Any(pair => pair.First >= pair.Second))
            {
                return $"{release.Key} went through {string.Join(", ", percentages)} %.";
            }

            int? expected = release.Status == ReleaseStatus.GrayscaleRelease && percentages.Count > 0 ? percentages[^1] : null;
            if (release.Percentage != expected)
            {
                return $"{release.Key} is {release.Status} with {release.Percentage} %, not {expected} %.";
            }

            if (moment.Result?.Event is WentLive { Mode: ReleaseMode.AfterGrayscale } && moment.BeforeOf(release) is { Percentage: null, Status: ReleaseStatus.GrayscaleRelease })
            {
                return $"{release.Key} went live after a grayscale release that nobody had.";
            }
        }

        return null;
    }

    /// <summary>I4: a version goes to a target once, for ever; giving it up does not free it.</summary>
    public static string? KeysAreUsedOnce(WorldMoment moment)
    {
        var created = moment.Changed.Where(release => moment.BeforeOf(release) is null).ToList();
        var reused = created.Find(release => moment.After.AllReleases.Count(other => other.Key == release.Key) > 1);
        return reused is not null ? $"{reused.Key} was used twice."
            : moment.Before.Order.Exists(id => !moment.After.Releases.ContainsKey(id)) ? "A release is gone, and its key with it."
            : moment.Changed.Any(release => moment.BeforeOf(release)?.Status is ReleaseStatus.Canceled or ReleaseStatus.Archived) ? "Something happened after the end."
            : null;
    }

    /// <summary>I5: details change in New Version Created only.</summary>
    public static string? DetailsAreFrozen(WorldMoment moment)
    {
        foreach (var release in moment.Changed)
        {
            if (moment.BeforeOf(release) is { Status: not ReleaseStatus.NewVersionCreated } before
                && (before.Override != release.Override
                    || before.Effective != release.Effective
                    || before.BasicInformation != release.BasicInformation
                    || before.Package != release.Package
                    || before.SourceDigest != release.SourceDigest
                    || before.Policy != release.Policy))
            {
                return $"{release.Key} changed while it was {before.Status}.";
            }
        }

        return null;
    }

    /// <summary>I6: version and target stay what they were when they were chosen.</summary>
    public static string? TargetsNeverChange(WorldMoment moment)
    {
        foreach (var release in moment.Changed)
        {
            var created = (ReleaseCreated)moment.After.LogOf(release.Id)[0];
            if (created.Key != release.Key || created.Id != release.Id
                || created.MiniProgramWorkspace != release.MiniProgramWorkspace || created.AppWorkspace != release.AppWorkspace)
            {
                return $"{created.Key} became {release.Key}.";
            }
        }

        return null;
    }

    /// <summary>I7: a pilot happens in Sandbox and Production only, and only if the app had one when the release applied.</summary>
    public static string? PilotsAreWhereTheyBelong(WorldMoment moment)
    {
        foreach (var release in moment.Changed)
        {
            var isPilot = release.Status == ReleaseStatus.PilotTesting || !moment.After.TestersOf(release.Id).IsEmpty
                || moment.NewLinesOf(release.Id).Any(line => line is PilotStarted or TestersChanged or PilotCompleted);
            if (!isPilot)
            {
                continue;
            }

            var policy = moment.After.LogOf(release.Id).OfType<ApplicationSubmitted>().LastOrDefault()?.Policy;
            if (release.Key.Environment < ReleaseEnvironment.Sandbox || policy is null or { Pilot: PilotMode.Off })
            {
                return $"{release.Key} has a pilot.";
            }
        }

        return null;
    }

    /// <summary>I8: how to go live is chosen in Production only; elsewhere it happens by itself.</summary>
    public static string? ReleaseTypeIsChosenInProductionOnly(WorldMoment moment)
    {
        foreach (var release in moment.Changed)
        {
            var isProduction = release.Key.Environment == ReleaseEnvironment.Production;
            var isWrong = moment.NewLinesOf(release.Id).Any(line => line switch
            {
                ReleasePrepared or GrayscaleChosen or PercentageRaised or RolloutHeld or RolloutResumed or FreezeOverridden => !isProduction,
                WentLive { Mode: ReleaseMode.Auto } => isProduction,
                // A schedule ends what a person began.
                WentLive { Mode: ReleaseMode.AfterGrayscale } => !isProduction || moment.After.LogOf(release.Id).OfType<PercentageRaised>().First().By == UserId.System,
                WentLive => !isProduction || line.By == UserId.System,
                _ => false,
            });
            if (isWrong || (!isProduction && release.Status is ReleaseStatus.ReleasePreparation or ReleaseStatus.GrayscaleRelease))
            {
                return $"{release.Key} went live in the wrong manner.";
            }
        }

        return null;
    }

    /// <summary>I9: every rejection has a reason, and every decision of a person is one e-mail to the applicant, if there is an address.</summary>
    public static string? DecisionsAreTold(WorldMoment moment)
    {
        foreach (var release in moment.Changed)
        {
            var expected = new List<string>();
            string? address = null;
            foreach (var line in moment.After.LogOf(release.Id))
            {
                switch (line)
                {
                    case ApplicationSubmitted submitted:
                        address = submitted.Email;
                        break;
                    case RequestRejected { Reason: var reason } when string.IsNullOrWhiteSpace(reason):
                        return $"{release.Key} was rejected without a reason.";
                    case RequestRejected or RequestApproved { IsAutomatic: false } when address is not null:
                        expected.Add(address);
                        break;
                }
            }

            var told = moment.After.Outbox
                .Where(message => message.Kind == OutboxKinds.Email && message.ReleaseId == release.Id.Value)
                .Select(message => JsonSerializer.Deserialize(message.PayloadJson, OutboxJson.Default.EmailMessage)!.To);
            if (!told.SequenceEqual(expected))
            {
                return $"{release.Key}: e-mails to {string.Join(", ", told)} instead of {string.Join(", ", expected)}.";
            }
        }

        return null;
    }

    /// <summary>I10: an accepted change is one line of the log, a refusal none, and the state is what the log says.</summary>
    public static string? TheLogSaysItAll(WorldMoment moment)
    {
        if (moment.Result is { Event: null } && !ReferenceEquals(moment.Before, moment.After))
        {
            return "Something was stored although nothing happened.";
        }

        foreach (var release in moment.Changed)
        {
            var lines = moment.NewLinesOf(release.Id).ToList();
            var isTheOneAskedFor = release.Id == moment.Result?.Release?.Id;
            if (lines.Count != 1 || (isTheOneAskedFor && !ReferenceEquals(lines[0], moment.Result!.Event)) || (!isTheOneAskedFor && lines[0] is not ReleaseArchived))
            {
                return $"{release.Key} has {lines.Count} new lines: {string.Join(", ", lines)}.";
            }

            var log = moment.After.LogOf(release.Id);
            var told = log.Skip(1).Aggregate(Release.Begin((ReleaseCreated)log[0]), (state, line) => state.Apply(line));
            if (release.Revision != log.Count || JsonSerializer.Serialize(told) != JsonSerializer.Serialize(release))
            {
                return $"{release.Key} is not what its log says.";
            }
        }

        return null;
    }

    /// <summary>I11: the test QR code is there in New Version Created only, and is a new one exactly if details are new.</summary>
    public static Invariant TestCodeFollowsDetails()
    {
        var seen = new Dictionary<ReleaseId, (string Token, string Details)>();
        return moment =>
        {
            foreach (var release in moment.Changed)
            {
                if (release.Status != ReleaseStatus.NewVersionCreated)
                {
                    if (release.TestQrToken is not null)
                    {
                        return $"{release.Key} has a test code while it is {release.Status}.";
                    }

                    continue;
                }

                var token = release.TestQrToken ?? "";
                var details = $"{release.Override.ToCanonicalJson()}\n{release.Effective.ToCanonicalJson()}\n{release.BasicInformation}";
                if (token.Length == 0)
                {
                    return $"{release.Key} has no test code.";
                }

                if (seen.TryGetValue(release.Id, out var last) && (last.Token != token) != (last.Details != details))
                {
                    return $"{release.Key} has the test code {token} for {details} and had {last.Token} for {last.Details}.";
                }

                seen[release.Id] = (token, details);
            }

            return seen.Values.DistinctBy(code => code.Token).Count() == seen.Count ? null : "Two releases share a test code.";
        };
    }

    /// <summary>A22: at most one version of a mini program is between application and end on a target.</summary>
    public static string? OneActiveReleasePerTarget(WorldMoment moment) => MoreThanOne(
        moment,
        release => release.Status is ReleaseStatus.UnderReview or ReleaseStatus.PilotTesting or ReleaseStatus.ReleasePreparation or ReleaseStatus.GrayscaleRelease,
        "in progress");

    /// <summary>T22: at most one version of a mini program is live for everyone on a target, and the one before says which took its place.</summary>
    public static string? OneFullReleasePerTarget(WorldMoment moment)
    {
        foreach (var archived in moment.Changed.Where(release => release.Status == ReleaseStatus.Archived))
        {
            if (moment.NewLinesOf(archived.Id).Any(line => line is TakenOffline))
            {
                continue;
            }

            var successor = moment.NewLinesOf(archived.Id).OfType<ReleaseArchived>().Single().SupersededBy;
            var isPlatforms = moment.Result?.Event is WentLive;
            if (isPlatforms && (moment.After.Releases[successor].Status != ReleaseStatus.FullRelease || Target.Of(moment.After.Releases[successor]) != Target.Of(archived)))
            {
                return $"{archived.Key} made way for {moment.After.Releases[successor].Key}.";
            }
        }

        return MoreThanOne(moment, release => release.Status == ReleaseStatus.FullRelease, "live");
    }

    /// <summary>A30: a release stays under the rules it applied under, and those are the app's at that time.</summary>
    public static string? RulesAreFrozenAtApplication(WorldMoment moment)
    {
        foreach (var release in moment.Changed)
        {
            if (moment.NewLinesOf(release.Id).OfType<ApplicationSubmitted>().LastOrDefault() is { } submitted)
            {
                var app = moment.Before.Apps[release.Key.App];
                if (!app.Environments.TryGetValue(release.Key.Environment, out var rules)
                    || submitted.Policy.AllowSelfApproval != app.AllowSelfApproval
                    || submitted.Policy.FirstVersionMustBeFull != app.FirstVersionMustBeFull
                    || submitted.Policy.TesterIdKind != app.TesterIdKind
                    || (release.Key.Environment == ReleaseEnvironment.Sandbox && submitted.Policy.Review != rules.Review)
                    || (release.Key.Environment >= ReleaseEnvironment.Sandbox && submitted.Policy.Pilot != rules.Pilot))
                {
                    return $"{release.Key} applied under other rules than the app's.";
                }
            }

            if (release.Status != ReleaseStatus.NewVersionCreated && moment.After.LogOf(release.Id).OfType<ApplicationSubmitted>().Last().Policy != release.Policy)
            {
                return $"{release.Key} is under other rules than those it applied under.";
            }
        }

        return null;
    }

    private static bool IsExposed(Release release) =>
        release.Status is ReleaseStatus.PilotTesting or ReleaseStatus.ReleasePreparation or ReleaseStatus.GrayscaleRelease or ReleaseStatus.FullRelease;

    private static string? MoreThanOne(WorldMoment moment, Func<Release, bool> isCounted, string words)
    {
        foreach (var target in moment.Changed.Select(Target.Of).Distinct())
        {
            var all = moment.After.AllReleases.Where(release => isCounted(release) && Target.Of(release) == target).ToList();
            if (all.Count > 1)
            {
                return $"{string.Join(" and ", all.Select(release => release.Key))} are both {words}.";
            }
        }

        return null;
    }
}

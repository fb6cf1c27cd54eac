using System.Security.Cryptography;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.Identifiers;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>
/// The rules, as a pure function: state, command, facts, actor and time in; an event or a refusal out. No workflow definition can get
/// past it: whatever is drawn, Production needs an approval of exactly what goes out, and percentages only rise.
/// </summary>
public static class ReleaseDecider
{
    private const int MaximumTextLength = 4_000;

    /// <summary>T1: may this version go to this target, and what is the release then?</summary>
    public static ReleaseDecision Create(CreateRelease command, CreationContext context, Actor actor, DateTimeOffset now)
    {
        var key = command.Key;
        if (context.MiniProgram is not { } miniProgram
            || !actor.May(Permission.ViewReleases, new Subject(miniProgram.Workspace, miniProgram.Key, null)))
        {
            return ReleaseDecision.Refuse(RefusalCodes.NotFound, $"There is no mini program “{key.MiniProgram}” that you may see. Check the key.");
        }

        var subject = new Subject(miniProgram.Workspace, miniProgram.Key, context.App?.Workspace);
        if (!actor.May(Permission.Prepare, subject))
        {
            return ReleaseDecision.Refuse(Forbidden(Permission.Prepare));
        }

        if (context.Version is not { } version)
        {
            return ReleaseDecision.Refuse(
                RefusalCodes.NotFound,
                $"{key.MiniProgram} has no version {key.Version}. Upload it first: POST /api/mini-programs/{key.MiniProgram}/versions.");
        }

        if (context.App is not { } app)
        {
            return ReleaseDecision.Refuse(RefusalCodes.NotFound, $"There is no app “{key.App}”. GET /api/apps lists them.");
        }

        if (app.PolicyFor(key.Environment) is not { } policy)
        {
            return ReleaseDecision.Refuse(new Refusal(
                RefusalCodes.EnvironmentNotOffered,
                $"{app.Name} has no {key.Environment} environment. It offers {string.Join(", ", app.Environments.Keys.Order())}."));
        }

        if (context.Earlier is { } earlier)
        {
            return ReleaseDecision.Refuse(new Refusal(
                RefusalCodes.TargetUsed,
                $"{key.MiniProgram} {key.Version} was already released to {key.App} {key.Environment} and is {Words(earlier.Status)} there. "
                + (earlier.Status == ReleaseStatus.Canceled ? "Upload a new version to release to this target again." : "Continue with that release."))
            {
                Data = new Dictionary<string, string> { ["releaseId"] = earlier.Id.Value, ["releaseStatus"] = earlier.Status.ToString() },
            });
        }

        var basicInformation = miniProgram.BasicInformation with { ReleaseNotes = command.ReleaseNotes };
        var problems = ConfigurationRules.Problems(command.Override, "configuration.")
            .Concat(basicInformation.Problems().Where(problem => problem.Key == "releaseNotes"))
            .ToDictionary();
        if (problems.Count > 0)
        {
            return ReleaseDecision.Refuse(Refusal.Invalid("Some fields cannot be used as they are.", problems));
        }

        return ReleaseDecision.Accept(new ReleaseCreated(
            ReleaseId.New(now),
            key,
            miniProgram.Workspace,
            app.Workspace,
            policy,
            version.SourceDigest,
            command.Override,
            EffectiveConfiguration.Merge(miniProgram.Configuration, command.Override),
            basicInformation,
            RandomNumberGenerator.GetHexString(32, lowercase: true))
        {
            At = now,
            By = actor.Id,
            ByName = actor.Name,
        });
    }

    /// <summary>May this command happen to this release now, and what happens then?</summary>
    public static ReleaseDecision Decide(Release release, ReleaseCommand command, ReleaseContext context, Actor actor, DateTimeOffset now)
    {
        if (MayAct(release, command.Name, actor) is { Code: RefusalCodes.Forbidden or RefusalCodes.NotFound } forbidden)
        {
            return ReleaseDecision.Refuse(forbidden);
        }

        if (!ReleaseTransitions.StatusesFor(command.Name).Contains(release.Status))
        {
            return ReleaseDecision.Refuse(WrongState(release, command.Name));
        }

        var decision = command switch
        {
            CompleteBuild c => DecideCompleteBuild(release, c),
            FailBuild c => DecideFailBuild(release, c),
            RetryBuild => DecideRetryBuild(release),
            EditConfiguration c => DecideEditConfiguration(release, c, context),
            RefreshConfiguration c => DecideRefreshConfiguration(release, c, context),
            EditBasicInformation c => DecideEditBasicInformation(release, c),
            Apply c => DecideApply(release, c, context, actor, now),
            ApproveAutomatically => DecideApproveAutomatically(release),
            // An approved request too: whatever stopped the workflow after the decision must not hold the release and its target for ever (I12, A31).
            Withdraw => Accept(new RequestWithdrawn { At = now, By = actor.Id, ByName = actor.Name }),
            Approve c => DecideApprove(release, c, actor),
            Reject c => DecideReject(release, c, actor),
            OpenReviewStage c => DecideOpenReviewStage(release, c),
            AssignReviewers c => DecideAssignReviewers(release, c),
            EscalateReview c => DecideEscalateReview(release, c),
            ExpireReview c => TooShort("reason", c.Reason) ?? IfUndecidedByPerson(release, c.Name, () => new RequestExpired(c.Reason) { At = now, By = actor.Id, ByName = actor.Name }),
            StartPilot => DecideStartPilot(release),
            UpdateTesters c => DecideUpdateTesters(release, c),
            CompletePilot => DecideCompletePilot(release, now),
            PrepareRelease => DecidePrepareRelease(release),
            GoLive c => DecideGoLive(release, c, context),
            SetPercentage c => DecideSetPercentage(release, c, context),
            RaiseAutomatically c => DecideRaiseAutomatically(release, c, context),
            Hold c => DecideHold(release, c, c.Reason),
            HoldAutomatically c => DecideHold(release, c, c.Reason),
            Resume c => DecideResume(release, c),
            OverrideFreeze c => DecideOverrideFreeze(release, c),
            TakeOffline c => DecideTakeOffline(release, c, context),
            GoLiveAutomatically => DecideGoLiveAutomatically(release),
            Cancel c => DecideCancel(c),
            Archive c => Accept(new ReleaseArchived(c.SupersededBy) { At = now, By = actor.Id, ByName = actor.Name }),
            _ => throw new ArgumentException($"{command.GetType().Name} is not a command of a release.", nameof(command)),
        };
        return decision;

        ReleaseDecision Accept(ReleaseEvent happened) => ReleaseDecision.Accept(happened);

        ReleaseDecision DecideCompleteBuild(Release r, CompleteBuild c) =>
            r.Building == BuildState.Building && c.Package.ConfigurationHash == r.Effective.Hash()
                ? Accept(new PackageBuilt(c.Package, c.Report) { At = now, By = actor.Id, ByName = actor.Name })
                : ReleaseDecision.Unchanged;

        ReleaseDecision DecideFailBuild(Release r, FailBuild c) =>
            r.Building == BuildState.Building && c.ConfigurationHash == r.Effective.Hash()
                ? Accept(new PackageBuildFailed(c.Reason) { At = now, By = actor.Id, ByName = actor.Name })
                : ReleaseDecision.Unchanged;

        ReleaseDecision DecideRetryBuild(Release r) => r.Building == BuildState.BuildFailed
            ? Accept(new PackageBuildRetried { At = now, By = actor.Id, ByName = actor.Name })
            : ReleaseDecision.Refuse(RefusalCodes.WrongState, "The last build did not fail, so there is nothing to retry.");

        ReleaseDecision DecideEditConfiguration(Release r, EditConfiguration c, ReleaseContext facts)
        {
            if (ConfigurationRules.Problems(c.Override) is { Count: > 0 } problems)
            {
                return ReleaseDecision.Refuse(Refusal.Invalid("Some entries of the configuration cannot be used as they are.", problems));
            }

            var effective = EffectiveConfiguration.Merge(facts.GlobalConfiguration, c.Override);
            return c.Override == r.Override && effective == r.Effective
                ? ReleaseDecision.Unchanged
                : Accept(new ConfigurationEdited(c.Override, effective, IsGlobalChange: false) { At = now, By = actor.Id, ByName = actor.Name });
        }

        ReleaseDecision DecideRefreshConfiguration(Release r, RefreshConfiguration c, ReleaseContext facts)
        {
            var effective = EffectiveConfiguration.Merge(facts.GlobalConfiguration, r.Override);
            return effective == r.Effective
                ? ReleaseDecision.Unchanged
                : Accept(new ConfigurationEdited(r.Override, effective, IsGlobalChange: true) { At = now, By = c.ChangedBy, ByName = c.ChangedByName });
        }

        ReleaseDecision DecideEditBasicInformation(Release r, EditBasicInformation c)
        {
            if (c.BasicInformation.Problems() is { Count: > 0 } problems)
            {
                return ReleaseDecision.Refuse(Refusal.Invalid("Some fields of the basic information cannot be used as they are.", problems));
            }

            return c.BasicInformation == r.BasicInformation
                ? ReleaseDecision.Unchanged
                : Accept(new BasicInformationEdited(c.BasicInformation) { At = now, By = actor.Id, ByName = actor.Name });
        }

        ReleaseDecision DecideStartPilot(Release r) =>
            RequireApproval(r)
            ?? (r.Policy.Pilot == PilotMode.Off
                ? ReleaseDecision.Refuse(RefusalCodes.RuleBroken, $"{r.Key.App} {r.Key.Environment} has no pilot testing.")
                : Accept(new PilotStarted { At = now, By = actor.Id, ByName = actor.Name }));

        ReleaseDecision DecideUpdateTesters(Release r, UpdateTesters c)
        {
            if (r.IsPilotCompleted)
            {
                return ReleaseDecision.Refuse(WrongState(r, c.Name));
            }

            return c is { Added: 0, Removed: 0 }
                ? ReleaseDecision.Unchanged
                : Accept(new TestersChanged(c.Added, c.Removed, c.Total, c.Examples) { At = now, By = actor.Id, ByName = actor.Name });
        }

        ReleaseDecision DecidePrepareRelease(Release r)
        {
            if (!r.Policy.GoesLiveManually)
            {
                return ReleaseDecision.Refuse(RefusalCodes.RuleBroken, $"The release type is chosen in Production only; {r.Key.Environment} goes live by itself.");
            }

            return RequireApproval(r) ?? RequireNoOpenPilot(r) ?? Accept(new ReleasePrepared { At = now, By = actor.Id, ByName = actor.Name });
        }

        ReleaseDecision DecideGoLiveAutomatically(Release r)
        {
            if (r.Policy.GoesLiveManually)
            {
                return ReleaseDecision.Refuse(RefusalCodes.RuleBroken, "Production never goes live by itself; a person chooses Grayscale or Full.");
            }

            if (r.Status == ReleaseStatus.PilotTesting && !r.IsPilotCompleted)
            {
                return ReleaseDecision.Refuse(RefusalCodes.RuleBroken, "The pilot is not completed yet.");
            }

            return RequireApproval(r) ?? RequireNoOpenPilot(r) ?? Accept(new WentLive(ReleaseMode.Auto) { At = now, By = actor.Id, ByName = actor.Name });
        }

        ReleaseDecision DecideCancel(Cancel c) => TooLong("reason", c.Reason)
            ?? Accept(new ReleaseCanceled(Blank(c.Reason)) { At = now, By = actor.Id, ByName = actor.Name });

        ReleaseDecision DecideApproveAutomatically(Release r) =>
            r.Policy.Review == ReviewMode.Manual
                ? ReleaseDecision.Refuse(RefusalCodes.RuleBroken, $"{r.Key.App} {r.Key.Environment} is reviewed by a person; it cannot be approved automatically.")
                : IfUndecided(r, command.Name, () => new RequestApproved(null, IsAutomatic: true) { At = now, By = actor.Id, ByName = actor.Name });

        ReleaseDecision DecideApprove(Release r, Approve c, Actor reviewer) =>
            TooLong("comment", c.Comment)
            ?? RequirePerson(r, c.Name, reviewer)
            ?? IfUndecided(r, c.Name, () => Approval(r.Request!, Blank(c.Comment)));

        // One approval decides, unless the stage needs more of them or is followed by another one.
        ReleaseEvent Approval(ReviewRequest request, string? comment)
        {
            if (request.Stage is { } stage)
            {
                var given = request.Approvals.Count(approval => approval.Stage == stage.Name) + 1;
                if (given < stage.RequiredApprovals || !stage.IsLast)
                {
                    return new ApprovalGiven(stage.Name, comment, given, stage.RequiredApprovals) { At = now, By = actor.Id, ByName = actor.Name };
                }
            }

            return new RequestApproved(comment, IsAutomatic: false) { At = now, By = actor.Id, ByName = actor.Name };
        }

        ReleaseDecision DecideOpenReviewStage(Release r, OpenReviewStage c)
        {
            if (c.Stage.Problems is { Count: > 0 } problems)
            {
                return ReleaseDecision.Refuse(Refusal.Invalid("The stage of the review cannot be opened as it is.", problems));
            }

            // The same stage again goes on as it stands, also if others were assigned meanwhile: a restarted workflow finds its place (A31).
            return r.Request?.Stage?.Name == c.Stage.Name && r.Request.Outcome == ReviewOutcome.InReview
                ? ReleaseDecision.Unchanged
                : IfUndecidedByPerson(r, c.Name, () => new ReviewStageOpened(c.Stage) { At = now, By = actor.Id, ByName = actor.Name });
        }

        ReleaseDecision DecideAssignReviewers(Release r, AssignReviewers c) =>
            ReviewStage.ProblemOf(c.Reviewers) is { } problem
                ? ReleaseDecision.Refuse(Refusal.InvalidField("reviewers", problem))
                : ChangeReviewers(r, c.Name, c.Reviewers, null);

        ReleaseDecision DecideEscalateReview(Release r, EscalateReview c) =>
            ReviewStage.ProblemOf(c.Reviewers) is { } problem
                ? ReleaseDecision.Refuse(Refusal.InvalidField("reviewers", problem))
                : TooShort("reason", c.Reason)
                    ?? ChangeReviewers(
                        r,
                        c.Name,
                        c.Reviewers.Count == 0 ? [] : [.. (r.Request?.Stage?.Reviewers ?? []).Union(c.Reviewers, StringComparer.OrdinalIgnoreCase)],
                        c.Reason);

        ReleaseDecision ChangeReviewers(Release r, string name, IReadOnlyList<string> reviewers, string? escalation)
        {
            var stage = (r.Request?.Stage ?? new ReviewStage("Review", 1, [], IsLast: true)) with { Reviewers = [.. reviewers.Distinct(StringComparer.OrdinalIgnoreCase)] };
            if (reviewers.Count > 0 && stage.Reviewers.Count < stage.RequiredApprovals)
            {
                return ReleaseDecision.Refuse(Refusal.InvalidField(
                    "reviewers", $"This stage needs {stage.RequiredApprovals} approvals; name at least as many reviewers."));
            }

            return escalation is null && stage == r.Request?.Stage
                ? ReleaseDecision.Unchanged
                : IfUndecidedByPerson(r, name, () => new ReviewersChanged(stage, escalation) { At = now, By = actor.Id, ByName = actor.Name });
        }

        ReleaseDecision DecideReject(Release r, Reject c, Actor reviewer)
        {
            if (PlainText.IsBlank(c.Reason))
            {
                return ReleaseDecision.Refuse(Refusal.InvalidField("reason", "Say what is wrong, so that the applicant can mend it."));
            }

            if (!Enum.IsDefined(c.Category))
            {
                return ReleaseDecision.Refuse(Refusal.InvalidField("category", "A rejection is about Details, Code or Policy."));
            }

            return TooLong("reason", c.Reason)
                ?? RequirePerson(r, c.Name, reviewer)
                ?? IfUndecided(r, c.Name, () => new RequestRejected(c.Reason, c.Category, c.AllowSamePackage) { At = now, By = actor.Id, ByName = actor.Name });
        }

        ReleaseDecision DecideCompletePilot(Release r, DateTimeOffset time)
        {
            if (r.IsPilotCompleted)
            {
                return ReleaseDecision.Refuse(WrongState(r, command.Name));
            }

            if (r.Policy.GoesLiveManually && RequireApproval(r) is { } unapproved)
            {
                return unapproved;
            }

            if (r.Policy.Pilot == PilotMode.Required)
            {
                if (r.TesterCount < r.Policy.MinimumTesters)
                {
                    return ReleaseDecision.Refuse(
                        RefusalCodes.PilotIncomplete,
                        $"The pilot needs at least {r.Policy.MinimumTesters} testers and has {r.TesterCount}. Add testers first.");
                }

                var earliest = r.PilotStartedAt!.Value.AddHours(r.Policy.MinimumPilotHours);
                if (time < earliest)
                {
                    return ReleaseDecision.Refuse(new Refusal(
                        RefusalCodes.PilotIncomplete, $"The pilot lasts until {earliest:yyyy-MM-dd HH:mm} UTC at least.")
                    {
                        RetryAfter = earliest - time,
                    });
                }
            }

            return Accept(new PilotCompleted(r.TesterCount == 0 ? "The pilot was completed without a single tester." : null)
            {
                At = now,
                By = actor.Id,
                ByName = actor.Name,
            });
        }

        ReleaseDecision DecideGoLive(Release r, GoLive c, ReleaseContext facts)
        {
            if (!Enum.IsDefined(c.Type))
            {
                return ReleaseDecision.Refuse(Refusal.InvalidField("type", "The release type is Grayscale or Full."));
            }

            if (r.Status == ReleaseStatus.GrayscaleRelease && r.Percentage is not null)
            {
                return ReleaseDecision.Refuse(
                    RefusalCodes.WrongState, $"The release is already rolled out to {r.Percentage} %. Raise the percentage; 100 makes it full.");
            }

            if (RequireApproval(r) is { } unapproved)
            {
                return unapproved;
            }

            if (c.Type == ReleaseType.Full)
            {
                return RequireNoFreeze(r, facts, now) ?? Accept(new WentLive(ReleaseMode.Direct) { At = now, By = actor.Id, ByName = actor.Name });
            }

            return RequireNotFirst(r, facts)
                ?? (r.Status == ReleaseStatus.GrayscaleRelease
                    ? ReleaseDecision.Unchanged
                    : Accept(new GrayscaleChosen { At = now, By = actor.Id, ByName = actor.Name }));
        }

        ReleaseDecision DecideSetPercentage(Release r, SetPercentage c, ReleaseContext facts)
        {
            if (c.Percentage is < 1 or > 100)
            {
                return ReleaseDecision.Refuse(Refusal.InvalidField("percentage", $"The percentage is a whole number from 1 to 100, not {c.Percentage}."));
            }

            if (RequireApproval(r) is { } unapproved)
            {
                return unapproved;
            }

            if (c.Percentage <= r.Percentage)
            {
                return ReleaseDecision.Refuse(
                    RefusalCodes.PercentageNotRising,
                    $"{r.Percentage} % of the users have this version; the percentage can only rise. Choose {r.Percentage + 1} to 100, or cancel the release.");
            }

            if ((RequireNoHold(r) ?? RequireNoFreeze(r, facts, now)) is { } stopped)
            {
                return stopped;
            }

            if (c.Percentage == 100)
            {
                return Accept(new WentLive(r.Percentage is null ? ReleaseMode.Direct : ReleaseMode.AfterGrayscale) { At = now, By = actor.Id, ByName = actor.Name });
            }

            return RequireNotFirst(r, facts) ?? Accept(new PercentageRaised(c.Percentage) { At = now, By = actor.Id, ByName = actor.Name });
        }

        // What a schedule does is the continuation of what a person began: the first percentage is a person's (I8).
        ReleaseDecision DecideRaiseAutomatically(Release r, RaiseAutomatically c, ReleaseContext facts)
        {
            if (c.Percentage is < 1 or > 100)
            {
                return ReleaseDecision.Refuse(Refusal.InvalidField("percentage", $"The percentage is a whole number from 1 to 100, not {c.Percentage}."));
            }

            if (RequireApproval(r) is { } unapproved)
            {
                return unapproved;
            }

            if (r.Percentage is null)
            {
                return ReleaseDecision.Refuse(RefusalCodes.RuleBroken, "The first percentage is set by a person; a schedule only raises it.");
            }

            if (c.Percentage <= r.Percentage)
            {
                return ReleaseDecision.Unchanged;
            }

            return RequireNoHold(r) ?? RequireNoFreeze(r, facts, now) ?? Accept(c.Percentage == 100
                ? new WentLive(ReleaseMode.AfterGrayscale) { At = now, By = actor.Id, ByName = actor.Name }
                : new PercentageRaised(c.Percentage) { At = now, By = actor.Id, ByName = actor.Name });
        }

        ReleaseDecision DecideHold(Release r, ReleaseCommand c, string reason)
        {
            if (r.Percentage is null)
            {
                return ReleaseDecision.Refuse(RefusalCodes.WrongState, "Nobody has this version yet, so there is nothing to hold.");
            }

            return TooShort("reason", reason)
                ?? (r.Hold is null
                    ? Accept(new RolloutHeld(reason) { At = now, By = actor.Id, ByName = actor.Name })
                    : c is HoldAutomatically ? ReleaseDecision.Unchanged : ReleaseDecision.Refuse(RefusalCodes.WrongState, $"{r.Hold.By} holds the rollout already: {r.Hold.Reason}"));
        }

        ReleaseDecision DecideResume(Release r, Resume c) => TooShort("reason", c.Reason) ?? (r.Hold is null
            ? ReleaseDecision.Refuse(RefusalCodes.WrongState, "The rollout is not held, so there is nothing to resume.")
            : Accept(new RolloutResumed(c.Reason) { At = now, By = actor.Id, ByName = actor.Name }));

        ReleaseDecision DecideOverrideFreeze(Release r, OverrideFreeze c) => TooShort("reason", c.Reason) ?? (r.IsFreezeOverridden
            ? ReleaseDecision.Refuse(RefusalCodes.WrongState, "The freeze was overridden for this release already.")
            : Accept(new FreezeOverridden(c.Reason) { At = now, By = actor.Id, ByName = actor.Name }));

        ReleaseDecision DecideTakeOffline(Release r, TakeOffline c, ReleaseContext facts) => TooShort("reason", c.Reason)
            ?? (facts.Occupant is { } occupant
                ? ReleaseDecision.Refuse(OccupiedBy(occupant))
                : Accept(new TakenOffline(c.Reason) { At = now, By = actor.Id, ByName = actor.Name }));
    }

    /// <summary>Why the actor may not give this command to this release at all, whatever its state; null if the actor may.</summary>
    public static Refusal? MayAct(Release release, string command, Actor actor)
    {
        if (ReleaseTransitions.PermissionFor(command) is not { } permission)
        {
            return actor.IsSystem ? null : new Refusal(RefusalCodes.Forbidden, "Only the platform itself does this.");
        }

        if (!actor.May(Permission.ViewReleases, release.Subject) && !actor.May(permission, release.Subject))
        {
            return new Refusal(RefusalCodes.NotFound, "There is no such release that you may see.");
        }

        if (!actor.May(permission, release.Subject))
        {
            return Forbidden(permission);
        }

        if (command == ReleaseCommands.Withdraw
            && release.Status == ReleaseStatus.UnderReview
            && release.Request is { } request
            && request.Applicant != actor.Id
            && !actor.May(Permission.ManageMiniPrograms, release.Subject))
        {
            return new Refusal(RefusalCodes.Forbidden, $"Only {request.ApplicantName}, who applied, or an admin of the mini program can withdraw this request.")
            {
                Data = new Dictionary<string, string> { ["permission"] = RolePermissions.NameOf(Permission.Withdraw) },
            };
        }

        if (command is ReleaseCommands.Approve or ReleaseCommands.Reject)
        {
            return MayDecide(release, command, actor);
        }

        return null;
    }

    private static Refusal? MayDecide(Release release, string command, Actor actor)
    {
        if (IsOwnRequest(release, actor))
        {
            return new Refusal(RefusalCodes.SelfApproval, "You applied for this release; another reviewer of the super app decides.");
        }

        if (release.Request is not { Outcome: ReviewOutcome.InReview } request)
        {
            return null;
        }

        if (request.Stage is { } stage && !stage.IsFor(actor))
        {
            return new Refusal(RefusalCodes.NotAssigned, $"The stage “{stage.Name}” is decided by {string.Join(", ", stage.Reviewers)}.")
            {
                Data = new Dictionary<string, string> { ["permission"] = RolePermissions.NameOf(Permission.Review), ["stage"] = stage.Name },
            };
        }

        return command == ReleaseCommands.Approve && request.Approvals.Any(approval => approval.By == actor.Id)
            ? new Refusal(RefusalCodes.AlreadyApproved, "You have approved this request; the other approvals are for other reviewers.")
            : null;
    }

    /// <summary>A status in the words people read.</summary>
    public static string Words(ReleaseStatus status) => status switch
    {
        ReleaseStatus.NewVersionCreated => "New Version Created",
        ReleaseStatus.UnderReview => "Under Review",
        ReleaseStatus.PilotTesting => "Pilot Testing",
        ReleaseStatus.ReleasePreparation => "Release Preparation",
        ReleaseStatus.GrayscaleRelease => "Grayscale Release",
        ReleaseStatus.FullRelease => "Full Release",
        _ => status.ToString(),
    };

    private static ReleaseDecision DecideApply(Release release, Apply command, ReleaseContext context, Actor actor, DateTimeOffset now)
    {
        switch (release.Building)
        {
            case BuildState.Building:
                return ReleaseDecision.Refuse(new Refusal(RefusalCodes.StillBuilding, "The package is still being built. Apply again in a moment.")
                {
                    RetryAfter = TimeSpan.FromSeconds(1),
                });
            case BuildState.BuildFailed:
                return ReleaseDecision.Refuse(
                    RefusalCodes.BuildFailed, $"The package could not be built: {release.BuildFailure} Mend the cause and retry the build.");
        }

        if (context.Policy is not { } policy)
        {
            return ReleaseDecision.Refuse(
                RefusalCodes.EnvironmentNotOffered, $"{release.Key.App} no longer offers {release.Key.Environment}. Ask the super app's admin.");
        }

        var basicInformation = command.ReleaseNotes is null
            ? release.BasicInformation
            : release.BasicInformation with { ReleaseNotes = Blank(command.ReleaseNotes) };
        if (basicInformation.Problems().TryGetValue("releaseNotes", out var problems))
        {
            return ReleaseDecision.Refuse(Refusal.Invalid(problems[0], new Dictionary<string, IReadOnlyList<string>> { ["releaseNotes"] = problems }));
        }

        var missing = basicInformation.MissingForApplication().ToList();
        if (missing.Count > 0)
        {
            return ReleaseDecision.Refuse(new Refusal(
                RefusalCodes.DetailsIncomplete, $"Fill in {string.Join(", ", missing)} before you apply: PUT /api/releases/{release.Id}/basic-information.")
            {
                Errors = missing.ToDictionary(field => field, field => (IReadOnlyList<string>)[$"{field} is needed to apply."]),
            });
        }

        if (release.RefusedPackages.Contains(release.Package!.Digest))
        {
            return ReleaseDecision.Refuse(
                RefusalCodes.SamePackage,
                "This package was rejected because of its code. Upload a new version with the mended code and release that.");
        }

        if (context.Occupant is { } occupant && occupant.Id != release.Id)
        {
            return ReleaseDecision.Refuse(OccupiedBy(occupant));
        }

        return ReleaseDecision.Accept(new ApplicationSubmitted(
            ReviewRequestId.New(now), release.SnapshotWith(basicInformation), policy, actor.Email, basicInformation)
        {
            At = now,
            By = actor.Id,
            ByName = actor.Name,
        });
    }

    private static ReleaseDecision IfUndecided(Release release, string command, Func<ReleaseEvent> happened) =>
        release.Request?.Outcome == ReviewOutcome.InReview ? ReleaseDecision.Accept(happened()) : ReleaseDecision.Refuse(WrongState(release, command));

    private static ReleaseDecision? RequirePerson(Release release, string command, Actor reviewer)
    {
        if (release.Policy.Review == ReviewMode.Auto)
        {
            return ReleaseDecision.Refuse(RefusalCodes.WrongState, $"{release.Key.App} {release.Key.Environment} approves by itself; nobody decides.");
        }

        return MayDecide(release, command, reviewer) is { } refusal ? ReleaseDecision.Refuse(refusal) : null;
    }

    private static bool IsOwnRequest(Release release, Actor actor) =>
        release.Request is { Outcome: ReviewOutcome.InReview } request && request.Applicant == actor.Id && !release.Policy.AllowSelfApproval;

    /// <summary>I1: what goes out is what was approved, and in Production a person approved it.</summary>
    private static ReleaseDecision? RequireApproval(Release release)
    {
        if (!release.IsApprovedAsIs)
        {
            return ReleaseDecision.Refuse(RefusalCodes.RuleBroken, "Nothing goes out that was not approved as it is. Apply to release first.");
        }

        return release.Policy.GoesLiveManually && release.Request!.Mode != ReviewMode.Manual
            ? ReleaseDecision.Refuse(RefusalCodes.RuleBroken, "Production needs the approval of a person of the super app.")
            : null;
    }

    private static ReleaseDecision? RequireNoOpenPilot(Release release) =>
        release.Policy.Pilot == PilotMode.Required && !release.IsPilotCompleted
            ? ReleaseDecision.Refuse(RefusalCodes.RuleBroken, $"{release.Key.App} {release.Key.Environment} requires pilot testing before going live.")
            : null;

    /// <summary>T25: while the rollout is held, nobody more gets the version.</summary>
    private static ReleaseDecision? RequireNoHold(Release release) => release.Hold is { } hold
        ? ReleaseDecision.Refuse(RefusalCodes.Held, $"{hold.By} holds the rollout: {hold.Reason} Resume it before you raise the percentage, or cancel the release.")
        : null;

    /// <summary>T26: while the target is frozen, nobody more gets the version, unless an admin of the app lets it pass.</summary>
    private static ReleaseDecision? RequireNoFreeze(Release release, ReleaseContext context, DateTimeOffset now) =>
        context.Freeze is { } freeze && !release.IsFreezeOverridden
            ? ReleaseDecision.Refuse(FrozenBy(release.Key, freeze, now))
            : null;

    /// <summary>The refusal for a target that is frozen now (T26).</summary>
    public static Refusal FrozenBy(ReleaseKey key, ActiveFreeze freeze, DateTimeOffset now) => new(
        RefusalCodes.Frozen,
        $"{key.App} {key.Environment} is frozen ({freeze.Name}) until {freeze.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC. Wait, or ask an admin of the app to override the freeze.")
    {
        RetryAfter = freeze.Until - now,
        Data = new Dictionary<string, string> { ["freeze"] = freeze.Name },
    };

    /// <summary>The refusal for a target that another version is on its way to (A22).</summary>
    public static Refusal OccupiedBy(Release occupant) => new(
        RefusalCodes.TargetOccupied,
        $"{occupant.Key} is {Words(occupant.Status)}. One version at a time goes to a target: let it finish or cancel it first.")
    {
        Data = new Dictionary<string, string> { ["occupantId"] = occupant.Id.Value, ["occupantStatus"] = occupant.Status.ToString() },
    };

    private static ReleaseDecision? RequireNotFirst(Release release, ReleaseContext context) =>
        release.Policy.FirstVersionMustBeFull && !context.HasLiveRelease
            ? ReleaseDecision.Refuse(
                RefusalCodes.FirstVersionMustBeFull,
                $"This is the first version of {release.Key.MiniProgram} on {release.Key.App} {release.Key.Environment}; there it is released in full.")
            : null;

    private static ReleaseDecision IfUndecidedByPerson(Release release, string command, Func<ReleaseEvent> happened) =>
        release is { Request.Outcome: ReviewOutcome.InReview, Policy.Review: ReviewMode.Manual }
            ? ReleaseDecision.Accept(happened())
            : ReleaseDecision.Refuse(WrongState(release, command));

    private static ReleaseDecision? TooShort(string field, string text) => PlainText.IsBlank(text)
        ? ReleaseDecision.Refuse(Refusal.InvalidField(field, $"Give a {field}; it is kept in the log."))
        : TooLong(field, text);

    private static ReleaseDecision? TooLong(string field, string? text) =>
        text?.Length > MaximumTextLength
            ? ReleaseDecision.Refuse(Refusal.InvalidField(field, $"Shorten {field}: it has {text.Length} characters, at most {MaximumTextLength} are kept."))
            : null;

    private static string? Blank(string? text) => PlainText.IsBlank(text) ? null : text;

    private static Refusal Forbidden(Permission permission) =>
        new(RefusalCodes.Forbidden, $"You lack the permission {RolePermissions.NameOf(permission)} here. Ask an admin of the workspace for it.")
        {
            Data = new Dictionary<string, string> { ["permission"] = RolePermissions.NameOf(permission) },
        };

    private static Refusal WrongState(Release release, string command)
    {
        var possible = string.Join(" or ", ReleaseTransitions.StatusesFor(command).Select(Words));
        return new Refusal(RefusalCodes.WrongState, $"The release is {Words(release.Status)}; “{command}” is possible in {possible}"
            + (ReleaseTransitions.StatusesFor(command).Contains(release.Status) ? ", but no longer at this point." : "."));
    }
}

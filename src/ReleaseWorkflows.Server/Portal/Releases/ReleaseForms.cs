using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Effects;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Releases;
using ReleaseWorkflows.Server.Portal.Configuration;
using ReleaseWorkflows.Server.Portal.Forms;

namespace ReleaseWorkflows.Server.Portal.Releases;

/// <summary>
/// Carries out the forms of a release's page. A form is named like its command, has the fields of the API, and says which revision the page showed: if
/// the release has moved on meanwhile, nothing is done and the reader is told what happened.
/// </summary>
internal sealed class ReleaseForms(PostedForm form, PageCommands commands, CommandQueue queue, IHttpContextAccessor request)
{
    /// <summary>The form that has a message of the release sent again; its button names the message.</summary>
    public const string ResendEffect = "resend-effect";

    // The fields of each command, and what the page says when it was carried out.
    private static readonly Dictionary<string, (string[] Fields, string Done)> Commands = new()
    {
        [ReleaseCommands.EditConfiguration] = ([], "The configuration is saved; the package is built again with it."),
        [ReleaseCommands.EditBasicInformation] =
            (["name", "description", "category", "releaseNotes", "icon", "serviceContacts.email", "serviceContacts.phone", "serviceContacts.address"], "The basic information is saved."),
        [ReleaseCommands.RetryBuild] = ([], "The package is being built again."),
        [ReleaseCommands.Apply] = (["releaseNotes"], "You have applied to release this version."),
        [ReleaseCommands.Withdraw] = ([], "The request is taken back; details can be edited again."),
        [ReleaseCommands.Approve] = (["comment"], "You have approved the request."),
        [ReleaseCommands.Reject] = (["reason", "category", "allowSamePackage"], "You have rejected the request; the applicant is told why by e-mail."),
        [ReleaseCommands.AssignReviewers] = (["reviewers"], "The reviewers are assigned."),
        [ReleaseCommands.CompletePilot] = ([], "Testing is complete."),
        [ReleaseCommands.GoLive] = (["type"], "The release type is chosen."),
        [ReleaseCommands.Grayscale] = (["percentage"], "The percentage is raised."),
        [ReleaseCommands.Hold] = (["reason"], "The rollout is held."),
        [ReleaseCommands.Resume] = (["reason"], "The rollout goes on."),
        [ReleaseCommands.OverrideFreeze] = (["reason"], "This release passes the freeze."),
        [ReleaseCommands.TakeOffline] = (["reason"], "The version is taken offline."),
        [ReleaseCommands.Cancel] = (["reason"], "The release is canceled."),
    };

    private HttpContext Context => request.HttpContext!;

    /// <summary>Carries out the form that came, if it is one of these. Afterwards either the reader is on the way to the page, or the form is refused.</summary>
    /// <returns>False for a form that somebody else has to know.</returns>
    public async Task<bool> TrySubmitAsync(ReleaseId id)
    {
        switch (form.Name)
        {
            case WorkflowRestart.Command:
                await commands.SendAsync(async (services, stop) =>
                {
                    var actor = CurrentActor.Of(Context);
                    var result = await services.GetRequiredService<WorkflowRestart>().RestartAsync(id, actor, stop);
                    return await services.GetRequiredService<ReleaseViews>().AnswerAsync(result, actor, stop);
                }, "The workflow is started anew.");
                return true;
            case ResendEffect:
                var key = form.Text(ResendEffect, "key") ?? "";
                await commands.SendAsync((services, stop) => EffectEndpoints.SendAgainAsync(services, CurrentActor.Of(Context), key, stop), "It is sent again.");
                return true;
            case { } name when Commands.TryGetValue(name, out var known):
                await SendAsync(id, name, known.Fields, known.Done);
                return true;
            default:
                return false;
        }
    }

    /// <summary>What has happened since the page was opened, if that matters to a decision; empty otherwise.</summary>
    /// <param name="seen">The revision that the page showed.</param>
    /// <param name="log">The log as it is now.</param>
    public static IReadOnlyList<ReleaseEvent> ChangesSince(int? seen, IReadOnlyList<ReleaseEvent> log) =>
        seen is > 0 && seen < log.Count && !LooksAlike(StateAt(log, seen.Value), StateAt(log, log.Count)) ? [.. log.Skip(seen.Value)] : [];

    /// <summary>Refuses if the release is not any more what the page showed: nothing is done, and nothing typed is lost.</summary>
    public static Problem? FindStale(int? seen, IReadOnlyList<ReleaseEvent> log) => ChangesSince(seen, log).Count > 0
        ? new Problem(
            StatusCodes.Status409Conflict,
            "changed-meanwhile",
            "The release has changed since you opened this page, so nothing was done. Look at what happened, and decide again.")
        : null;

    private async Task SendAsync(ReleaseId id, string name, string[] fields, string done)
    {
        var (command, unreadable) = Read(name, fields);
        var actor = CurrentActor.Of(Context);
        await queue.RunAsync(id.Value, async () =>
        {
            await commands.SendAsync(async (services, stop) =>
            {
                var releases = services.GetRequiredService<IReleaseStore>();
                if (await ReleaseEndpoints.FindVisibleAsync(releases, id.Value, actor, stop) is not { } release)
                {
                    return CommandResponse.Refuse(ReleaseEndpoints.NotFound());
                }

                return FindStale(form.Revision, await releases.ListLogAsync(id, stop)) is { } stale
                    ? CommandResponse.Refuse(stale)
                    : await ReleaseCommandWork.CarryOutAsync(services, release, command, unreadable, actor, stop);
            }, done, $"/releases/{id}{(Context.Request.Query["tab"] is [{ Length: > 0 } tab] ? $"?tab={Uri.EscapeDataString(tab)}" : "")}");
            return true;
        }, Context.RequestAborted);
        if (form.Problem is { } problem)
        {
            form.Refuse(ConfigurationForm.BesideFields(InWordsOfThePage(problem)));
        }
    }

    private (ReleaseCommand Command, Refusal? Unreadable) Read(string name, string[] fields)
    {
        if (name == ReleaseCommands.EditConfiguration)
        {
            var errors = new Dictionary<string, IReadOnlyList<string>>();
            var values = ConfigurationForm.Read(form, name, errors);
            return (new EditConfiguration(values), errors.Count > 0 ? Refusal.Invalid("Some settings cannot be used as they are; see beside them.", errors) : null);
        }

        if (name == ReleaseCommands.AssignReviewers)
        {
            // One address in each line; none means every reviewer.
            return (new AssignReviewers((form.Text(name, "reviewers") ?? "").Split(['\n', ',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)), null);
        }

        var input = form.Read(fields);
        var command = ReleaseCommandWork.Read(name, input);
        return (command, input.Finish());
    }

    // What the API says to programs is not always what a person can do here.
    private static Problem InWordsOfThePage(Problem problem)
    {
        var words = problem.Code switch
        {
            RefusalCodes.Invalid => "Something cannot be used as it is; see beside the field. Nothing you typed is lost.",
            RefusalCodes.DetailsIncomplete => "Some basic information that the application needs is missing: fill it in under Basic information, then apply.",
            RefusalCodes.NotAwaited => "The workflow of this release does not wait for this now. What it waits for stands below.",
            _ => null,
        };
        if (words is null)
        {
            return problem;
        }

        var reworded = new Problem(problem.StatusCode, problem.Code, words);
        foreach (var (name, value) in problem.Members)
        {
            reworded.With(name, value);
        }

        return reworded;
    }

    // What a person decides on: builds, reminders and the like do not count.
    private static bool LooksAlike(Release then, Release now) =>
        then.Status == now.Status
        && then.Percentage == now.Percentage
        && then.Hold == now.Hold
        && then.TesterCount == now.TesterCount
        && then.Request?.Id == now.Request?.Id
        && then.Request?.Outcome == now.Request?.Outcome
        && then.Override == now.Override
        && then.Effective == now.Effective
        && then.BasicInformation == now.BasicInformation;

    private static Release StateAt(IReadOnlyList<ReleaseEvent> log, int revision)
    {
        var state = Release.Begin((ReleaseCreated)log[0]);
        for (var index = 1; index < revision; index++)
        {
            state = state.Apply(log[index]);
        }

        return state;
    }
}

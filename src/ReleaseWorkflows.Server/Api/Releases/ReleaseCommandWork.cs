using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.MiniPrograms;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary>
/// A person's command to a release, from its fields to its answer: the same for a request to the API and for a form of a page.
/// </summary>
internal static class ReleaseCommandWork
{
    private const int MaximumTextLength = 4_000;

    /// <summary>Reads the command from its fields. What is wrong with them <see cref="RequestReader.Finish"/> says.</summary>
    /// <param name="name">One of <see cref="ReleaseCommands"/> that persons give, but for the testers, which come as a list.</param>
    /// <param name="input">The fields.</param>
    public static ReleaseCommand Read(string name, RequestReader input) => name switch
    {
        ReleaseCommands.EditConfiguration => new EditConfiguration(input.Configuration()),
        ReleaseCommands.EditBasicInformation => new EditBasicInformation(BasicInformationInput.Read(input, hasReleaseNotes: true)),
        ReleaseCommands.RetryBuild => new RetryBuild(),
        ReleaseCommands.Apply => new Apply(input.OptionalText("releaseNotes", MaximumTextLength)),
        ReleaseCommands.Withdraw => new Withdraw(),
        ReleaseCommands.Approve => new Approve(input.OptionalText("comment", MaximumTextLength)),
        ReleaseCommands.Reject => new Reject(
            input.Text("reason", MaximumTextLength), input.Word<RejectionCategory>("category"), input.OptionalBoolean("allowSamePackage") ?? false),
        ReleaseCommands.AssignReviewers => new AssignReviewers(input.Texts("reviewers")),
        ReleaseCommands.CompletePilot => new CompletePilot(),
        ReleaseCommands.GoLive => new GoLive(input.Word<ReleaseType>("type")),
        ReleaseCommands.Grayscale => new SetPercentage(input.Integer("percentage", 1, 100)),
        ReleaseCommands.Hold => new Hold(input.Text("reason", MaximumTextLength)),
        ReleaseCommands.Resume => new Resume(input.Text("reason", MaximumTextLength)),
        ReleaseCommands.OverrideFreeze => new OverrideFreeze(input.Text("reason", MaximumTextLength)),
        ReleaseCommands.TakeOffline => new TakeOffline(input.Text("reason", MaximumTextLength)),
        ReleaseCommands.Cancel => new Cancel(input.OptionalText("reason", MaximumTextLength)),
        _ => throw new ArgumentException($"“{name}” is not given by its fields.", nameof(name)),
    };

    /// <summary>Carries a command out within a unit of work.</summary>
    /// <param name="services">The services of the unit of work.</param>
    /// <param name="release">The release; the actor may see it.</param>
    /// <param name="command">The command.</param>
    /// <param name="unreadable">What is wrong with its fields; null if nothing is.</param>
    /// <param name="actor">Who gives it.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<CommandResponse> CarryOutAsync(
        IServiceProvider services, Release release, ReleaseCommand command, Refusal? unreadable, Actor actor, CancellationToken cancellationToken)
    {
        if (unreadable is not null)
        {
            return await RefuseUnreadableAsync(services, release, command, unreadable, actor, cancellationToken);
        }

        var result = await services.GetRequiredService<ReleaseCommandService>().ExecuteAsync(release.Id, command, actor, cancellationToken);
        return await services.GetRequiredService<ReleaseViews>().AnswerAsync(result, actor, cancellationToken);
    }

    // Who may not, or not now, hears that first; only then is there a point in what the body says.
    private static async Task<CommandResponse> RefuseUnreadableAsync(
        IServiceProvider services, Release release, ReleaseCommand command, Refusal unreadable, Actor actor, CancellationToken cancellationToken)
    {
        if (ReleaseDecider.MayAct(release, command.Name, actor) is { } refusal)
        {
            return CommandResponse.Refuse(refusal, release, actor);
        }

        if (ReleaseTransitions.Fits(release, command.Name))
        {
            return CommandResponse.Refuse(unreadable);
        }

        var preview = await services.GetRequiredService<ReleaseService>().PreviewAsync(release.Id, command, actor, cancellationToken);
        return preview.IsRefused
            ? await services.GetRequiredService<ReleaseViews>().AnswerAsync(preview, actor, cancellationToken)
            : CommandResponse.Refuse(unreadable);
    }
}

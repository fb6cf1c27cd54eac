using System.Text.Json;
using ReleaseWorkflows.Activities.Rehearsal;
using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Runtime.Storage;
using CreateReleaseCommand = ReleaseWorkflows.Domain.Releases.CreateRelease;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary>Answers requests for releases with <c>?dryRun=true</c>, for the endpoint and for the trigger workflow alike.</summary>
internal sealed class DryRun(IHttpContextAccessor accessor, IUnitOfWorkRunner units, UnitOfWorkDecision unit) : IDryRun
{
    /// <summary>Name of the part of the query that asks for it.</summary>
    internal const string Name = "dryRun";

    /// <inheritdoc/>
    public Refusal? Read(out bool isAsked)
    {
        isAsked = false;
        if (accessor.HttpContext?.Request.Query[Name] is not { Count: > 0 } words)
        {
            return null;
        }

        // A word that is not understood must not create a release that nobody wanted.
        return words.Count == 1 && bool.TryParse(words[0], out isAsked)
            ? null
            : Refusal.Invalid(
                "A part of the query cannot be used as it is.", new Dictionary<string, IReadOnlyList<string>> { [Name] = [$"{Name} is true or false."] });
    }

    /// <inheritdoc/>
    public async ValueTask<HttpReply> AnswerAsync(CreateReleaseCommand command, Actor actor, CancellationToken cancellationToken)
    {
        unit.Discard();
        var forecast = await units.RunAsync(
            async (services, stop) => UnitOfWorkResult.Discard(await services.GetRequiredService<ReleaseRehearsal>().PlayAsync(command, actor, stop)),
            cancellationToken);
        return new HttpReply(
            StatusCodes.Status200OK, "application/json", JsonSerializer.Serialize(ForecastView.Of(forecast), ApiJson.Options), new Dictionary<string, string>());
    }
}

/// <summary>A forecast as clients see it.</summary>
/// <param name="DryRun">Always true: nothing was created.</param>
/// <param name="IsCreated">True if the release would be created.</param>
/// <param name="MiniProgram">Key of the mini program.</param>
/// <param name="Version">Version to be released.</param>
/// <param name="App">Key of the target app.</param>
/// <param name="Environment">Environment of the app.</param>
/// <param name="Policy">The rules of the target as they are now; null if there is no such target.</param>
/// <param name="DefinitionId">The workflow definition that would carry the release.</param>
/// <param name="DefinitionVersion">Its version.</param>
/// <param name="Path">What people would do, in order.</param>
/// <param name="End">Where the release would stand in the end.</param>
/// <param name="Refusals">What would be refused as things are now.</param>
/// <param name="Warnings">What a careful person would look at.</param>
internal sealed record ForecastView(
    bool DryRun,
    bool IsCreated,
    MiniProgramKey MiniProgram,
    VersionNumber Version,
    AppKey App,
    ReleaseEnvironment Environment,
    ReleasePolicy? Policy,
    string? DefinitionId,
    int? DefinitionVersion,
    IReadOnlyList<ForecastStep> Path,
    ReleaseStatus? End,
    IReadOnlyList<ForecastRefusalView> Refusals,
    IReadOnlyList<string> Warnings)
{
    /// <summary>A forecast as clients see it.</summary>
    public static ForecastView Of(ReleaseForecast forecast) => new(
        true,
        forecast.IsCreated,
        forecast.Key.MiniProgram,
        forecast.Key.Version,
        forecast.Key.App,
        forecast.Key.Environment,
        forecast.Policy,
        forecast.DefinitionId,
        forecast.DefinitionVersion,
        forecast.Path,
        forecast.End,
        [.. forecast.Refusals.Select(refusal => new ForecastRefusalView(refusal.Command, refusal.Refusal.Code, refusal.Refusal.Message, refusal.Refusal.Errors))],
        forecast.Warnings);
}

/// <summary>A refusal that would come as things are now.</summary>
/// <param name="Command">The command that would be refused; <c>create</c> for the release itself.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Detail">A sentence that says what to do.</param>
/// <param name="Errors">Every bad field with its messages; empty if no field is at fault.</param>
internal sealed record ForecastRefusalView(string Command, string Code, string Detail, IReadOnlyDictionary<string, IReadOnlyList<string>> Errors);

using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.MiniPrograms;

/// <summary>Mini programs: what people see of them, and the configuration their releases start from.</summary>
internal static class MiniProgramEndpoints
{
    /// <summary>Maps <c>/mini-programs</c>.</summary>
    public static void MapMiniPrograms(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/mini-programs").WithTags("Mini programs");
        group.MapGet("", ListAsync).WithSummary("List the mini programs you may see.").Produces<Listing<MiniProgramAnswer>>();
        group.MapPost("", CreateAsync).WithSummary("Create a mini program.").Produces<MiniProgramAnswer>(StatusCodes.Status201Created);
        group.MapGet("/{key}", ReadAsync).WithSummary("Read a mini program.").Produces<MiniProgramAnswer>();
        group.MapPut("/{key}", ReplaceAsync).WithSummary("Replace name, description, category, icon and service contacts.").Produces<MiniProgramAnswer>();
        group.MapGet("/{key}/configuration", ReadConfigurationAsync).WithSummary("Read the global configuration.").Produces<ConfigurationValues>();
        group.MapGet("/{key}/configuration/revisions", ListRevisionsAsync)
            .WithSummary("List the global configurations a mini program has had, each with what it changed.").Produces<Listing<GlobalConfigurationView>>();
        group.MapGet("/{key}/configuration/difference", CompareRevisionsAsync)
            .WithSummary("Compare two global configurations of a mini program.").Produces<ConfigurationDifferenceView>();
        group.MapPut("/{key}/configuration", ReplaceConfigurationAsync)
            .WithSummary("Replace the global configuration; releases that can still be edited take it over.").Produces<MiniProgramAnswer>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IMiniProgramStore store, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.Of(context);
        return Results.Ok(Listing.Of((await store.ListAsync(cancellationToken)).Where(actor.MaySee).Select(MiniProgramAnswer.From)));
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string key, IMiniProgramStore store, CancellationToken cancellationToken)
    {
        var (miniProgram, problem) = await store.FindAsync(key, CurrentActor.Of(context), Permission.ViewReleases, cancellationToken);
        return miniProgram is null ? problem! : CommandResponse.Ok(MiniProgramAnswer.From(miniProgram), miniProgram.Revision);
    }

    private static async Task<IResult> ReadConfigurationAsync(HttpContext context, string key, IMiniProgramStore store, CancellationToken cancellationToken)
    {
        var (miniProgram, problem) = await store.FindAsync(key, CurrentActor.Of(context), Permission.ViewReleases, cancellationToken);
        return miniProgram is null ? problem! : CommandResponse.Ok(miniProgram.Configuration, miniProgram.Revision);
    }

    private static async Task<IResult> ListRevisionsAsync(HttpContext context, string key, IMiniProgramStore store, CancellationToken cancellationToken)
    {
        var (miniProgram, problem) = await store.FindAsync(key, CurrentActor.Of(context), Permission.ViewReleases, cancellationToken);
        return miniProgram is null
            ? problem!
            : TypedResults.Ok(Listing.Of(GlobalConfigurationView.Of(await ReadHistoryAsync(store, miniProgram, cancellationToken))));
    }

    // Without numbers: what the last edit changed.
    private static async Task<IResult> CompareRevisionsAsync(
        HttpContext context, string key, IMiniProgramStore store, int? from, int? to, CancellationToken cancellationToken)
    {
        var (miniProgram, problem) = await store.FindAsync(key, CurrentActor.Of(context), Permission.ViewReleases, cancellationToken);
        return miniProgram is null
            ? problem!
            : ConfigurationDifferenceView.Answer(
                [.. (await ReadHistoryAsync(store, miniProgram, cancellationToken)).Select(revision => revision.Configuration)], from, to);
    }

    private static async Task<IReadOnlyList<GlobalConfigurationRevision>> ReadHistoryAsync(
        IMiniProgramStore store, MiniProgram miniProgram, CancellationToken cancellationToken) =>
        GlobalConfigurationHistory.Of(miniProgram, await store.ListConfigurationsAsync(miniProgram.Key, cancellationToken));

    private static async Task<IResult> CreateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.Of(context);
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var key = new MiniProgramKey(input.Key("key"));
        var named = input.OptionalKey("workspace") is { } text ? new WorkspaceKey(text) : (WorkspaceKey?)null;
        var basicInformation = BasicInformationInput.Read(input, hasReleaseNotes: false);
        var configuration = input.OptionalConfiguration("configuration") ?? ConfigurationValues.Empty;
        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        return await CommandEndpoint.RunAsync(context, (services, stop) =>
            MiniProgramCommands.CreateAsync(services, actor, new NewMiniProgram(key, named, basicInformation, configuration), stop));
    }

    private static async Task<IResult> ReplaceAsync(HttpContext context, string key, CancellationToken cancellationToken)
    {
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var basicInformation = BasicInformationInput.Read(input, hasReleaseNotes: false);
        return input.Finish() is { } refusal
            ? Problem.From(refusal)
            : await CommandEndpoint.RunAsync(context, (services, stop) => MiniProgramCommands.ReplaceBasicInformationAsync(
                services, CurrentActor.Of(context), key, basicInformation, current => EntityTags.Stale(context, current.Revision), stop));
    }

    private static async Task<IResult> ReplaceConfigurationAsync(HttpContext context, string key, CancellationToken cancellationToken)
    {
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var configuration = input.Configuration();
        return input.Finish() is { } refusal
            ? Problem.From(refusal)
            : await CommandEndpoint.RunAsync(context, (services, stop) => MiniProgramCommands.ReplaceConfigurationAsync(
                services, CurrentActor.Of(context), key, configuration, current => EntityTags.Stale(context, current.Revision), stop));
    }
}

/// <summary>A mini program as an answer.</summary>
/// <param name="Key">The key in addresses.</param>
/// <param name="Workspace">The workspace that owns it.</param>
/// <param name="Name">What people see.</param>
/// <param name="Description">Needed to apply to release.</param>
/// <param name="Category">Needed to apply to release.</param>
/// <param name="Icon">Address of the icon.</param>
/// <param name="ServiceContacts">Where users find help.</param>
/// <param name="Configuration">The global configuration.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Revision">Number of changes; also its ETag.</param>
internal sealed record MiniProgramAnswer(
    MiniProgramKey Key,
    WorkspaceKey Workspace,
    string Name,
    string? Description,
    string? Category,
    string? Icon,
    ServiceContacts? ServiceContacts,
    ConfigurationValues Configuration,
    DateTimeOffset CreatedAt,
    int Revision)
{
    /// <summary>The mini program as an answer.</summary>
    public static MiniProgramAnswer From(MiniProgram miniProgram) => new(
        miniProgram.Key,
        miniProgram.Workspace,
        miniProgram.BasicInformation.Name,
        miniProgram.BasicInformation.Description,
        miniProgram.BasicInformation.Category,
        miniProgram.BasicInformation.Icon,
        miniProgram.BasicInformation.ServiceContacts,
        miniProgram.Configuration,
        miniProgram.CreatedAt,
        miniProgram.Revision);
}

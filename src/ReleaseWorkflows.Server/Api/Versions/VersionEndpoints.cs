using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.MiniPrograms;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Packages;

namespace ReleaseWorkflows.Server.Api.Versions;

/// <summary>The versions of a mini program. Immutable: a change of code is a new version.</summary>
internal static class VersionEndpoints
{
    /// <summary>Maps <c>/mini-programs/{key}/versions</c>.</summary>
    public static void MapVersions(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/mini-programs/{key}/versions").WithTags("Mini programs");
        group.MapGet("", ListAsync).WithSummary("List the versions, the newest upload first.").Produces<Listing<VersionAnswer>>();
        group.MapGet("/{version}", ReadAsync).WithSummary("Read a version.").Produces<VersionAnswer>();
        group.MapPost("", UploadAsync).WithSummary("Upload a version: a form with version and package (zip, at most 20 MB).")
            .DisableAntiforgery().Produces<VersionAnswer>(StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(HttpContext context, string key, IMiniProgramStore store, CancellationToken cancellationToken)
    {
        var (miniProgram, problem) = await store.FindAsync(key, CurrentActor.Of(context), Permission.ViewReleases, cancellationToken);
        return miniProgram is null
            ? problem!
            : Results.Ok(Listing.Of((await store.ListVersionsAsync(miniProgram.Key, cancellationToken)).Select(VersionAnswer.From)));
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string key, string version, IMiniProgramStore store, CancellationToken cancellationToken)
    {
        var (miniProgram, problem) = await store.FindAsync(key, CurrentActor.Of(context), Permission.ViewReleases, cancellationToken);
        if (miniProgram is null)
        {
            return problem!;
        }

        return await store.FindVersionAsync(miniProgram.Key, new VersionNumber(version), cancellationToken) is { } found
            ? Results.Ok(VersionAnswer.From(found))
            : Problem.NotFound($"{key} has no version {version}. GET /api/mini-programs/{key}/versions lists them.");
    }

    private static async Task<IResult> UploadAsync(HttpContext context, string key, IMiniProgramStore visible, PackageFiles files, CancellationToken cancellationToken)
    {
        // Looked at before as well as within the unit of work: nobody sends 20 MB to learn that it is not permitted.
        var actor = CurrentActor.Of(context);
        var (_, problem) = await visible.FindAsync(key, actor, Permission.Prepare, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        using var upload = await VersionUpload.ReadAsync(context, files, PackageLimits.Default, cancellationToken);
        if (upload.Problem is not null)
        {
            return upload.Problem;
        }

        return await CommandEndpoint.RunAsync(
            context, (services, stop) => KeepAsync(services, actor, key, upload, stop), content: $"{upload.Number}\n{upload.Package!.Digest}");
    }

    /// <summary>Keeps an upload as a version of a mini program: the work of one unit.</summary>
    internal static async Task<CommandResponse> KeepAsync(
        IServiceProvider services, Actor actor, string key, VersionUpload upload, CancellationToken cancellationToken)
    {
        var package = upload.Package!;
        var store = services.GetRequiredService<IMiniProgramStore>();
        var (miniProgram, refused) = await store.FindAsync(key, actor, Permission.Prepare, cancellationToken);
        if (miniProgram is null)
        {
            return CommandResponse.Refuse(refused!);
        }

        if (await store.FindVersionAsync(miniProgram.Key, upload.Number, cancellationToken) is { } earlier)
        {
            return CommandResponse.Refuse(Problem.AlreadyExists(earlier.SourceDigest == package.Digest.Hex
                ? $"{key} {upload.Number} has been uploaded already, with the same content. Continue with it."
                : $"{key} {upload.Number} has been uploaded already, with other content; a version never changes. Upload it under a new number."));
        }

        var version = new MiniProgramVersion(
            miniProgram.Key,
            upload.Number,
            package.Digest.Hex,
            package.Size,
            upload.FileCount,
            actor.Id,
            actor.Name,
            services.GetRequiredService<TimeProvider>().GetUtcNow());
        package.Keep();
        store.AddVersion(version);
        return CommandResponse.Created($"/api/mini-programs/{key}/versions/{version.Number}", VersionAnswer.From(version));
    }
}

/// <summary>An uploaded version as an answer.</summary>
/// <param name="MiniProgram">Whose version.</param>
/// <param name="Version">Its number.</param>
/// <param name="Digest">SHA-256 of the uploaded zip file, 64 lower-case hexadecimal digits.</param>
/// <param name="Size">Bytes of the uploaded zip file.</param>
/// <param name="FileCount">Files in it.</param>
/// <param name="UploadedBy">The name of who uploaded it.</param>
/// <param name="UploadedAt">When.</param>
internal sealed record VersionAnswer(
    MiniProgramKey MiniProgram, VersionNumber Version, string Digest, long Size, int FileCount, string UploadedBy, DateTimeOffset UploadedAt)
{
    /// <summary>The version as an answer.</summary>
    public static VersionAnswer From(MiniProgramVersion version) => new(
        version.MiniProgram, version.Number, version.SourceDigest, version.Size, version.FileCount, version.UploadedByName, version.UploadedAt);
}

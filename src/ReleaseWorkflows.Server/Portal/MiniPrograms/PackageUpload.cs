using Microsoft.AspNetCore.Http.HttpResults;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.MiniPrograms;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Versions;
using ReleaseWorkflows.Server.Packages;
using ReleaseWorkflows.Server.Portal.Errors;
using ReleaseWorkflows.Server.Portal.Forms;

namespace ReleaseWorkflows.Server.Portal.MiniPrograms;

/// <summary>
/// Takes the form of <see cref="UploadPage"/>. It has an address of its own, since a form that Blazor takes is in memory before anybody looks at it;
/// this one goes to disk as it comes in, and what is cut off leaves nothing. A script that shows the progress sends the same form and asks for JSON.
/// </summary>
internal static class PackageUpload
{
    /// <summary>Where the form is sent.</summary>
    public static string Address(MiniProgramKey key) => MiniProgramPages.Address(key, "packages");

    /// <summary>Maps the address. That the request comes from a page of this server was checked before (<see cref="SameOrigin"/>).</summary>
    public static void MapPackageUpload(this IEndpointRouteBuilder app) =>
        app.MapPost(MiniProgramPages.List + "/{key}/packages", ReceiveAsync).RequireAuthorization().DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> ReceiveAsync(
        HttpContext context, string key, IMiniProgramStore store, PackageFiles files, IUnitOfWorkRunner units, PageNotices notices, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.Of(context);
        var (miniProgram, problem) = await store.FindAsync(key, actor, Permission.Prepare, cancellationToken);
        if (problem is not null)
        {
            return PageProblems.IsWanted(context) ? PageProblems.For(problem.StatusCode, problem.Detail) : problem;
        }

        using var upload = await ReadAsync(context, files, cancellationToken);
        if (upload?.Problem is { } unusable)
        {
            return Refuse(context, key, unusable);
        }

        if (upload is null)
        {
            var tooLarge = $"The file is larger than {PackageLimits.Default.MaxPackedBytes / 1024 / 1024} MB. Leave out what users do not need, and upload it again.";
            return Refuse(context, key, new Problem(StatusCodes.Status413PayloadTooLarge, "too-large", tooLarge)
                .With("errors", new Dictionary<string, IReadOnlyList<string>> { ["package"] = [tooLarge] }));
        }

        var response = await units.RunAsync(
            async (services, stop) =>
            {
                var answer = await VersionEndpoints.KeepAsync(services, actor, key, upload, stop);
                return new UnitOfWorkResult<CommandResponse>(answer, answer.IsCommitted);
            },
            cancellationToken);

        // A second click sends the same file again: it is there, as was wanted.
        var isThere = response.IsCommitted || (await store.FindVersionAsync(miniProgram!.Key, upload.Number, cancellationToken))?.SourceDigest == upload.Package!.Digest.Hex;
        if (!isThere)
        {
            return Refuse(context, key, response.Problem!);
        }

        notices.Leave(context, $"{miniProgram!.BasicInformation.Name} {upload.Number} was uploaded. Choose where it goes.");
        var next = $"{MiniProgramPages.Address(miniProgram.Key)}?open={Uri.EscapeDataString(upload.Number.Value)}#version-{upload.Number}";
        return PageProblems.IsWanted(context) ? new SeeOther(next) : TypedResults.Ok(new UploadAccepted(next));
    }

    // Null for a file that is too large, which is said as a problem of the field.
    private static async Task<VersionUpload?> ReadAsync(HttpContext context, PackageFiles files, CancellationToken cancellationToken)
    {
        if (RefusedForm.IsLarger(context.Request, VersionUpload.MaximumBytes(PackageLimits.Default)))
        {
            await RefusedForm.DropAsync(context);
            return null;
        }

        try
        {
            return await VersionUpload.ReadAsync(context, files, PackageLimits.Default, cancellationToken);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }

    private static IResult Refuse(HttpContext context, string key, Problem problem) => PageProblems.IsWanted(context)
        ? new RazorComponentResult<UploadPage>(new Dictionary<string, object?>
        {
            [nameof(UploadPage.Key)] = key,
            [nameof(UploadPage.Refusal)] = problem.Detail,
            [nameof(UploadPage.Problems)] = problem.Members.GetValueOrDefault("errors"),
        })
        {
            StatusCode = problem.StatusCode,
            PreventStreamingRendering = true,
        }
        : problem;

    private sealed record UploadAccepted(string Next);

    // 303: whatever was sent, the next page is opened with GET.
    private sealed class SeeOther(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}

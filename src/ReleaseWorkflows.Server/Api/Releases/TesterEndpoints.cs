using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;
using ReleaseWorkflows.Server.Pilot;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary>
/// <c>/api/releases/{id}/testers</c>: the pilot's list of testers (T12). A list comes as JSON (<c>{ "userIds": […] }</c>) or as a CSV or TXT
/// file; the answer says of every entry what became of it.
/// </summary>
internal static class TesterEndpoints
{
    // The file itself and what multipart puts around it.
    private const long MaximumRequestBytes = (50 * 1024 * 1024) + (64 * 1024);

    /// <summary>Adds the endpoints below a release.</summary>
    public static void MapTesters(this IEndpointRouteBuilder release)
    {
        release.MapGet("/testers", ListAsync).WithSummary("Lists the pilot's testers.");
        release.MapPut("/testers", (HttpContext context, string id) => ChangeAsync(context, id, TesterChange.Replace))
            .WithMetadata(new RequestSizeLimitAttribute(MaximumRequestBytes)).WithSummary("Replaces the pilot's testers (T12).");
        release.MapPost("/testers", (HttpContext context, string id) => ChangeAsync(context, id, TesterChange.Add))
            .WithMetadata(new RequestSizeLimitAttribute(MaximumRequestBytes)).WithSummary("Adds pilot testers (T12).");
        release.MapDelete("/testers/{userId}", (HttpContext context, string id, string userId) =>
                RunAsync(context, id, TesterChange.Remove, new TesterList(_ => TesterLine.FromValues([userId]))))
            .WithSummary("Removes a pilot tester (T12).");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IReleaseStore releases, string id)
    {
        if (await ReleaseEndpoints.FindVisibleAsync(releases, id, CurrentActor.Of(context), context.RequestAborted) is not { } release)
        {
            return ReleaseEndpoints.NotFound();
        }

        var testers = await releases.ListTestersAsync(release.Id, context.RequestAborted);
        return TypedResults.Ok(new TesterListView(testers.Count, testers));
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, string id, TesterChange change)
    {
        if (!context.Request.HasFormContentType)
        {
            var input = await RequestReader.ReadAsync(context, context.RequestAborted);
            var userIds = input.Texts("userIds");
            return await RunAsync(context, id, change, new TesterList(_ => TesterLine.FromValues(userIds)) { Unreadable = input.Finish() });
        }

        return await RunAsync(context, id, change, await ReadFormAsync(context.Request, context.RequestAborted));
    }

    private static async Task<TesterList> ReadFormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException or (IOException and not BadHttpRequestException) && !DiskSpace.IsUsedUp(exception))
        {
            return TesterList.Void($"The form cannot be read: {exception.Message.TrimEnd('.')}.");
        }

        if (form.Files is not [{ } file])
        {
            return TesterList.Void("Send exactly one file with the testers, CSV or TXT.");
        }

        return TesterFile.FormatOf(file.FileName) is { } format
            ? new TesterList(kind => Read(file, format, kind)) { Content = await HashAsync(file, cancellationToken) }
            : TesterList.Void("The file is a CSV or TXT file; its name ends in .csv, .tsv or .txt.");
    }

    private static async Task<IResult> RunAsync(HttpContext context, string id, TesterChange change, TesterList list)
    {
        var actor = CurrentActor.Of(context);
        return await CommandEndpoint.RunAsync(
            context,
            async (services, cancellationToken) =>
            {
                if (await ReleaseEndpoints.FindVisibleAsync(services.GetRequiredService<IReleaseStore>(), id, actor, cancellationToken) is not { } release)
                {
                    return CommandResponse.Refuse(ReleaseEndpoints.NotFound());
                }

                if (EntityTags.Stale(context, release.Revision) is { } stale)
                {
                    return CommandResponse.Refuse(stale);
                }

                // A list that cannot be read is none: who may not, or not now, hears that first.
                var rows = list.Unreadable is null ? list.Read(release.Policy.TesterIdKind) : [];
                var (result, import) = await services.GetRequiredService<TesterService>()
                    .ChangeTestersAsync(release.Id, change, rows, actor, cancellationToken);
                if (!result.IsRefused && list.Unreadable is { } unreadable)
                {
                    return CommandResponse.Refuse(unreadable);
                }

                if (result.IsRefused)
                {
                    return CommandResponse.Refuse(result.Refusal, result.Release, actor);
                }

                if (import!.Problem is { } problem)
                {
                    return CommandResponse.Refuse(Refusal.InvalidField("file", $"Line {problem.Line}: {problem.Message} Nothing was changed."));
                }

                return change != TesterChange.Remove && import is { Accepted.Count: 0, Duplicates.Count: 0, Rejected.Count: > 0 }
                    ? CommandResponse.Refuse(NothingUsable(import))
                    : CommandResponse.Ok(TesterChangeView.Of(result.Release.TesterCount, import), result.Release.Revision);
            },
            list.Content);
    }

    // A32: nothing in the list is an id, so that most likely the list itself is the wrong one. Every row says why.
    private static Problem NothingUsable(TesterImportResult import) => Problem.From(Refusal.InvalidField(
            "userIds", $"No entry can be used ({import.Rejected.Count} rejected); the first, line {import.Rejected[0].Line}: {import.Rejected[0].Reason} Nothing was changed."))
        .With("rejected", import.Rejected);

    private static IEnumerable<TesterLine> Read(IFormFile file, TesterFileFormat format, TesterIdKind kind)
    {
        using var content = file.OpenReadStream();
        foreach (var line in TesterFile.Read(content, format, kind))
        {
            yield return line;
        }
    }

    private static async Task<string> HashAsync(IFormFile file, CancellationToken cancellationToken)
    {
        await using var content = file.OpenReadStream();
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) + file.FileName;
    }
}

/// <summary>A list of testers as it came.</summary>
/// <param name="Read">Its rows, given how the target app names testers.</param>
internal sealed record TesterList(Func<TesterIdKind, IEnumerable<TesterLine>> Read)
{
    /// <summary>Why it cannot be read; null if it can.</summary>
    public Refusal? Unreadable { get; init; }

    /// <summary>What it says, for the idempotency key, if it came as a file.</summary>
    public string? Content { get; init; }

    /// <summary>A file that cannot be read.</summary>
    public static TesterList Void(string reason) => new(_ => []) { Unreadable = Refusal.InvalidField("file", reason), Content = "" };
}

/// <summary>The pilot's testers.</summary>
/// <param name="Count">How many.</param>
/// <param name="UserIds">Their ids in the order they were added.</param>
internal sealed record TesterListView(int Count, IReadOnlyList<string> UserIds);

/// <summary>What became of a list of testers.</summary>
/// <param name="Total">How many testers there are now.</param>
/// <param name="Accepted">Ids taken over, in the order of the list.</param>
/// <param name="Duplicates">Entries that were there before, with line and value.</param>
/// <param name="Rejected">Entries that are no ids, with line, value and reason.</param>
internal sealed record TesterChangeView(
    int Total, IReadOnlyList<string> Accepted, IReadOnlyList<DuplicateTester> Duplicates, IReadOnlyList<RejectedTester> Rejected)
{
    /// <summary>What became of an imported list.</summary>
    public static TesterChangeView Of(int total, TesterImportResult import) => new(total, import.Accepted, import.Duplicates, import.Rejected);
}

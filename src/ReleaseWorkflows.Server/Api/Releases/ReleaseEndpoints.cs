using Microsoft.OpenApi;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Activities.Rehearsal;
using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.MiniPrograms;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;
using ReleaseWorkflows.Server.Hosting;
using ReleaseWorkflows.Server.Packages;
using ReleaseWorkflows.Server.Qr;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary>
/// <c>/api/releases</c>: lists and reads releases, and takes commands to them. Each command is one line in <see cref="MapReleases"/>;
/// everything else is the same for all: see <see cref="CommandAsync"/> and <see cref="ReleaseCommandWork"/>.
/// </summary>
internal static class ReleaseEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapReleases(this IEndpointRouteBuilder api)
    {
        var releases = api.MapGroup("/releases").WithTags("Releases");
        releases.MapGet("/", ListAsync).WithSummary("Lists releases, the newest first.");
        releases.MapPost("/", CreateAsync).WithSummary("Creates a release and starts its workflow (T1); with ?dryRun=true tells what would happen, and creates nothing.")
            .DescribeQuery(DryRun.Name, JsonSchemaType.Boolean, "True to be told the path, who decides, the conditions and what would be refused; nothing is created.");

        var release = releases.MapGroup("/{id}");
        release.MapGet("/", GetAsync).WithSummary("Reads a release.")
            .WithDescription("Also tells, as timers, when its workflow goes on by itself, unless something happens before: what waits, and what comes then, in the words of its definition.");
        release.MapGet("/log", LogAsync).WithSummary("Lists what happened to a release.");
        release.MapGet("/configuration", GetConfigurationAsync).WithSummary("Reads the effective configuration with the origin of each value.");
        release.MapGet("/configuration/revisions", GetRevisionsAsync).WithSummary("Lists the configurations a release has had, each with what it changed.");
        release.MapGet("/configuration/difference", GetDifferenceAsync).WithSummary("Compares two configurations of a release.");
        release.MapGet("/basic-information", GetBasicInformationAsync).WithSummary("Reads basic information and release notes.");
        release.MapGet("/reports", ReportsAsync).WithSummary("Lists the applications of a release and what was checked.");
        release.MapGet("/package", PackageAsync).WithSummary("Downloads the built package.");
        release.MapGet("/test-qr.svg", QrSvgAsync).WithSummary("Draws the temporary test QR code as SVG.");
        release.MapGet("/test-qr.png", QrPngAsync).WithSummary("Draws the temporary test QR code as PNG.");
        release.MapGet("/qr.svg", PublicQrSvgAsync).WithSummary("Draws the QR code for everybody as SVG, once the version is live.");
        release.MapGet("/qr.png", PublicQrPngAsync).WithSummary("Draws the QR code for everybody as PNG, once the version is live.");
        release.MapTesters();

        release.MapPost("/" + WorkflowRestart.Command, RestartWorkflowAsync).WithSummary("Gives a release whose workflow has failed a new one (A31).");

        Command(HttpMethods.Put, "/configuration", ReleaseCommands.EditConfiguration, "Edits the configuration of this release only (T3).");
        Command(HttpMethods.Put, "/basic-information", ReleaseCommands.EditBasicInformation, "Edits basic information and release notes (T3).");
        Command(HttpMethods.Post, "/retry-build", ReleaseCommands.RetryBuild, "Builds the package again after a failure.");
        Command(HttpMethods.Post, "/apply", ReleaseCommands.Apply, "Applies to release (T4, T5, T6).");
        Command(HttpMethods.Post, "/withdraw", ReleaseCommands.Withdraw, "Takes the application back (T7).");
        Command(HttpMethods.Post, "/approve", ReleaseCommands.Approve, "Approves the application (T9, T10, T11).");
        Command(HttpMethods.Post, "/reject", ReleaseCommands.Reject, "Rejects the application (T8).");
        Command(HttpMethods.Post, "/assign-reviewers", ReleaseCommands.AssignReviewers, "Says who decides in the present stage of the review (T23).");
        Command(HttpMethods.Post, "/complete-pilot", ReleaseCommands.CompletePilot, "Completes pilot testing (T13, T14).");
        Command(HttpMethods.Post, "/go-live", ReleaseCommands.GoLive, "Chooses the release type (T16, T19).");
        Command(HttpMethods.Post, "/grayscale", ReleaseCommands.Grayscale, "Sets the percentage of users; 100 is the full release (T17, T18).");
        Command(HttpMethods.Post, "/hold", ReleaseCommands.Hold, "Keeps the percentage where it is (T25).");
        Command(HttpMethods.Post, "/resume", ReleaseCommands.Resume, "Lets the percentage rise again (T25).");
        Command(HttpMethods.Post, "/override-freeze", ReleaseCommands.OverrideFreeze, "Lets this release pass the freezes of its target (T26).");
        Command(HttpMethods.Post, "/take-offline", ReleaseCommands.TakeOffline, "Takes the live version offline (T27).");
        Command(HttpMethods.Post, "/cancel", ReleaseCommands.Cancel, "Cancels the release; the version can never go to this target again (T15, T20, T21).");

        void Command(string method, string pattern, string command, string summary) => release
            .MapMethods(pattern, [method], (HttpContext context, string id) => CommandAsync(context, new ReleaseId(id), command))
            .WithSummary(summary);
    }

    /// <summary>The release if the actor may see it; null otherwise.</summary>
    internal static async ValueTask<Release?> FindVisibleAsync(IReleaseStore releases, string id, Actor actor, CancellationToken cancellationToken) =>
        await releases.FindAsync(new ReleaseId(id), cancellationToken) is { } release && actor.May(Permission.ViewReleases, release.Subject) ? release : null;

    /// <summary>404 for a release that is not there or not to be seen.</summary>
    internal static Problem NotFound() => Problem.NotFound("There is no such release that you may see. GET /api/releases lists those there are.");

    private static async Task<IResult> CommandAsync(HttpContext context, ReleaseId id, string name)
    {
        var input = await RequestReader.ReadAsync(context, context.RequestAborted);
        var command = ReleaseCommandWork.Read(name, input);
        var unreadable = input.Finish();
        var actor = CurrentActor.Of(context);
        var queue = context.RequestServices.GetRequiredService<CommandQueue>();
        return await queue.RunAsync(id.Value, () => CommandEndpoint.RunAsync(context, async (services, cancellationToken) =>
        {
            if (await FindVisibleAsync(services.GetRequiredService<IReleaseStore>(), id.Value, actor, cancellationToken) is not { } release)
            {
                return CommandResponse.Refuse(NotFound());
            }

            return EntityTags.Stale(context, release.Revision) is { } stale
                ? CommandResponse.Refuse(stale)
                : await ReleaseCommandWork.CarryOutAsync(services, release, command, unreadable, actor, cancellationToken);
        }, isQuick: true), context.RequestAborted);
    }

    private static Task<IResult> RestartWorkflowAsync(HttpContext context, string id)
    {
        var actor = CurrentActor.Of(context);
        return CommandEndpoint.RunAsync(context, async (services, cancellationToken) =>
        {
            var result = await services.GetRequiredService<WorkflowRestart>().RestartAsync(new ReleaseId(id), actor, cancellationToken);
            return await services.GetRequiredService<ReleaseViews>().AnswerAsync(result, actor, cancellationToken);
        });
    }

    private static async Task<IResult> CreateAsync(HttpContext context, IReleaseReplies replies, IDryRun dryRun)
    {
        if (dryRun.Read(out var isDryRun) is { } unclear)
        {
            return Problem.From(unclear);
        }

        if (replies.Read(await RequestBody.ReadJsonAsync(context, context.RequestAborted), out var command) is { } unreadable)
        {
            return Problem.From(unreadable);
        }

        var actor = CurrentActor.Of(context);
        if (isDryRun)
        {
            var forecast = await dryRun.AnswerAsync(command!, actor, context.RequestAborted);
            return TypedResults.Text(forecast.Body, forecast.ContentType, statusCode: forecast.StatusCode);
        }

        return await CommandEndpoint.RunAsync(context, (services, cancellationToken) => NewRelease.CreateAsync(services, actor, command!, cancellationToken));
    }

    private static async Task<IResult> ListAsync(
        HttpContext context,
        IReleaseStore releases,
        ReleaseViews views,
        string? miniProgram,
        string? version,
        string? app,
        string? environment,
        string? status,
        string? cursor,
        int? limit)
    {
        var errors = new Dictionary<string, IReadOnlyList<string>>();
        var query = new ReleaseQuery
        {
            MiniProgram = miniProgram is null ? null : new MiniProgramKey(miniProgram),
            Version = version is null ? null : new VersionNumber(version),
            App = app is null ? null : new AppKey(app),
            Environment = Word<ReleaseEnvironment>("environment", environment),
            Status = Word<ReleaseStatus>("status", status),
            Visibility = ReleaseVisibility.Of(CurrentActor.Of(context)),
            After = cursor is null ? null : new ReleaseId(cursor),
            Limit = limit ?? 50,
        };
        if (query.Limit is < 1 or > 200)
        {
            errors["limit"] = ["limit is a whole number from 1 to 200."];
        }

        if (errors.Count > 0)
        {
            return Problem.From(Refusal.Invalid("Some parts of the query cannot be used as they are.", errors));
        }

        var page = await releases.ListAsync(query, context.RequestAborted);
        var actor = CurrentActor.Of(context);
        return TypedResults.Ok(new PageView<ReleaseView>(await views.OfAsync(page.Items, actor, context.RequestAborted), page.Next?.Value));

        TEnum? Word<TEnum>(string field, string? text)
            where TEnum : struct, Enum
        {
            if (text is null)
            {
                return null;
            }

            if (Enum.GetNames<TEnum>().Contains(text))
            {
                return Enum.Parse<TEnum>(text);
            }

            errors[field] = [$"{field} is one of {string.Join(", ", Enum.GetNames<TEnum>())}."];
            return null;
        }
    }

    private static async Task<IResult> GetAsync(HttpContext context, IReleaseStore releases, ReleaseViews views, string id)
    {
        var actor = CurrentActor.Of(context);
        if (await FindVisibleAsync(releases, id, actor, context.RequestAborted) is not { } release)
        {
            return NotFound();
        }

        context.Response.Headers.ETag = EntityTags.Of(release.Revision);
        return TypedResults.Ok(await views.WithTimersAsync(release, actor, context.RequestAborted));
    }

    private static async Task<IResult> LogAsync(HttpContext context, IReleaseStore releases, string id)
    {
        if (await FindVisibleAsync(releases, id, CurrentActor.Of(context), context.RequestAborted) is not { } release)
        {
            return NotFound();
        }

        var log = await releases.ListLogAsync(release.Id, context.RequestAborted);
        return TypedResults.Ok(Listing.Of(log.Select((happened, index) => LogLineView.Of(release.Id, index + 1, happened))));
    }

    private static async Task<IResult> GetConfigurationAsync(HttpContext context, IReleaseStore releases, IMiniProgramStore miniPrograms, string id)
    {
        if (await FindVisibleAsync(releases, id, CurrentActor.Of(context), context.RequestAborted) is not { } release)
        {
            return NotFound();
        }

        // What applied is frozen with the application; where a value comes from is told against the global configuration of today.
        var global = (await miniPrograms.FindAsync(release.Key.MiniProgram, context.RequestAborted))?.Configuration ?? ConfigurationValues.Empty;
        context.Response.Headers.ETag = EntityTags.Of(release.Revision);
        return TypedResults.Ok(new ConfigurationView(
            release.Status == ReleaseStatus.NewVersionCreated,
            release.Status == ReleaseStatus.NewVersionCreated
                ? EffectiveConfiguration.Describe(global, release.Override)
                : EffectiveConfiguration.Describe(release.Effective, release.Override),
            release.Override,
            release.Effective));
    }

    private static async Task<IResult> GetRevisionsAsync(HttpContext context, IReleaseStore releases, string id) =>
        await FindVisibleAsync(releases, id, CurrentActor.Of(context), context.RequestAborted) is { } release
            ? TypedResults.Ok(Listing.Of(ConfigurationHistory.Of(await releases.ListLogAsync(release.Id, context.RequestAborted))))
            : NotFound();

    // Without numbers: what the last edit changed.
    private static async Task<IResult> GetDifferenceAsync(HttpContext context, IReleaseStore releases, string id, int? from, int? to)
    {
        if (await FindVisibleAsync(releases, id, CurrentActor.Of(context), context.RequestAborted) is not { } release)
        {
            return NotFound();
        }

        var history = ConfigurationHistory.Of(await releases.ListLogAsync(release.Id, context.RequestAborted));
        return ConfigurationDifferenceView.Answer([.. history.Select(revision => revision.Effective)], from, to);
    }

    private static async Task<IResult> GetBasicInformationAsync(HttpContext context, IReleaseStore releases, string id)
    {
        if (await FindVisibleAsync(releases, id, CurrentActor.Of(context), context.RequestAborted) is not { } release)
        {
            return NotFound();
        }

        context.Response.Headers.ETag = EntityTags.Of(release.Revision);
        return TypedResults.Ok(BasicInformationView.Of(release));
    }

    private static async Task<IResult> ReportsAsync(HttpContext context, IReleaseStore releases, string id)
    {
        if (await FindVisibleAsync(releases, id, CurrentActor.Of(context), context.RequestAborted) is not { } release)
        {
            return NotFound();
        }

        var log = await releases.ListLogAsync(release.Id, context.RequestAborted);
        return TypedResults.Ok(Listing.Of(ReviewReportView.AllOf(log)));
    }

    private static async Task<IResult> PackageAsync(HttpContext context, IReleaseStore releases, PackageFiles files, string id)
    {
        if (await FindVisibleAsync(releases, id, CurrentActor.Of(context), context.RequestAborted) is not { } release)
        {
            return NotFound();
        }

        if (release.Package is not { } package || files.OpenRead(PackageDigest.Parse(package.Digest)) is not { } content)
        {
            return Problem.NotFound("The package is not built yet. GET the release: building says when it is Ready.");
        }

        context.Response.Headers["Digest"] = PackageDigest.Parse(package.Digest).ToDigestHeader();
        return TypedResults.File(content, "application/zip", $"{release.Key.MiniProgram}-{release.Key.Version}.zip");
    }

    private static Task<IResult> QrSvgAsync(HttpContext context, IReleaseStore releases, string id) =>
        QrAsync(context, releases, id, text => TypedResults.Text(QrCodes.DrawSvg(text), "image/svg+xml"));

    private static Task<IResult> QrPngAsync(HttpContext context, IReleaseStore releases, string id) =>
        QrAsync(context, releases, id, text => TypedResults.Bytes(QrCodes.DrawPng(text), "image/png"));

    private static async Task<IResult> QrAsync(HttpContext context, IReleaseStore releases, string id, Func<string, IResult> draw)
    {
        if (await FindVisibleAsync(releases, id, CurrentActor.Of(context), context.RequestAborted) is not { } release)
        {
            return NotFound();
        }

        if (release.TestQrToken is not { } token)
        {
            return Problem.NotFound("The test QR code ended with the application; it exists in New Version Created only.");
        }

        context.Response.Headers.CacheControl = "no-store";
        return draw($"miniprogram://{release.Key.App}/{release.Key.Environment}/{release.Key.MiniProgram}?version={release.Key.Version}&test={token}");
    }

    private static Task<IResult> PublicQrSvgAsync(HttpContext context, IReleaseStore releases, string id) =>
        PublicQrAsync(context, releases, id, text => TypedResults.Text(QrCodes.DrawSvg(text), "image/svg+xml"));

    private static Task<IResult> PublicQrPngAsync(HttpContext context, IReleaseStore releases, string id) =>
        PublicQrAsync(context, releases, id, text => TypedResults.Bytes(QrCodes.DrawPng(text), "image/png"));

    // A26: it leads to the mini program, not to a version; which one a user gets is the delivery's to say.
    private static async Task<IResult> PublicQrAsync(HttpContext context, IReleaseStore releases, string id, Func<string, IResult> draw)
    {
        if (await FindVisibleAsync(releases, id, CurrentActor.Of(context), context.RequestAborted) is not { } release)
        {
            return NotFound();
        }

        return release.Status == ReleaseStatus.FullRelease
            ? draw($"miniprogram://{release.Key.App}/{release.Key.Environment}/{release.Key.MiniProgram}")
            : Problem.NotFound("There is a QR code for everybody while the version is live for everybody: in Full Release.");
    }
}

/// <summary>Basic information of a release, with what it still lacks.</summary>
/// <param name="Name">What people see.</param>
/// <param name="Description">Needed to apply.</param>
/// <param name="Category">Needed to apply.</param>
/// <param name="ReleaseNotes">What is new in this version.</param>
/// <param name="Icon">Address of the icon.</param>
/// <param name="ServiceContacts">Where users find help.</param>
/// <param name="Missing">Fields that an application needs and that are blank.</param>
/// <param name="Recommended">Fields that help the review and that are blank.</param>
internal sealed record BasicInformationView(
    string Name,
    string? Description,
    string? Category,
    string? ReleaseNotes,
    string? Icon,
    ServiceContacts? ServiceContacts,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Recommended)
{
    /// <summary>The basic information of a release.</summary>
    public static BasicInformationView Of(Release release)
    {
        var (name, description, category, releaseNotes, icon, contacts) = release.BasicInformation;
        return new BasicInformationView(
            name, description, category, releaseNotes, icon, contacts,
            [.. release.BasicInformation.MissingForApplication()], [.. release.BasicInformation.RecommendedForApplication(release.Key.Environment)]);
    }
}

/// <summary>One page of a list.</summary>
/// <param name="Items">The things.</param>
/// <param name="Cursor">Send it as <c>cursor</c> for the next page; null on the last.</param>
internal sealed record PageView<T>(IReadOnlyList<T> Items, string? Cursor);


/// <summary>The configuration of a release.</summary>
/// <param name="IsEditable">True in New Version Created.</param>
/// <param name="Values">Effective values, each with its origin.</param>
/// <param name="Override">What this release says itself.</param>
/// <param name="Effective">What applies, joined.</param>
internal sealed record ConfigurationView(
    bool IsEditable, IReadOnlyList<ConfigurationEntry> Values, ConfigurationValues Override, ConfigurationValues Effective);

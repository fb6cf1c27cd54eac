using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.OpenApi;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Hosting;

namespace ReleaseWorkflows.Server.Delivery;

/// <summary><c>/api/delivery</c>: which version a user of a super app gets, and why, answered from memory; and which one a test QR code stands for.</summary>
internal static class DeliveryEndpoints
{
    private const int MaximumUserIdLength = 254;
    private const string TestName = "test";
    private const string VersionName = "version";

    private static readonly FrozenDictionary<string, ReleaseEnvironment> Environments =
        Enum.GetValues<ReleaseEnvironment>().ToFrozenDictionary(environment => environment.ToString(), StringComparer.Ordinal);

    /// <summary>Adds the endpoint.</summary>
    public static void MapDelivery(this IEndpointRouteBuilder api) => api
        .MapGet("/delivery/{app}/{environment}/{miniProgram}", DecideAsync)
        .WithTags("Delivery").WithSummary("Says which version a user gets, and why; or which one a test QR code stands for.").Produces<DeliveryView>()
        .DescribeQuery(VersionName, JsonSchemaType.String, "With test: the version in the test QR code.")
        .DescribeQuery(TestName, JsonSchemaType.String, "The token in the test QR code; takes the place of userId.");

    private static ValueTask<IResult> DecideAsync(HttpContext context, DeliveryIndex index, string app, string environment, string miniProgram, string? userId) =>
        context.Request.Query.TryGetValue(TestName, out var test)
            ? DecideTestAsync(context, app, environment, miniProgram, context.Request.Query[VersionName].ToString(), test.ToString())
            : ValueTask.FromResult(Decide(context, index, app, environment, miniProgram, userId));

    private static IResult Decide(HttpContext context, DeliveryIndex index, string app, string environment, string miniProgram, string? userId)
    {
        if (userId is null or { Length: > MaximumUserIdLength } || string.IsNullOrWhiteSpace(userId))
        {
            return Problem.From(Refusal.InvalidField("userId", $"Say which user: userId has 1 to {MaximumUserIdLength} characters."));
        }

        // Whoever may not see releases to the app hears what everybody hears where nothing is delivered.
        return Environments.TryGetValue(environment, out var where)
            && index.TryDecide(new DeliveryTarget(new MiniProgramKey(miniProgram), new AppKey(app), where), userId, out var delivery)
            && CurrentActor.Of(context).May(Permission.ViewReleases, delivery.Release.Subject)
                ? DeliveryAnswer.Of(delivery)
                : Problem.NotFound($"This user gets no version of “{miniProgram}” in {app} {environment}.");
    }

    // S4: who scans the temporary code tries the version out in the app as it is now. A code of older details, or of a release that has applied, opens nothing (I11).
    private static async ValueTask<IResult> DecideTestAsync(HttpContext context, string app, string environment, string miniProgram, string version, string token)
    {
        if (!Environments.TryGetValue(environment, out var where)
            || await context.RequestServices.GetRequiredService<IReleaseStore>().FindByKeyAsync(
                new ReleaseKey(new MiniProgramKey(miniProgram), new VersionNumber(version), new AppKey(app), where), context.RequestAborted) is not { } release
            || !CurrentActor.Of(context).May(Permission.ViewReleases, release.Subject)
            || release.TestQrToken is not { } valid
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(valid), Encoding.UTF8.GetBytes(token)))
        {
            return Problem.NotFound("This test code opens nothing: each change of the details makes a new one, and it ends with the application. Scan the present one.");
        }

        return release is { Building: BuildState.Ready, Package: not null }
            ? TypedResults.Ok(DeliveryView.OfTest(release))
            : Problem.From(new Refusal(RefusalCodes.StillBuilding, "The package of this release is not built yet. Ask again in a moment.") { RetryAfter = TimeSpan.FromSeconds(1) });
    }
}

/// <summary>Why a version is delivered.</summary>
internal enum DeliveryReason
{
    /// <summary>A test QR code was scanned.</summary>
    Test,

    /// <summary>The user is a pilot tester.</summary>
    Pilot,

    /// <summary>The user is among the percentage.</summary>
    Grayscale,

    /// <summary>Everybody has it.</summary>
    Full,
}

/// <summary>
/// The answer to all users who get a release, written once: a release at a revision says the same to each of them. Kept as long as somebody holds that
/// revision, which the index does until the next one.
/// </summary>
internal sealed class DeliveryAnswer : IResult
{
    private static readonly ConditionalWeakTable<Release, DeliveryAnswer> Answers = [];

    private readonly byte[] _body;

    private DeliveryAnswer(Release release) =>
        _body = JsonSerializer.SerializeToUtf8Bytes(DeliveryView.Of(new Domain.Delivery.Delivery(release, release.Exposure)), ApiJson.Options);

    /// <summary>The answer for a delivery, whose reason is the exposure of its release.</summary>
    public static DeliveryAnswer Of(Domain.Delivery.Delivery delivery) => Answers.GetValue(delivery.Release, static release => new DeliveryAnswer(release));

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = _body.Length;
        return response.Body.WriteAsync(_body, httpContext.RequestAborted).AsTask();
    }
}

/// <summary>What a user gets.</summary>
/// <param name="Version">The version.</param>
/// <param name="ReleaseId">The release.</param>
/// <param name="Reason">Why: Test, Pilot, Grayscale or Full.</param>
/// <param name="Percentage">In a grayscale release, the percentage of users who get it; null otherwise.</param>
/// <param name="Revision">Revision of the release the answer is from.</param>
/// <param name="Package">The package.</param>
internal sealed record DeliveryView(VersionNumber Version, ReleaseId ReleaseId, DeliveryReason Reason, int? Percentage, int Revision, DeliveredPackage Package)
{
    /// <summary>The answer for a delivery.</summary>
    public static DeliveryView Of(Domain.Delivery.Delivery delivery) => Of(delivery.Release, delivery.Reason switch
    {
        Exposure.Pilot => DeliveryReason.Pilot,
        Exposure.Grayscale => DeliveryReason.Grayscale,
        _ => DeliveryReason.Full,
    });

    /// <summary>The answer to a test QR code.</summary>
    public static DeliveryView OfTest(Release release) => Of(release, DeliveryReason.Test);

    private static DeliveryView Of(Release release, DeliveryReason reason) => new(
        release.Key.Version, release.Id, reason, release.Percentage, release.Revision,
        new DeliveredPackage(release.Package!.Digest, release.Package.Size, $"/api/releases/{release.Id}/package"));
}

/// <summary>The package of a version.</summary>
/// <param name="Sha256">Its digest; a package with the same one is the same.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Address">Where to get it.</param>
internal sealed record DeliveredPackage(string Sha256, long Size, string Address);

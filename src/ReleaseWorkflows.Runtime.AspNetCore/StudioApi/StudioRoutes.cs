using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Features;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi;

/// <summary>Answers one kind of request.</summary>
internal delegate Task<StudioAnswer> StudioHandler(StudioRequest request);

/// <summary>One line of the table of addresses.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Pattern">Address below the prefix. A parameter <c>{definitionId}</c> is the definition the permission is asked for.</param>
/// <param name="Permission">What the caller needs: one of <see cref="StudioPermissions"/>.</param>
/// <param name="Handler">What answers.</param>
internal sealed record StudioRoute(string Method, string Pattern, string Permission, StudioHandler Handler);

/// <summary>
/// Elsa's HTTP API, as Elsa Studio and other clients of Elsa use it: every address, what it needs and what answers.
/// </summary>
/// <remarks>
/// Life of a request (<see cref="StudioEndpoint"/>): who calls (401) → may the caller, also for the definition in the address (403) → the
/// handler reads the request and collects what is wrong with it (400, all at once) → it works, in a unit of work if it changes something →
/// its answer is written in Elsa's shapes (<see cref="StudioAnswer"/>, <see cref="StudioJson"/>). What is not in the table is 404: Studio
/// repeats a request that was answered with 5xx for 14 seconds, so an unknown address must never be one.
/// A resource is a folder with one static class of handlers per file.
/// </remarks>
internal static class StudioRoutes
{
    /// <summary>The table.</summary>
    public static IReadOnlyList<StudioRoute> All { get; } =
    [
        // What the server can do.
        Get("/features/installed", StudioPermissions.ReadInstalledFeatures, FeatureEndpoints.ListAsync),
        Get("/features/installed/{fullName}", StudioPermissions.ReadInstalledFeatures, FeatureEndpoints.FindAsync),
        Get("/package/version", StudioPermissions.ReadInstalledFeatures, FeatureEndpoints.VersionAsync),
    ];

    private static StudioRoute Get(string pattern, string permission, StudioHandler handler) => new("GET", pattern, permission, handler);
}

using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.MiniPrograms;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Portal.Components;
using ReleaseWorkflows.Server.Portal.Forms;

namespace ReleaseWorkflows.Server.Portal.MiniPrograms;

/// <summary>
/// The pages of mini programs. <c>/mini-programs</c> lists them; each has its parts (<see cref="Tabs"/>): versions with their releases, what is live,
/// configuration, basic information, members. A version gets there by the upload (<see cref="PackageUpload"/>) and to its targets by Select App
/// (<see cref="TargetChoice"/>); from there on the page of the release goes on.
/// </summary>
internal static class MiniProgramPages
{
    /// <summary>Address of the list.</summary>
    public const string List = "/mini-programs";

    /// <summary>Address of the page that creates one.</summary>
    public const string Create = "/new-mini-program";

    /// <summary>The address of a mini program, or of a part of it.</summary>
    public static string Address(MiniProgramKey key, string? part = null) =>
        $"{List}/{Uri.EscapeDataString(key.Value)}{(part is null ? null : "/" + part)}";

    /// <summary>The address of Select App for a version.</summary>
    public static string SelectApp(MiniProgramKey key, VersionNumber version) => Address(key, $"versions/{Uri.EscapeDataString(version.Value)}/select-app");

    /// <summary>The address of a release.</summary>
    public static string Release(Domain.Releases.ReleaseId id) => "/releases/" + Uri.EscapeDataString(id.Value);

    /// <summary>The parts of a mini program as tabs.</summary>
    public static IReadOnlyList<PageTab> Tabs(MiniProgramKey key) =>
    [
        new("versions", "Versions", Address(key)),
        new("live", "Live now", Address(key, "live")),
        new("configuration", "Configuration", Address(key, "configuration")),
        new("information", "Basic information", Address(key, "information")),
        new("members", "Members", Address(key, "members")),
    ];

    /// <summary>The mini program if the reader may see it; null otherwise, and the answer is the page that says there is nothing here.</summary>
    public static async ValueTask<MiniProgram?> FindAsync(HttpContext context, IMiniProgramStore store, string key)
    {
        var (found, _) = await store.FindAsync(key, CurrentActor.Of(context), Permission.ViewReleases, context.RequestAborted);
        if (found is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }

        return found;
    }

    /// <summary>Why a change of what the reader has seen must not be made: somebody was faster. Null if nobody was.</summary>
    public static Problem? Stale(MiniProgram current, PostedForm form) => form.Revision is { } seen && seen != current.Revision
        ? new Problem(
            StatusCodes.Status412PreconditionFailed,
            "stale",
            "Somebody changed this while you were typing. Below stands what you typed; the page behind it is the new one. Compare, then save again to put yours in its place.")
        : null;
}

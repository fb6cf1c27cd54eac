using System.CommandLine;
using System.Text.Json;

namespace ReleaseWorkflows.Client.Commands;

/// <summary>How a release is named on the command line: by its id, or as <c>mini-program/version/app/environment</c>.</summary>
internal static class ReleaseName
{
    /// <summary>The argument of commands to a release.</summary>
    public static Argument<string> Argument() =>
        new("release") { Description = "Id of the release, or mini-program/version/app/environment, for example coffee/1.2.0/superapp-a/Production." };

    /// <summary>Finds the release.</summary>
    /// <exception cref="RwException">There is none.</exception>
    public static async Task<JsonElement> FindAsync(this Session session, string name, CancellationToken cancellationToken)
    {
        if (name.Split('/') is not [var miniProgram, var version, var app, var environment])
        {
            return await session.Server.GetAsync($"api/releases/{Uri.EscapeDataString(name)}", cancellationToken);
        }

        var page = await session.Server.GetAsync(
            $"api/releases?miniProgram={Uri.EscapeDataString(miniProgram)}&version={Uri.EscapeDataString(version)}"
                + $"&app={Uri.EscapeDataString(app)}&environment={Uri.EscapeDataString(environment)}",
            cancellationToken);
        return page.GetProperty("items").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } release
            ? release
            : throw new RwException(ExitCode.Refused, $"There is no release {name} that you may see. rw status lists those there are.");
    }

    /// <summary>The id of the release.</summary>
    /// <exception cref="RwException">There is none.</exception>
    public static async Task<string> FindIdAsync(this Session session, string name, CancellationToken cancellationToken) =>
        name.Contains('/', StringComparison.Ordinal) ? IdOf(await session.FindAsync(name, cancellationToken)) : Uri.EscapeDataString(name);

    /// <summary>The id of a release that was read.</summary>
    public static string IdOf(JsonElement release) => release.GetProperty("id").GetString()!;

    /// <summary>Where a release stands, in a line.</summary>
    public static string LineOf(JsonElement release)
    {
        var percentage = release.TryGetProperty("percentage", out var number) && number.ValueKind == JsonValueKind.Number ? $" {number.GetInt32()} %" : "";
        var waiting = release.TryGetProperty("waitingFor", out var text) && text.GetString() is { } what ? $": {what}" : "";
        return $"{release.GetProperty("miniProgram").GetString()} {release.GetProperty("version").GetString()} → {release.GetProperty("app").GetString()} "
            + $"{release.GetProperty("environment").GetString()} · {release.GetProperty("status").GetString()}{percentage}{waiting}";
    }
}

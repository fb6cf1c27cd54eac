using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Client.Commands;

/// <summary>
/// <c>rw release</c>: asks for a release, and as far as one likes applies and waits. It prints the id. A release that is there already is gone on
/// with, so that a job can be repeated; one that was canceled is not.
/// </summary>
internal static class ReleaseCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(Run run)
    {
        var miniProgram = new Option<string>("--mini-program", "-m") { Description = "Key of the mini program.", Required = true };
        var version = new Option<string>("--version", "-v") { Description = "Version to release; upload it first.", Required = true };
        var app = new Option<string>("--app", "-a") { Description = "Key of the target app.", Required = true };
        var environment = new Option<string>("--environment", "-e") { Description = "Development, Test, Sandbox or Production.", Required = true };
        var configuration = new Option<string?>("--configuration") { Description = "A JSON file with what this release overrides of the global configuration." };
        var notes = new Option<string?>("--release-notes") { Description = "What is new." };
        var notesFile = new Option<string?>("--release-notes-file") { Description = "A text file with what is new." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Tell what would happen, and do nothing." };
        var apply = new Option<bool>("--apply") { Description = "Apply to release as soon as the package is built." };
        var wait = WaitCommand.TargetOption("--wait", "Wait afterwards, until the release is so far.");
        var timeout = WaitCommand.TimeoutOption();
        var command = new Command("release", "Releases a version to an app and environment, and prints the id of the release.")
        {
            miniProgram, version, app, environment, configuration, notes, notesFile, dryRun, apply, wait, timeout,
        };
        command.SetAction((parsed, stop) => run(parsed, async (session, cancellationToken) =>
        {
            var body = new JsonObject
            {
                ["miniProgram"] = parsed.GetValue(miniProgram),
                ["version"] = parsed.GetValue(version),
                ["app"] = parsed.GetValue(app),
                ["environment"] = parsed.GetValue(environment),
            };
            if (parsed.GetValue(configuration) is { } file)
            {
                body["configuration"] = await ReadJsonAsync(file, cancellationToken);
            }

            var text = parsed.GetValue(notesFile) is { } path ? await File.ReadAllTextAsync(path, cancellationToken) : parsed.GetValue(notes);
            if (text is not null)
            {
                body["releaseNotes"] = text;
            }

            return parsed.GetValue(dryRun)
                ? await RehearseAsync(session, body, cancellationToken)
                : await ReleaseAsync(session, body, parsed.GetValue(apply), parsed.GetValue(wait), parsed.GetValue(timeout), cancellationToken);
        }, stop));
        return command;
    }

    private static async Task<int> ReleaseAsync(Session session, JsonObject body, bool apply, WaitTarget? wait, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var id = await BeginAsync(session, body, cancellationToken);
        var deadline = session.Clock.GetUtcNow() + timeout;
        if (apply)
        {
            var ended = await WaitCommand.WaitAsync(session, id, WaitTarget.Ready, deadline, cancellationToken);
            if (ended.ExitCode != ExitCode.Done)
            {
                return Print(ended.ExitCode, ended.Release);
            }

            // A repeated job finds the application made.
            if (ended.Release.GetProperty("status").GetString() == "NewVersionCreated")
            {
                await session.Server.SendJsonAsync(HttpMethod.Post, $"api/releases/{id}/apply", null, cancellationToken);
            }
        }

        if (wait is { } target)
        {
            var ended = await WaitCommand.WaitAsync(session, id, target, deadline, cancellationToken);
            return Print(ended.ExitCode, ended.Release);
        }

        return Print(ExitCode.Done, await session.Server.GetAsync($"api/releases/{id}", cancellationToken));

        int Print(int exitCode, JsonElement release)
        {
            session.Report.Tell(ReleaseName.LineOf(release));
            session.Report.Result(release, id);
            return exitCode;
        }
    }

    private static async Task<string> BeginAsync(Session session, JsonObject body, CancellationToken cancellationToken)
    {
        try
        {
            return ReleaseName.IdOf(await session.Server.SendJsonAsync(HttpMethod.Post, "workflows/releases", body.ToJsonString(), cancellationToken));
        }
        catch (RwException refused) when (refused.Code == "target-used"
            && refused.Problem!.Value.GetProperty("releaseStatus").GetString() != "Canceled"
            && refused.Problem.Value.GetProperty("releaseId").GetString() is { } there)
        {
            session.Report.Tell($"There is a release of this version to this target already; going on with it: {there}");
            return there;
        }
    }

    private static async Task<int> RehearseAsync(Session session, JsonObject body, CancellationToken cancellationToken)
    {
        var forecast = await session.Server.SendJsonAsync(HttpMethod.Post, "workflows/releases?dryRun=true", body.ToJsonString(), cancellationToken);
        session.Report.Result(forecast, Lines(forecast));
        return forecast.GetProperty("refusals").GetArrayLength() == 0 ? ExitCode.Done : ExitCode.Refused;
    }

    private static IEnumerable<string> Lines(JsonElement forecast)
    {
        if (forecast.GetProperty("definitionId").GetString() is { } definition)
        {
            yield return $"Workflow {definition}, version {forecast.GetProperty("definitionVersion").GetInt32()}";
        }

        foreach (var step in forecast.GetProperty("path").EnumerateArray())
        {
            var people = step.GetProperty("people").EnumerateArray().Select(person => person.GetString()).ToList();
            var stage = step.GetProperty("stage").GetString();
            var conditions = step.GetProperty("conditions").EnumerateArray().Select(condition => condition.GetString());
            yield return $"{step.GetProperty("status").GetString()}: {step.GetProperty("command").GetString()}{(stage is null ? "" : $" “{stage}”")}"
                + $" ({(people.Count > 0 ? string.Join(" or ", people) : step.GetProperty("permission").GetString())}). {string.Join(' ', conditions)}";
        }

        if (forecast.GetProperty("end").GetString() is { } end)
        {
            yield return $"Then: {end}";
        }

        foreach (var warning in forecast.GetProperty("warnings").EnumerateArray())
        {
            yield return $"Note: {warning.GetString()}";
        }

        foreach (var refusal in forecast.GetProperty("refusals").EnumerateArray())
        {
            yield return $"Refused as things are, {refusal.GetProperty("command").GetString()}: {refusal.GetProperty("detail").GetString()} ({refusal.GetProperty("code").GetString()})";
        }
    }

    private static async Task<JsonNode?> ReadJsonAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return JsonNode.Parse(await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (JsonException exception)
        {
            throw new RwException(ExitCode.Usage, $"{path} is no JSON: {exception.Message}");
        }
    }
}

using System.Text.Json;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using CreateReleaseCommand = ReleaseWorkflows.Domain.Releases.CreateRelease;

namespace ReleaseWorkflows.Activities.Trigger;

/// <summary>Reads the body that asks for a release, as sent to <c>POST /workflows/releases</c> and <c>POST /api/releases</c>.</summary>
public static class CreateReleaseReader
{
    private static readonly string[] Members = ["miniProgram", "version", "app", "environment", "configuration", "releaseNotes"];

    /// <summary>Reads the body.</summary>
    /// <param name="body">The JSON of the request.</param>
    /// <param name="command">What is asked for; null if the body cannot be read.</param>
    /// <returns>A refusal with every missing, unknown and malformed field; null if all is well.</returns>
    public static Refusal? Read(JsonElement body, out CreateReleaseCommand? command)
    {
        command = null;
        if (body.ValueKind != JsonValueKind.Object)
        {
            return Refusal.InvalidField(
                "$", "Send a JSON object with miniProgram, version, app and environment, and if needed configuration and releaseNotes.");
        }

        var errors = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var member in body.EnumerateObject().Where(member => !Members.Contains(member.Name)))
        {
            errors[member.Name] = [$"There is no such field; the fields are {string.Join(", ", Members)}."];
        }

        var miniProgram = Text("miniProgram", Domain.Identifiers.Key.IsValid, $"A key has {Domain.Identifiers.Key.Form}.");
        var version = Text("version", VersionNumber.IsValid, $"A version is {VersionNumber.Form}.");
        var app = Text("app", Domain.Identifiers.Key.IsValid, $"A key has {Domain.Identifiers.Key.Form}.");
        var environment = Text("environment", Enum.GetNames<ReleaseEnvironment>().Contains, "The environment is Development, Test, Sandbox or Production.");
        var configuration = body.TryGetProperty("configuration", out var json)
            ? ConfigurationReader.Read(json, "configuration", errors)
            : ConfigurationValues.Empty;
        var releaseNotes = OptionalText("releaseNotes");
        if (errors.Count > 0)
        {
            return Refusal.Invalid("Some fields are missing or cannot be used as they are.", errors);
        }

        command = new CreateReleaseCommand(
            new ReleaseKey(new MiniProgramKey(miniProgram!), new VersionNumber(version!), new AppKey(app!), Enum.Parse<ReleaseEnvironment>(environment!)),
            configuration,
            releaseNotes);
        return null;

        string? Text(string field, Func<string, bool> isWellFormed, string form)
        {
            if (!body.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                errors[field] = [$"{field} is missing. {form}"];
                return null;
            }

            var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : null;
            if (text is null || !isWellFormed(text))
            {
                errors[field] = [form];
            }

            return text;
        }

        string? OptionalText(string field)
        {
            if (!body.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            if (value.ValueKind == JsonValueKind.String)
            {
                return value.GetString();
            }

            errors[field] = [$"{field} is a text, in quotes."];
            return null;
        }
    }
}

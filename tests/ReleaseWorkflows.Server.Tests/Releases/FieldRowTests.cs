using System.Net;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>
/// Every field of every command against what people and programs send by mistake or on purpose: missing, empty, invisible, too long, of another kind,
/// with characters that turn or hide what is read. Each is refused by name with a sentence, and nothing changes.
/// </summary>
public sealed class FieldRowTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Invisible = "\u200B\u2060";
    private const string Turned = "abc\u202Efed";

    /// <summary>Door, whole and usable body, field, what the field is, and how long it may be.</summary>
    public static TheoryData<string, string, string, string, int> Fields { get; } = new()
    {
        { "POST /workflows/releases", Release, "miniProgram", "key!", 64 },
        { "POST /workflows/releases", Release, "version", "line!", 64 },
        { "POST /workflows/releases", Release, "app", "key!", 64 },
        { "POST /workflows/releases", Release, "environment", "word!", 0 },
        { "POST /workflows/releases", Release, "releaseNotes", "text", 4_000 },
        { "POST /workflows/releases", Release, "configuration", "object", 0 },
        { "PUT /api/releases/new/configuration", "{}", "serverDomains", "list", 0 },
        { "PUT /api/releases/new/configuration", "{}", "webUrls", "list", 0 },
        { "PUT /api/releases/new/configuration", "{}", "internalTesters", "list", 0 },
        { "PUT /api/releases/new/configuration", "{}", "environmentVariables", "object", 0 },
        { "PUT /api/releases/new/configuration", "{}", "payment", "object", 0 },
        { "PUT /api/releases/new/configuration", "{}", "features", "object", 0 },
        { "PUT /api/releases/new/basic-information", Information, "name", "line!", 100 },
        { "PUT /api/releases/new/basic-information", Information, "description", "text", 2_000 },
        { "PUT /api/releases/new/basic-information", Information, "category", "line", 100 },
        { "PUT /api/releases/new/basic-information", Information, "releaseNotes", "text", 4_000 },
        { "PUT /api/releases/new/basic-information", Information, "icon", "line", 2_000 },
        { "PUT /api/releases/new/basic-information", Information, "serviceContacts", "object", 0 },
        { "POST /api/releases/new/apply", "{}", "releaseNotes", "text", 4_000 },
        { "POST /api/releases/review/approve", "{}", "comment", "text", 4_000 },
        { "POST /api/releases/review/reject", Rejection, "reason", "text!", 4_000 },
        { "POST /api/releases/review/reject", Rejection, "category", "word!", 0 },
        { "POST /api/releases/review/reject", Rejection, "allowSamePackage", "flag", 0 },
        { "POST /api/releases/review/assign-reviewers", """{ "reviewers": [] }""", "reviewers", "list!", 0 },
        { "PUT /api/releases/pilot/testers", """{ "userIds": [] }""", "userIds", "list!", 0 },
        { "POST /api/releases/pilot/cancel", "{}", "reason", "text", 4_000 },
        { "POST /api/releases/choice/go-live", """{ "type": "Full" }""", "type", "word!", 0 },
        { "POST /api/releases/rollout/grayscale", """{ "percentage": 20 }""", "percentage", "number!", 0 },
        { "POST /api/releases/rollout/hold", """{ "reason": "x" }""", "reason", "text!", 4_000 },
        { "POST /api/releases/rollout/override-freeze", """{ "reason": "x" }""", "reason", "text!", 4_000 },
        { "POST /api/releases/live/take-offline", """{ "reason": "x" }""", "reason", "text!", 4_000 },
        { "POST /api/mini-programs", MiniProgram, "key", "key!", 64 },
        { "POST /api/mini-programs", MiniProgram, "name", "line!", 100 },
        { "POST /api/mini-programs", MiniProgram, "workspace", "key", 64 },
        { "POST /api/apps", App, "key", "key!", 64 },
        { "POST /api/apps", App, "name", "line!", 100 },
        { "POST /api/apps", App, "workflowDefinitionId", "line!", 200 },
        { "POST /api/apps", App, "environments", "object!", 0 },
        { "POST /api/apps", App, "testerIdKind", "word", 0 },
        { "POST /api/apps", App, "allowSelfApproval", "flag", 0 },
        { "POST /api/apps", App, "firstVersionMustBeFull", "flag", 0 },
        { "POST /api/apps", App, "freezes", "objects", 0 },
        { "PUT /api/apps/superapp-a/webhook", """{ "url": "https://hooks.example.com" }""", "url", "line!", 2_000 },
        { "PUT /api/apps/superapp-a/notifications", "{}", "kinds", "list", 0 },
        { "PUT /api/apps/superapp-a/notifications", "{}", "templates", "object", 0 },
        { "POST /api/workspaces", """{ "key": "x", "name": "X", "kind": "Developer" }""", "key", "key!", 64 },
        { "POST /api/workspaces", """{ "key": "x", "name": "X", "kind": "Developer" }""", "name", "line!", 100 },
        { "POST /api/workspaces", """{ "key": "x", "name": "X", "kind": "Developer" }""", "kind", "word!", 0 },
        { "POST /api/api-keys", """{ "name": "CI" }""", "name", "line!", 100 },
        { "POST /api/api-keys", """{ "name": "CI" }""", "expiresAt", "time", 0 },
    };

    private const string Release = """{ "miniProgram": "coffee", "version": "1.0.0", "app": "superapp-a", "environment": "Test" }""";
    private const string Information = """{ "name": "Tea", "description": "Tea.", "category": "Food" }""";
    private const string Rejection = """{ "reason": "No.", "category": "Details" }""";
    private const string MiniProgram = """{ "key": "never-made", "name": "Never" }""";
    private const string App = """{ "key": "never-made", "name": "Never", "workflowDefinitionId": "release-pipeline", "environments": { "Production": {} } }""";

    private static readonly SemaphoreSlim Gate = new(1);
    private static Dictionary<string, string>? _releases;

    private TestServer Server => shared.Server;

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task What_a_field_cannot_be_is_refused_by_its_name_and_changes_nothing(string door, string body, string field, string kind, int maximum)
    {
        var (method, path) = (door.Split(' ')[0], await PathAsync(door.Split(' ')[1]));
        var client = Server.As(WhoFor(door));
        var release = path.StartsWith("/api/releases/", StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : null;
        var before = release is null ? null : (await Server.As(Role.DeveloperAdmin).GetAsync(release)).ETag;

        foreach (var value in BadValues(kind, maximum))
        {
            var sent = JsonNode.Parse(body)!.AsObject();
            sent[field] = value?.DeepClone();
            var answer = await client.SendAsync(new HttpMethod(method), path, sent.ToJsonString());

            Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{field} = {Shorten(value)} got {answer}");
            answer.Is(HttpStatusCode.BadRequest, "invalid");
            var complaint = answer.BadFields.FirstOrDefault(name => name == field || name.StartsWith(field + "[", StringComparison.Ordinal) || name.StartsWith(field + ".", StringComparison.Ordinal));
            Assert.True(complaint is not null, $"{field} = {Shorten(value)} is not named in {answer}");
            Assert.Matches(@"^[\p{Lu}“a-z].*\.$", answer.ErrorOf(complaint!));
            Assert.DoesNotContain(Turned, answer.ErrorOf(complaint!), StringComparison.Ordinal);
        }

        Assert.Equal(before, release is null ? null : (await Server.As(Role.DeveloperAdmin).GetAsync(release)).ETag);
    }

    [Fact]
    public async Task The_rows_are_about_every_field_that_a_new_release_has()
    {
        var answer = (await Server.As(Role.DeveloperAdmin).PostAsync("/workflows/releases", """{ "none": 1 }""")).Is(HttpStatusCode.BadRequest, "invalid");

        var named = Fields.Select(row => (Door: (string)row[0], Field: (string)row[2])).Where(row => row.Door == "POST /workflows/releases").Select(row => row.Field);
        Assert.All(named, field => Assert.Contains(field, answer.ErrorOf("none"), StringComparison.Ordinal));
    }

    private static IEnumerable<JsonNode?> BadValues(string kind, int maximum)
    {
        if (kind.EndsWith('!'))
        {
            yield return null;
        }

        foreach (var value in OfAnotherKind(kind.TrimEnd('!')))
        {
            yield return value;
        }

        if (kind.TrimEnd('!') is "text" or "line" or "key")
        {
            foreach (var text in (string[])["", " ", "\t\n", Invisible, new string('x', maximum + 1), "a\u0000b", Turned, "a\u2066b"])
            {
                yield return text;
            }
        }

        if (kind.TrimEnd('!') is "line" or "key")
        {
            yield return "a\nb";
            yield return "a\u200Bb";
            yield return "a\u2028b";
        }

        if (kind.StartsWith("key", StringComparison.Ordinal))
        {
            foreach (var text in (string[])["Tea Time", "\u0442ea", "-tea", "tea/../coffee", "tea%2Fcoffee", "TEA"])
            {
                yield return text;
            }
        }
    }

    private static IEnumerable<JsonNode?> OfAnotherKind(string kind)
    {
        JsonNode?[] all = [5, true, "nope", Array("x"), Array(5), new JsonObject { ["no-such"] = new JsonArray(1) }, "", Array(null!)];
        return kind switch
        {
            "text" or "line" or "key" => [all[0], all[1], all[3], all[5]],
            "word" => [all[0], all[1], all[2], all[3], all[5], all[6], "details", "PRODUCTION"],
            "flag" => [all[0], "true", all[3], all[5]],
            "number" => [all[1], "20", all[3], all[5], 0, 101, 1.5, -1],
            "time" => [all[0], all[1], all[2], "2026-05-12", "2026-05-12T14:30:00", "2026-13-40T14:30:00Z", all[3]],
            "list" => [all[0], all[1], all[2], all[4], all[5], all[7]],
            "object" => [all[0], all[1], all[2], all[3], all[5]],
            "objects" => [all[0], all[1], all[2], all[3], all[5], all[7]],
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of field."),
        };
    }

    private static JsonArray Array(JsonNode item) => [item];

    private static Role WhoFor(string door) => door switch
    {
        _ when door.Contains("/review/", StringComparison.Ordinal) => Role.Reviewer,
        _ when door.Contains("override-freeze", StringComparison.Ordinal) || door.Contains("/api/apps", StringComparison.Ordinal) => Role.WorkspaceAdmin,
        _ when door.Contains("/api/workspaces", StringComparison.Ordinal) => Role.Administrator,
        _ => Role.DeveloperAdmin,
    };

    // The address with the id of a release that stands where the command is possible.
    private async Task<string> PathAsync(string path)
    {
        if (!path.StartsWith("/api/releases/", StringComparison.Ordinal))
        {
            return path;
        }

        await Gate.WaitAsync();
        try
        {
            _releases ??= await PrepareAsync();
        }
        finally
        {
            Gate.Release();
        }

        var parts = path.Split('/');
        parts[3] = _releases[parts[3]];
        return string.Join('/', parts);
    }

    private async Task<Dictionary<string, string>> PrepareAsync()
    {
        var steps = new Dictionary<string, string[]>
        {
            ["new"] = [],
            ["review"] = ["apply"],
            ["pilot"] = ["apply", "approve"],
            ["choice"] = ["apply", "approve", "complete-pilot"],
            ["rollout"] = ["apply", "approve", "complete-pilot"],
            ["live"] = ["apply", "approve", "complete-pilot", "go-live"],
        };
        var releases = new Dictionary<string, string>();
        foreach (var (name, commands) in steps)
        {
            var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
            releases[name] = await scene.ReleaseAsync("Production");
            foreach (var command in commands)
            {
                await scene.DoAsync(releases[name], command, command == "go-live" ? new { type = "Full" } : null);
            }

            if (name == "rollout")
            {
                await scene.DoAsync(releases[name], "grayscale", new { percentage = 10 });
            }
        }

        return releases;
    }

    private static string Shorten(JsonNode? value) => value?.ToJsonString() is { } text ? (text.Length > 80 ? text[..80] + "…" : text) : "null";
}

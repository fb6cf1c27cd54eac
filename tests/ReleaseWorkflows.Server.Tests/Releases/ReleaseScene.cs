using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>A mini program with its versions on a server, and the people who release it: everything by HTTP.</summary>
public sealed class ReleaseScene(TestServer server, string miniProgram)
{
    /// <summary>The configuration that the mini program starts with.</summary>
    public static object GlobalConfiguration { get; } = new
    {
        serverDomains = new[] { "api.tea.example" },
        environmentVariables = new { API_URL = "https://api.tea.example" },
    };

    /// <summary>The server.</summary>
    public TestServer Server => server;

    /// <summary>The key of the mini program.</summary>
    public string MiniProgram => miniProgram;

    /// <summary>The admin of the workspace that owns the mini program; applies for its releases.</summary>
    public ApiClient Developer => server.As(Role.DeveloperAdmin);

    /// <summary>A reviewer of both super apps.</summary>
    public ApiClient Reviewer => server.As(Role.Reviewer);

    /// <summary>The demo's mini program <c>coffee</c> in version 1.0.0, which every developer of the demo may release.</summary>
    public static ReleaseScene Coffee(TestServer server) => new(server, "coffee");

    /// <summary>A new mini program of the workspace <c>acme</c> with these versions.</summary>
    public static async Task<ReleaseScene> CreateAsync(TestServer server, params string[] versions)
    {
        var scene = new ReleaseScene(server, SharedServer.NewKey("tea"));
        (await scene.Developer.PostAsync(
            "/api/mini-programs",
            new { key = scene.MiniProgram, name = "Tea", description = "Tea to go.", category = "Food", configuration = GlobalConfiguration })).Is(HttpStatusCode.Created);
        foreach (var version in versions)
        {
            await scene.UploadAsync(version);
        }

        return scene;
    }

    /// <summary>Uploads a version.</summary>
    public async Task UploadAsync(string version) =>
        (await Developer.UploadAsync(MiniProgram, version, ApiClient.Sample("coffee"))).Is(HttpStatusCode.Created);

    /// <summary>Asks the front door, a workflow, for a release.</summary>
    public Task<Answer> TriggerAsync(string environment, string version = "1.0.0", string app = "superapp-a", object? configuration = null, string? key = null) =>
        Developer.PostAsync("/workflows/releases", new { miniProgram = MiniProgram, version, app, environment, configuration }, key);

    /// <summary>Creates a release and waits until its package is built.</summary>
    public async Task<string> ReleaseAsync(string environment, string version = "1.0.0", string app = "superapp-a")
    {
        var id = (await TriggerAsync(environment, version, app)).Is(HttpStatusCode.Created).Text("id")!;
        await BuiltAsync(id);
        return id;
    }

    /// <summary>Waits until the package is built.</summary>
    public Task<Answer> BuiltAsync(string id) => BuildingAsync(id, "Ready");

    /// <summary>Waits until the build stands as wanted.</summary>
    public Task<Answer> BuildingAsync(string id, string wanted) =>
        Eventually.ReadAsync(() => ReadAsync(id), answer => answer.Text("building") == wanted, $"the build to be {wanted}");

    /// <summary>The release as its developer sees it.</summary>
    public async Task<Answer> ReadAsync(string id, ApiClient? client = null) => (await (client ?? Developer).GetAsync($"/api/releases/{id}")).Is(HttpStatusCode.OK);

    /// <summary>Who usually gives a command.</summary>
    public ApiClient WhoGives(string command) => command switch
    {
        "approve" or "reject" or "assign-reviewers" => Reviewer,
        "override-freeze" => server.As(Role.WorkspaceAdmin),
        _ => Developer,
    };

    /// <summary>Sends a command in the name of whoever usually gives it.</summary>
    public Task<Answer> SendAsync(string id, string command, object? body = null, string? key = null) =>
        WhoGives(command).SendAsync(
            command is "configuration" or "basic-information" or "testers" ? HttpMethod.Put : HttpMethod.Post, $"/api/releases/{id}/{command}", body, key);

    /// <summary>Sends a command, which is accepted.</summary>
    public async Task<Answer> DoAsync(string id, string command, object? body = null) => (await SendAsync(id, command, body)).Is(HttpStatusCode.OK);

    /// <summary>The events of the log, by their kinds.</summary>
    public async Task<IReadOnlyList<string>> LogAsync(string id) =>
        [.. (await Developer.GetAsync($"/api/releases/{id}/log")).Is(HttpStatusCode.OK).Items.Select(line => line.GetProperty("event").GetString()!)];

    /// <summary>Does something in a unit of work of the server's own, and keeps nothing of it.</summary>
    public Task<T> AskAsync<TStore, T>(Func<TStore, ValueTask<T>> ask)
        where TStore : notnull =>
        server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            async (services, _) => UnitOfWorkResult.Discard(await ask(services.GetRequiredService<TStore>())), CancellationToken.None);

    /// <summary>The workflow instance that carries a release.</summary>
    public async Task<WorkflowInstanceRecord> InstanceAsync(string id)
    {
        var instance = (await ReadAsync(id)).Text("workflowInstanceId")!;
        return (await AskAsync<IWorkflowStore, WorkflowInstanceRecord?>(store => store.FindInstanceAsync(instance, CancellationToken.None)))!;
    }

    /// <summary>Everything a command could change, as one text: the release, its log, its testers, its instance and what that waits for.</summary>
    public async Task<string> PictureAsync(string id)
    {
        var instance = await InstanceAsync(id);
        var bookmarks = await AskAsync<IWorkflowStore, IReadOnlyList<BookmarkRecord>>(store => store.FindInstanceBookmarksAsync(instance.Id, CancellationToken.None));
        return JsonSerializer.Serialize(new
        {
            Release = (await ReadAsync(id)).ToString(),
            Log = (await Developer.GetAsync($"/api/releases/{id}/log")).ToString(),
            Testers = (await Developer.GetAsync($"/api/releases/{id}/testers")).ToString(),
            instance.Version,
            instance.SubStatus,
            Bookmarks = bookmarks.Select(bookmark => bookmark.Id).Order(StringComparer.Ordinal),
        });
    }
}

/// <summary>What one reads of a release in these tests.</summary>
public static class ReleaseAnswer
{
    /// <summary>The words of a list in an answer.</summary>
    public static IReadOnlyList<string> Words(this Answer answer, string name) =>
        [.. answer.Json.GetProperty(name).EnumerateArray().Select(word => word.GetString()!)];

    /// <summary>A whole number in an answer, or null.</summary>
    public static int? Number(this Answer answer, string name) =>
        answer.Json.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;

    /// <summary>Asserts where the release stands.</summary>
    public static Answer Stands(this Answer answer, string status, string lastRequest, string? waitingFor)
    {
        Assert.Equal(status, answer.Text("status"));
        Assert.Equal(lastRequest, answer.Text("lastRequest"));
        Assert.Equal(waitingFor, answer.Text("waitingFor"));
        return answer;
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Access;

/// <summary>
/// Who asks in the matrix, and what for: the mini program <c>coffee</c> of <c>acme</c>, a release of it to <c>superapp-a</c> of <c>superapp</c>, and strangers to both.
/// </summary>
internal sealed class MatrixScene : IAsyncDisposable
{
    private readonly TestServer _server;
    private readonly HttpClient _http;
    private readonly List<(string Name, string? Authorization)> _principals = [];
    private Dictionary<string, string> _values = [];

    private MatrixScene(TestServer server)
    {
        _server = server;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Http.BaseAddress };
    }

    /// <summary>The server.</summary>
    public TestServer Server => _server;

    /// <summary>Who asks, in the order of the letters of a row.</summary>
    public IReadOnlyList<string> Principals => [.. _principals.Select(principal => principal.Name)];

    /// <summary>Makes everything the rows speak of.</summary>
    public static async Task<MatrixScene> CreateAsync()
    {
        var scene = new MatrixScene(await TestServer.StartAsync());
        var server = scene._server;
        var administrator = server.As(Role.Administrator);
        (await administrator.PostAsync("/api/workspaces", new { key = "other", name = "Other", kind = "Developer" })).Is(HttpStatusCode.Created);
        (await administrator.PostAsync("/api/workspaces", new { key = "rival", name = "Rival", kind = "Tenant" })).Is(HttpStatusCode.Created);
        var release = await ReleaseScene.Coffee(server).ReleaseAsync("Production");
        (await server.As(Role.WorkspaceAdmin).PostAsync("/api/apps/superapp-a/workflow")).Is(HttpStatusCode.OK);
        var instance = (await administrator.GetAsync($"/api/releases/{release}")).Text("workflowInstanceId")!;

        scene._principals.Add(("anonymous", null));
        foreach (var role in Enum.GetValues<Role>())
        {
            scene._principals.Add((role.ToString(), "ApiKey " + server.DemoUser(role).ApiKey));
        }

        await scene.AddAsync("Developer, not assigned", new Grant(Role.Developer, new("acme"), []));
        await scene.AddAsync("DeveloperAdmin of another workspace", new Grant(Role.DeveloperAdmin, new("other"), []));
        await scene.AddAsync("WorkspaceAdmin of another super app", new Grant(Role.WorkspaceAdmin, new("rival"), []));
        await scene.AddAsync("DeveloperAdmin, key for release.prepare", new Grant(Role.DeveloperAdmin, new("acme"), []), [Permission.Prepare]);
        var account = (await server.As(Role.Developer).GetAsync("/api/me")).Text("id")!;

        scene._values = new Dictionary<string, string>
        {
            ["/mini-programs/{key}"] = "/mini-programs/coffee",
            ["/apps/{key}"] = "/apps/superapp-a",
            ["/workspaces/{key}"] = "/workspaces/acme",
            ["/members/{id}"] = "/members/" + account,
            ["/users/{id}"] = "/users/" + account,
            ["/releases/{id}"] = "/releases/" + release,
            ["/delivery/{app}/{environment}/{miniProgram}"] = "/delivery/superapp-a/Production/coffee?userId=u",
            ["{version}"] = "1.0.0",
            ["{documentname}"] = "v1",
            ["/{definitionid}"] = "/superapp-a-pipeline",
            ["{definitionid}"] = "superapp-a-pipeline",
            ["/workflow-instances/{id}"] = "/workflow-instances/" + instance,
            ["/workflow-instances/{workflowinstanceid}"] = "/workflow-instances/" + instance,
            ["/instances/{id}"] = "/instances/" + instance,
            ["/definitions/{id}"] = "/definitions/superapp-a-pipeline",
            ["{userid}"] = "u",
        };
        return scene;
    }

    /// <summary>Asks as everybody, and tells one letter each.</summary>
    /// <remarks>
    /// y: let in, whatever the answer is then; n: 403; h: 404 that says it may not be seen; m: 404, nothing there for this one; a: 401, or sent to sign in; !: let
    /// in, and what was run failed (a pipeline that is executed by hand carries no release).
    /// </remarks>
    public async Task<string> AskAsync(string method, string pattern, Func<string, object?> body)
    {
        var letters = new StringBuilder();
        foreach (var (_, authorization) in _principals)
        {
            using var request = new HttpRequestMessage(method == "PAGE" ? HttpMethod.Get : new HttpMethod(method), Fill(pattern));
            if (authorization is not null)
            {
                request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
            }

            if (method == "PAGE")
            {
                request.Headers.TryAddWithoutValidation("Accept", "text/html");
            }
            else if (body(SharedServer.NewKey("matrix")) is { } content)
            {
                request.Content = new StringContent(JsonSerializer.Serialize(content), Encoding.UTF8, "application/json");
            }

            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            letters.Append(await LetterOfAsync(response));
        }

        return letters.ToString();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    private static async Task<char> LetterOfAsync(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized => 'a',
        HttpStatusCode.Redirect when response.Headers.Location!.ToString().StartsWith("/sign-in", StringComparison.Ordinal) => 'a',
        HttpStatusCode.Forbidden => 'n',
        HttpStatusCode.NotFound => (await response.Content.ReadAsStringAsync()).Contains("may see", StringComparison.Ordinal) ? 'h' : 'm',
        >= HttpStatusCode.InternalServerError => '!',
        _ => 'y',
    };

    private string Fill(string pattern)
    {
        var address = pattern.Replace(":int", "", StringComparison.Ordinal);
        foreach (var (placeholder, value) in _values)
        {
            address = address.Replace(placeholder, value, StringComparison.OrdinalIgnoreCase);
        }

        return System.Text.RegularExpressions.Regex.Replace(address, "\\{[^}]*\\}", "nothing");
    }

    private async Task AddAsync(string name, Grant grant, IReadOnlyList<Permission>? scopes = null)
    {
        var secret = ApiKeySecret.Create();
        var id = SharedServer.NewKey("matrix");
        await _server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            (services, _) =>
            {
                var accounts = services.GetRequiredService<IAccountStore>();
                accounts.Save(new Account { Id = new UserId(id), Email = $"{id}@example.com", Name = name, Grants = [grant] });
                accounts.AddKey(new ApiKey(ApiKeySecret.CreateId(), new UserId(id), "Key", ApiKeySecret.Hash(secret), _server.Clock.GetUtcNow(), null, scopes));
                return Task.FromResult(UnitOfWorkResult.Commit(true));
            },
            CancellationToken.None);
        _principals.Add((name, "ApiKey " + secret));
    }
}

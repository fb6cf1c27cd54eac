using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Faults.Tests.Limits;

/// <summary>The limits that docs/RELIABILITY.md names (R13): one more is refused with a sentence, and nothing is done.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private DataDirectory _data = null!;
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _data = await PreparedData.CopyAsync();
        _server = await TestServer.StartAsync(folder: _data.Path);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task What_is_too_much_is_refused_with_a_sentence_and_nothing_is_done()
    {
        var (developer, administrator) = (_server.As(Role.DeveloperAdmin), _server.As(Role.Administrator));

        // A body of 1 MB, of 64 levels.
        await IsTooLargeAsync(() => developer.PostAsync("/api/mini-programs", $$"""{ "key": "tea", "name": "Tea", "description": "{{new string('d', 1024 * 1024)}}" }"""));
        (await developer.PostAsync("/api/mini-programs", $$"""{ "key": "tea", "name": "Tea", "x": {{new string('[', 100)}}{{new string(']', 100)}} }""")).Is(HttpStatusCode.BadRequest);

        // A key of 200 characters, a page of 200 entries.
        (await developer.PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" }, key: new string('k', 201))).Is(HttpStatusCode.BadRequest);
        (await developer.GetAsync("/api/releases?limit=201")).Is(HttpStatusCode.BadRequest);

        // A definition of 4 million characters, 256 levels, 2,000 activities, 5,000 connections; a request of 16 MB.
        await IsRefusedAsync(Definition(new string('x', 4_200_000), 1, 0), "characters");
        await IsRefusedAsync(Definition("many", 2_001, 0), "2,000");
        await IsRefusedAsync(Definition("much", 2, 5_001), "5,000");
        await IsRefusedAsync(Definition("deep", 1, 0).Replace("\"variables\":[]", $"\"variables\":{new string('[', 300)}{new string(']', 300)}", StringComparison.Ordinal), "");
        await IsTooLargeAsync(() => administrator.PostAsync("/elsa/api/workflow-definitions/import", Definition(new string('x', 17 * 1024 * 1024), 1, 0)));

        // A package of 20 MB.
        await IsTooLargeAsync(() => developer.UploadAsync("coffee", "9.9.9", new byte[(20 * 1024 * 1024) + 100_000]));

        // A request that starts a workflow of 1 MB.
        await IsTooLargeAsync(() => developer.PostAsync("/workflows/releases", $$"""{ "miniProgram": "coffee", "x": "{{new string('x', 1024 * 1024)}}" }"""));

        Assert.Equal(1, Rows.Count(_data, "SELECT count(*) FROM mini_programs"));
        Assert.Equal(0, Rows.Count(_data, "SELECT count(*) FROM workflow_definitions WHERE definition_id LIKE 'limit%'"));
        Assert.Equal(0, Rows.Count(_data, "SELECT count(*) FROM mini_program_versions WHERE number = '9.9.9'"));
    }

    [Fact]
    public async Task A_hundred_thousand_testers_are_taken_at_once_and_a_line_without_end_is_not()
    {
        var scene = ReleaseScene.Coffee(_server);
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");

        var many = await SendAsync(id, string.Join('\n', Enumerable.Range(0, 100_000).Select(number => $"u-{number}")));
        var line = await SendAsync(id, "u-1\n\"" + new string('x', 200_000));

        many.Is(HttpStatusCode.OK);
        Assert.Equal(100_000, many.Json.GetProperty("total").GetInt32());
        line.Is(HttpStatusCode.BadRequest);
        Assert.Equal(100_000, Rows.Count(_data, "SELECT count(*) FROM testers"));
    }

    private static async Task IsTooLargeAsync(Func<Task<Answer>> send)
    {
        try
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await send()).Status);
        }
        catch (HttpRequestException)
        {
            // The server reads no further than it has to, and the client still had something to say when the connection closed.
        }
    }

    private async Task IsRefusedAsync(string definition, string sentence)
    {
        var answer = await _server.As(Role.Administrator).PostAsync("/elsa/api/workflow-definitions", $$"""{ "model": {{definition}}, "publish": true }""");

        Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{(int)answer.Status} {definition[..60]}");
        Assert.Contains(sentence, answer.ToString(), StringComparison.Ordinal);
    }

    private Task<Answer> SendAsync(string release, string content)
    {
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
        file.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return _server.As(Role.DeveloperAdmin).SendAsync(HttpMethod.Put, $"/api/releases/{release}/testers", new MultipartFormDataContent { { file, "file", "testers.csv" } });
    }

    private static string Definition(string name, int activities, int connections)
    {
        var ways = Enumerable.Range(0, connections).Select(number => $$"""{"source":{"activity":"a0","port":"P{{number}}"},"target":{"activity":"a1","port":"In"} }""");
        var steps = Enumerable.Range(0, activities).Select(number => $$"""{"id":"a{{number}}","type":"Elsa.WriteLine","version":1}""");
        return $$"""
            {"definitionId":"limit-{{(name.Length > 20 ? "name" : name)}}","name":"{{name}}","version":1,"variables":[],"root":{"id":"flow","type":"Elsa.Flowchart","version":1,
            "activities":[{{string.Join(',', steps)}}],"connections":[{{string.Join(',', ways)}}] } }
            """;
    }
}

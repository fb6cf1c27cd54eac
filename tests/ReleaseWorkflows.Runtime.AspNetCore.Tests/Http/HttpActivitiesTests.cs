using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReleaseWorkflows.Runtime.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Runtime.Tests;
using ReleaseWorkflows.Runtime.Tests.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests.Http;

/// <summary>The activities in real workflows: definition, engine, HTTP; only the database is in memory.</summary>
public sealed class HttpActivitiesTests : IAsyncLifetime
{
    private readonly InMemoryDatabase _database = new();
    private WebApplication _app = null!;
    [Fact]
    public async Task A_file_is_answered_with_its_name_its_type_and_a_tag()
    {
        await PublishAsync(FileAnswer("'a,b'", ("filename", Flow.Literal("grüße.csv")), ("contentType", Flow.Literal("text/csv"))));

        var response = await _client.GetAsync(new Uri("/workflows/file", UriKind.Relative));
        using var again = new HttpRequestMessage(HttpMethod.Get, "/workflows/file");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);

        Assert.Equal("a,b", await response.Content.ReadAsStringAsync());
        Assert.Equal(("text/csv", "grüße.csv"), (response.Content.Headers.ContentType!.MediaType, response.Content.Headers.ContentDisposition!.FileNameStar));
        Assert.Equal(HttpStatusCode.NotModified, (await _client.SendAsync(again)).StatusCode);
    }

    [Fact]
    public async Task Several_files_are_answered_as_a_zip()
    {
        await PublishAsync(FileAnswer("[bytesFromString('one'), 'two', 'three']"));

        var response = await _client.GetAsync(new Uri("/workflows/file", UriKind.Relative));

        Assert.Equal("application/zip", response.Content.Headers.ContentType!.MediaType);
        using var zip = new System.IO.Compression.ZipArchive(await response.Content.ReadAsStreamAsync());
        Assert.Equal(["file.bin", "file.txt", "file-2.txt"], zip.Entries.Select(entry => entry.Name));
    }

    [Theory]
    [InlineData("bytes=2-4", 206, "234", "bytes 2-4/10")]
    [InlineData("bytes=7-", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=5-99", 206, "56789", "bytes 5-9/10")]
    [InlineData("bytes=10-", 416, "", "bytes */10")]
    [InlineData("bytes=1-2,4-5", 200, "0123456789", null)]
    [InlineData("lines=1-2", 200, "0123456789", null)]
    public async Task A_part_of_a_file_is_answered_where_downloads_can_be_resumed(string range, int status, string body, string? contentRange)
    {
        await PublishAsync(FileAnswer("'0123456789'", ("enableResumableDownloads", Flow.Literal(true))));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/workflows/file");
        request.Headers.TryAddWithoutValidation("Range", range);
        var response = await _client.SendAsync(request);

        Assert.Equal((status, body), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal(contentRange, response.Content.Headers.ContentRange?.ToString());
    }

    [Fact]
    public async Task A_part_of_a_file_that_has_changed_is_not_answered()
    {
        await PublishAsync(FileAnswer("'0123456789'", ("enableResumableDownloads", Flow.Literal(true))));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/workflows/file");
        request.Headers.TryAddWithoutValidation("Range", "bytes=2-4");
        request.Headers.TryAddWithoutValidation("If-Range", "\"another\"");

        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(request)).StatusCode);
    }

    private static string FileAnswer(string script, params (string, JsonNode)[] members) => Flow.Of(
        "file",
        [Endpoint("in", "file", ["GET"]), Flow.Activity("out", "Elsa.WriteFileHttpResponse", [("content", Flow.Script(script)), .. members])],
        "in -> out");

    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_database);
        builder.Services.AddScoped<InMemoryUnitOfWork>();
        builder.Services.AddScoped<IUnitOfWork>(services => services.GetRequiredService<InMemoryUnitOfWork>());
        builder.Services.AddScoped<IWorkflowStore>(services => services.GetRequiredService<InMemoryUnitOfWork>());
        builder.Services.AddScoped<IOutsideJobStore>(services => services.GetRequiredService<InMemoryUnitOfWork>());
        builder.Services.AddSingleton<IUnitOfWorkRunner, InMemoryUnitOfWorkRunner>();
        builder.Services.AddWorkflowRuntime(options =>
        {
            options.RunsTimers = false;
            options.AddActivity<Refuse>();
        });
        builder.Services.AddWorkflowHttp();
        _app = builder.Build();
        _app.UseWorkflowHttpEndpoints();
        await _app.StartAsync();
        _client = _app.GetTestClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_workflow_reads_a_request_and_answers_it()
    {
        await PublishAsync(Flow.Of(
            "orders",
            [
                Endpoint("in", "Orders/{OrderId}", ["POST"], ("parsedContent", Flow.Output("Body")), ("routeData", Flow.Output("Route")),
                    ("queryStringData", Flow.Output("Query")), ("headers", Flow.Output("Headers"))),
                Flow.Activity("out", "Elsa.WriteHttpResponse",
                    ("statusCode", Flow.Literal("Created")),
                    ("content", Flow.Script("({ id: variables.Route.OrderId, twice: variables.Body.amount * 2, tag: variables.Query.tag, from: variables.Headers['X-From'] })")),
                    ("responseHeaders", Flow.Script("({ Location: '/orders/' + variables.Route.OrderId, Vary: ['A', 'B'] })"))),
            ],
            [Flow.Variable("Body", "Object"), Flow.Variable("Route", "ObjectDictionary"), Flow.Variable("Query", "ObjectDictionary"), Flow.Variable("Headers", "ObjectDictionary")],
            ["in -> out"]));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/workflows/orders/A7?tag=x&tag=y") { Content = Json("{\"amount\": 21}") };
        request.Headers.Add("X-From", "here");
        var response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("""{"id":"A7","twice":42,"tag":["x","y"],"from":"here"}""", await response.Content.ReadAsStringAsync());
        Assert.Equal("/orders/A7", response.Headers.Location!.OriginalString);
        Assert.Equal(["A", "B"], response.Headers.Vary);
        var instance = Assert.Single(_database.Committed.Instances.Values);
        Assert.Equal("Finished", instance.SubStatus);
        Assert.Equal(instance.Id, Assert.Single(response.Headers.GetValues("X-Workflow-Instance-ID")));
    }

    [Theory]
    [InlineData("Literal", "plain", null, "text/plain; charset=utf-8", "plain")]
    [InlineData("Literal", "{\"a\":1}", "application/json", "application/json", "{\"a\":1}")]
    [InlineData("JavaScript", "({ a: [1, 2] })", null, "application/json; charset=utf-8", "{\"a\":[1,2]}")]
    [InlineData("JavaScript", "5", null, "application/json; charset=utf-8", "5")]
    [InlineData("JavaScript", "bytesFromString('raw')", null, "application/octet-stream", "raw")]
    [InlineData("JavaScript", "null", "text/html", null, "")]
    public async Task The_content_decides_the_content_type_unless_it_is_given(string syntax, string content, string? type, string? expectedType, string body)
    {
        await PublishAsync(Flow.Of(
            "orders",
            [Endpoint("in", "orders", ["GET"]), Flow.Activity("out", "Elsa.WriteHttpResponse", ("content", Flow.Expression(syntax, content)), ("contentType", Flow.Literal(type ?? "")))],
            "in -> out"));

        var response = await _client.GetAsync(new Uri("/workflows/orders", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expectedType, response.Content.Headers.ContentType?.ToString());
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_workflow_can_wait_for_a_request_and_goes_on_once()
    {
        await PublishAsync(Flow.Of(
            "orders",
            [
                Endpoint("in", "orders", ["POST"]),
                Flow.Activity("received", "Elsa.WriteHttpResponse", ("statusCode", Flow.Literal(202))),
                Endpoint("confirm", "Orders/{Name}/confirm", ["POST", "PUT"], false, ("routeData", Flow.Output("Route"))),
                Flow.Activity("out", "Elsa.WriteHttpResponse", ("content", Flow.Script("'confirmed by ' + variables.Route.Name"))),
            ],
            [Flow.Variable("Route", "ObjectDictionary")],
            ["in -> received", "received -> confirm", "confirm -> out"]));

        using var start = new HttpRequestMessage(HttpMethod.Post, "/workflows/orders");
        start.Headers.Add("X-Correlation-ID", "c-1");
        Assert.Equal(HttpStatusCode.Accepted, (await _client.SendAsync(start)).StatusCode);
        Assert.Equal(2, _database.Committed.Bookmarks.Count);
        Assert.Equal("c-1", Assert.Single(_database.Committed.Instances.Values).CorrelationId);

        Assert.Equal(HttpStatusCode.NotFound, (await _client.PostAsync(new Uri("/workflows/orders/ada/confirm?correlationId=c-2", UriKind.Relative), null)).StatusCode);
        var confirmed = await _client.PutAsync(new Uri("/workflows/orders/ada/confirm?correlationId=c-1", UriKind.Relative), null);
        Assert.Equal("confirmed by ada", await confirmed.Content.ReadAsStringAsync());
        Assert.Empty(_database.Committed.Bookmarks);
        Assert.Equal("Finished", Assert.Single(_database.Committed.Instances.Values).SubStatus);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.PostAsync(new Uri("/workflows/orders/ada/confirm", UriKind.Relative), null)).StatusCode);
    }

    [Fact]
    public async Task A_refusal_without_effect_leaves_no_trace()
    {
        await PublishAsync(Flow.Of(
            "orders",
            [
                Endpoint("in", "orders", ["POST"]),
                Flow.Activity("refuse", "Tests.Refuse"),
                Flow.Activity("out", "Elsa.WriteHttpResponse", ("statusCode", Flow.Literal(409)), ("content", Flow.Literal("not now"))),
            ],
            "in -> refuse",
            "refuse -> out"));
        var commits = _database.Commits;

        var response = await _client.PostAsync(new Uri("/workflows/orders", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("not now", await response.Content.ReadAsStringAsync());
        Assert.Empty(_database.Committed.Instances);
        Assert.Equal(commits, _database.Commits);
    }

    [Fact]
    public async Task A_fault_is_answered_with_the_sentence_of_the_incident_and_kept()
    {
        await PublishAsync(Flow.Of(
            "orders",
            [Endpoint("in", "orders", ["POST"]), Flow.Activity("out", "Elsa.WriteHttpResponse", ("content", Flow.Script("variables.Missing.name")))],
            "in -> out"));

        var response = await _client.PostAsync(new Uri("/workflows/orders", UriKind.Relative), null);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("workflow-faulted", (string?)problem["code"]);
        Assert.Equal("out", (string?)problem["activityId"]);
        Assert.Contains("Line 1", (string?)problem["detail"], StringComparison.Ordinal);
        Assert.DoesNotContain(" at ReleaseWorkflows", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("Faulted", Assert.Single(_database.Committed.Instances.Values).SubStatus);
    }

    [Fact]
    public async Task A_second_answer_and_an_answer_after_a_wait_are_faults()
    {
        await PublishAsync(Flow.Of(
            "twice",
            [Endpoint("in", "twice", ["POST"]), Flow.Activity("one", "Elsa.WriteHttpResponse"), Flow.Activity("two", "Elsa.WriteHttpResponse")],
            "in -> one", "one -> two"));
        await PublishAsync(Flow.Of(
            "late",
            [Endpoint("in", "late", ["POST"]), Flow.Activity("wait", "Elsa.Event", ("eventName", Flow.Literal("Go"))), Flow.Activity("out", "Elsa.WriteHttpResponse")],
            "in -> wait", "wait -> out"));

        Assert.Contains("has been answered already", await (await _client.PostAsync(new Uri("/workflows/twice", UriKind.Relative), null)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await _client.PostAsync(new Uri("/workflows/late", UriKind.Relative), null)).StatusCode);
        var outcome = await _app.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            async (services, stop) => UnitOfWorkResult.Commit(await services.GetRequiredService<IWorkflowEngine>().SignalAsync(
                new Stimulus { Name = "Elsa.Event", Payload = new Elsa.Workflows.Runtime.Stimuli.EventStimulus("Go") }, stop)),
            default);
        Assert.Contains("There is no HTTP request to answer", Assert.Single(Assert.Single(outcome.Resumed).Incidents).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, HttpStatusCode.UnsupportedMediaType, "file-refused", 0)]
    [InlineData(true, HttpStatusCode.OK, "wrong kind", 1)]
    public async Task Files_are_checked_and_what_is_wrong_leaves_by_its_own_exit_or_is_refused(bool exposed, HttpStatusCode status, string answer, int instances)
    {
        await PublishAsync(Flow.Of(
            "upload",
            [
                Endpoint("in", "upload", ["POST"], ("allowedFileExtensions", Flow.Expression("Object", "[\".zip\"]")), ("fileSizeLimit", Flow.Literal(5)),
                    ("exposeInvalidFileExtensionOutcome", JsonValue.Create(exposed)), ("files", Flow.Output("Files"))),
                Flow.Activity("fine", "Elsa.WriteHttpResponse", ("content", Flow.Script("variables.Files[0].fileName"))),
                Flow.Activity("wrong", "Elsa.WriteHttpResponse", ("content", Flow.Literal("wrong kind"))),
            ],
            [Flow.Variable("Files", "HttpFile[]")],
            ["in -> fine", "in.Invalid file extension -> wrong"]));

        var refused = await UploadAsync("notes.txt", "12345");
        Assert.Equal(status, refused.StatusCode);
        Assert.Contains(answer, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(instances, _database.Committed.Instances.Count);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await UploadAsync("app.zip", "123456")).StatusCode);
        Assert.Equal("app.zip", await (await UploadAsync("app.zip", "12345")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_new_version_moves_the_address()
    {
        await PublishAsync(Flow.Of("orders", [Endpoint("in", "old", ["GET"])]));
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(new Uri("/workflows/old", UriKind.Relative))).StatusCode);

        await PublishAsync(Flow.Of("orders", [Endpoint("in", "new", ["GET"])]));

        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(new Uri("/workflows/old", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(new Uri("/workflows/new", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Scripts_choose_the_exit_of_their_activity()
    {
        await PublishAsync(Flow.Of(
            "orders",
            [
                Endpoint("in", "orders", ["POST"], ("parsedContent", Flow.Output("Body"))),
                Flow.Activity("choose", "Elsa.RunJavaScript", ("script", Flow.Literal("setOutcome(variables.Body.amount > 10 ? 'Big' : 'Small'); return variables.Body.amount;")), ("result", Flow.Output("Amount"))),
                Flow.Activity("big", "Elsa.WriteHttpResponse", ("content", Flow.Script("'big ' + variables.Amount"))),
                Flow.Activity("small", "Elsa.WriteHttpResponse", ("content", Flow.Script("'small ' + variables.Amount"))),
            ],
            [Flow.Variable("Body", "Object"), Flow.Variable("Amount", "Int32")],
            ["in -> choose", "choose.Big -> big", "choose.Small -> small"]));

        Assert.Equal("big 11", await (await _client.PostAsync(new Uri("/workflows/orders", UriKind.Relative), Json("{\"amount\":11}"))).Content.ReadAsStringAsync());
        Assert.Equal("small 5", await (await _client.PostAsync(new Uri("/workflows/orders", UriKind.Relative), Json("{\"amount\":5}"))).Content.ReadAsStringAsync());
    }

    private async Task PublishAsync(string definition)
    {
        var publication = await _app.Services.GetRequiredService<IWorkflowDefinitions>().PublishAsync(definition);
        Assert.Empty(publication.Findings);
    }

    private Task<HttpResponseMessage> UploadAsync(string fileName, string content) => _client.PostAsync(
        new Uri("/workflows/upload", UriKind.Relative),
        new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "package", fileName } });

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static JsonObject Endpoint(string id, string path, string[] methods, params (string, JsonNode)[] members) => Endpoint(id, path, methods, true, members);

    private static JsonObject Endpoint(string id, string path, string[] methods, bool starts, params (string, JsonNode)[] members)
    {
        var endpoint = Flow.Activity(
            id, "Elsa.HttpEndpoint",
            [("path", Flow.Literal(path)), ("supportedMethods", Flow.Expression("Object", JsonSerializer.Serialize(methods))), .. members]);
        endpoint["customProperties"] = new JsonObject { ["canStartWorkflow"] = starts };
        return endpoint;
    }
}

using System.Dynamic;
using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Elsa.Http;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.State;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using ReleaseWorkflows.Runtime.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests.Http;

public sealed class HttpWorkflowMiddlewareTests
{
    [Fact]
    public async Task A_request_starts_the_workflow_of_its_endpoint_and_gets_the_answer_the_workflow_wrote()
    {
        await using var host = await HttpHost.StartAsync();
        StartWorkflow? started = null;
        host.Publish("orders").Workflow = (services, start, _) =>
        {
            started = start;
            Exchange(services).Respond(Text(201, "made", ("Location", "/orders/7")));
            return Finished();
        };

        var response = await host.PostAsync("/workflows/Orders/", "{}");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("made", await response.Content.ReadAsStringAsync());
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("/orders/7", response.Headers.Location!.OriginalString);
        Assert.Equal("instance-1", Header(response, "X-Workflow-Instance-ID"));
        Assert.Equal(("definition-v1", "endpoint", null), (started!.VersionId, started.TriggerActivityId, started.CorrelationId));
        Assert.Equal(1, host.Units.Commits);
    }

    [Fact]
    public async Task The_answer_leaves_only_after_the_commit()
    {
        await using var host = await HttpHost.StartAsync();
        HttpContext? context = null;
        var hadStarted = true;
        host.Publish("orders").Workflow = (services, _, _) =>
        {
            context = services.GetRequiredService<IHttpContextAccessor>().HttpContext;
            Exchange(services).Respond(Text(201, "made"));
            return Finished();
        };
        host.Units.OnCommit = () => hadStarted = context!.Response.HasStarted || context.Response.StatusCode != 200;

        var response = await host.PostAsync("/workflows/orders");

        Assert.False(hadStarted);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task An_attempt_that_lost_a_race_takes_its_answer_with_it()
    {
        await using var host = await HttpHost.StartAsync();
        var attempts = 0;
        host.Units.ConflictsToCome = 2;
        host.Publish("orders").Workflow = (services, _, _) =>
        {
            Exchange(services).Respond(Text(200, $"attempt {++attempts}: {Exchange(services).Request!.Content}"));
            return Finished();
        };

        var response = await host.PostAsync("/workflows/orders", "read once", "text/plain");

        Assert.Equal("attempt 3: read once", await response.Content.ReadAsStringAsync());
        Assert.Equal(1, host.Units.Commits);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task A_refusal_leaves_a_trace_or_none_as_the_workflow_decides(bool discards, int commits)
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("orders").Workflow = (services, _, _) =>
        {
            Exchange(services).Respond(Text(409, "not now"));
            if (discards)
                services.GetRequiredService<UnitOfWorkDecision>().Discard();
            return Finished();
        };

        var response = await host.PostAsync("/workflows/orders");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("not now", await response.Content.ReadAsStringAsync());
        Assert.Equal(commits, host.Units.Commits);
        Assert.Equal(!discards, response.Headers.Contains("X-Workflow-Instance-ID"));
    }

    [Fact]
    public async Task A_fault_is_answered_with_its_sentence_and_nothing_of_the_insides()
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("orders").Workflow = (services, _, _) =>
        {
            Exchange(services).Respond(Text(201, "made"));
            var exception = new ExceptionState("Acme.SecretException", "The stock is empty.", "at Acme.Secret()", null);
            return Task.FromResult<WorkflowRun?>(HttpHost.Run(
                WorkflowSubStatus.Faulted, "i-5", new ActivityIncident("check", "flow:check", "Acme.Check", "The stock is empty.", exception, default)));
        };

        var response = await host.PostAsync("/workflows/orders");
        var problem = await Problem(response, 500, "workflow-faulted");

        Assert.Equal("The workflow failed at 'check': The stock is empty.", problem.GetProperty("detail").GetString());
        Assert.Equal("i-5", problem.GetProperty("workflowInstanceId").GetString());
        Assert.DoesNotContain("Secret", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(1, host.Units.Commits);
    }

    [Theory]
    [InlineData(WorkflowSubStatus.Finished, 200)]
    [InlineData(WorkflowSubStatus.Suspended, 202)]
    public async Task A_workflow_that_says_nothing_is_answered_for(WorkflowSubStatus status, int expected)
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("orders").Workflow = (_, _, _) => Task.FromResult<WorkflowRun?>(HttpHost.Run(status));

        var response = await host.PostAsync("/workflows/orders");

        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal("instance-1", (await Json(response)).GetProperty("workflowInstanceId").GetString());
    }

    [Fact]
    public async Task The_request_is_handed_over_as_it_was_sent_without_credentials()
    {
        await using var host = await HttpHost.StartAsync();
        HttpRequestSnapshot? request = null;
        host.Publish("orders/{id:int}").Workflow = (services, _, _) =>
        {
            request = Exchange(services).Request;
            return Finished();
        };

        await host.PostAsync(
            "/workflows/Orders/7?tag=a&tag=b&dryRun=true", "{\"Name\":\"x\",\"n\":[1,2.5]}", "application/json; charset=utf-8",
            ("Authorization", "Bearer secret"), ("Cookie", "a=b"), ("X-Custom", "y"));

        Assert.Equal(("POST", "/Orders/7"), (request!.Method, request.Path));
        Assert.Equal(["a", "b"], request.Query["TAG"]);
        Assert.Equal(["y"], request.Headers["x-custom"]);
        Assert.False(request.Headers.ContainsKey("Authorization") || request.Headers.ContainsKey("Cookie"));
        IDictionary<string, object?> content = Assert.IsType<ExpandoObject>(request.Content);
        Assert.Equal("x", content["Name"]);
        Assert.Equal(new object[] { 1L, 2.5 }, content["n"]);
    }

    [Fact]
    public async Task Forms_and_files_are_read()
    {
        await using var host = await HttpHost.StartAsync();
        var requests = new List<HttpRequestSnapshot>();
        host.Publish("upload").Workflow = (services, _, _) =>
        {
            requests.Add(Exchange(services).Request!);
            return Finished();
        };
        using var form = new MultipartFormDataContent { { new StringContent("1.2.0"), "version" } };
        form.Add(new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("application/zip") } }, "package", "../../evil/app.zip");

        await host.Client.PostAsync(new Uri("/workflows/upload", UriKind.Relative), form);
        await host.PostAsync("/workflows/upload", "a=1&b=x+y&b=%C3%A4", "application/x-www-form-urlencoded");
        await host.PostAsync("/workflows/upload", "", "application/json");

        Assert.Equal("1.2.0", ((IDictionary<string, object?>)requests[0].Content!)["version"]);
        var file = Assert.Single(requests[0].Files);
        Assert.Equal(("package", "app.zip", "application/zip"), (file.Name, file.FileName, file.ContentType));
        Assert.Equal([1, 2, 3], file.Content);
        Assert.Equal(new[] { "x y", "ä" }, ((IDictionary<string, object?>)requests[1].Content!)["b"]);
        Assert.Null(requests[2].Content);
    }

    [Theory]
    [InlineData("{\n  \"a\": oops }", "application/json", "The body is not valid JSON: ", "line 2, column 8")]
    [InlineData("{", "application/problem+json", "The body is not valid JSON: ", "line 1, column 2")]
    [InlineData("x", "multipart/form-data", "The body cannot be read as multipart/form-data: ", "no boundary")]
    [InlineData("x", "multipart/form-data; boundary=abc", "The body cannot be read as multipart/form-data: ", "")]
    public async Task A_body_that_cannot_be_read_is_refused_with_the_reason_and_the_place(string body, string type, string reason, string place)
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("orders").Workflow = (_, _, _) => throw new InvalidOperationException("The workflow must not run.");

        var problem = await Problem(await host.PostAsync("/workflows/orders", body, type), 400, "bad-request");

        Assert.StartsWith(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(place, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_that_is_nested_too_deeply_is_refused()
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("orders");

        await Problem(await host.PostAsync("/workflows/orders", new string('[', 65) + new string(']', 65)), 400, "bad-request");
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/workflows/orders", new string('[', 64) + new string(']', 64))).StatusCode);
    }

    [Theory]
    [InlineData(null, 1024 * 1024)]
    [InlineData(10L, 10)]
    [InlineData(5_000_000L, 2_000_000)]
    public async Task A_body_beyond_the_limit_is_refused_whether_its_length_is_announced_or_not(long? ownLimit, int limit)
    {
        await using var host = await HttpHost.StartAsync(options => options.MaxRequestSizeLimit = 2_000_000);
        host.Publish("orders", settings: EndpointSettings.None with { RequestSizeLimit = ownLimit });

        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/workflows/orders", new string('x', limit), "text/plain")).StatusCode);
        await Problem(await host.PostAsync("/workflows/orders", new string('x', limit + 1), "text/plain"), 413, "too-large");
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/workflows/orders") { Content = new UnannouncedContent(limit + 1) };
        await Problem(await host.Client.SendAsync(chunked), 413, "too-large");
    }

    [Fact]
    public async Task A_workflow_that_wants_to_answer_a_body_that_is_too_large_gets_the_request_without_it()
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("orders", settings: EndpointSettings.None with { RequestSizeLimit = 3, HandlesRequestTooLarge = true }).Workflow = (services, _, _) =>
        {
            Exchange(services).Respond(Text(200, $"{Exchange(services).Request!.IsTooLarge} {Exchange(services).Request!.Content ?? "nothing"}"));
            return Finished();
        };

        Assert.Equal("True nothing", await (await host.PostAsync("/workflows/orders", "four", "text/plain")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Addresses_and_methods_that_no_workflow_answers_are_refused()
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("orders", "post").Publish("orders", "get").Publish("items/{id:int}", "get");

        await Problem(await host.Client.GetAsync(new Uri("/workflows/nothing", UriKind.Relative)), 404, "unknown-address");
        await Problem(await host.Client.GetAsync(new Uri("/workflows", UriKind.Relative)), 404, "unknown-address");
        await Problem(await host.Client.GetAsync(new Uri("/workflows/items/seven", UriKind.Relative)), 404, "unknown-address");
        var response = await host.Client.DeleteAsync(new Uri("/workflows/orders", UriKind.Relative));
        await Problem(response, 405, "method-not-allowed");
        Assert.Equal(["GET", "POST"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task What_lies_outside_the_base_path_is_none_of_its_business()
    {
        await using var host = await HttpHost.StartAsync();

        Assert.Equal("the host's own page", await host.Client.GetStringAsync(new Uri("/workflowsabc", UriKind.Relative)));
        Assert.Equal("the host's own page", await host.Client.GetStringAsync(new Uri("/orders", UriKind.Relative)));
    }

    [Fact]
    public async Task With_the_root_as_base_path_unknown_addresses_are_passed_on()
    {
        await using var host = await HttpHost.StartAsync(options => options.BasePath = "/");
        host.Publish("orders", "get");

        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync(new Uri("/orders", UriKind.Relative))).StatusCode);
        Assert.Equal("the host's own page", await host.Client.GetStringAsync(new Uri("/other", UriKind.Relative)));
    }

    [Fact]
    public async Task The_most_specific_address_wins_and_equals_are_ambiguous()
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("orders/{id}", definitionId: "one").Publish("orders/new", definitionId: "new").Publish("things/{a}", definitionId: "a")
            .Publish("things/{b}", definitionId: "b");
        string? started = null;
        host.Workflow = (_, start, _) =>
        {
            started = start!.VersionId;
            return Finished();
        };

        await host.PostAsync("/workflows/orders/new");
        Assert.Equal("new-v1", started);
        await host.PostAsync("/workflows/orders/7");
        Assert.Equal("one-v1", started);
        await Problem(await host.PostAsync("/workflows/things/7"), 500, "ambiguous-endpoint");
    }

    [Fact]
    public async Task Addresses_follow_what_is_published_and_are_read_once_in_between()
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("orders");

        await host.PostAsync("/workflows/orders");
        await host.PostAsync("/workflows/orders");
        await host.Store.ReceivedWithAnyArgs(1).ListTriggersAsync("", default);
        host.Unpublish();
        host.Publish("items");
        host.Definitions.TriggersChanged += Raise.EventWith(new TriggersChangedEventArgs("definition"));

        await Problem(await host.PostAsync("/workflows/orders"), 404, "unknown-address");
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/workflows/items")).StatusCode);
        await host.Store.ReceivedWithAnyArgs(2).ListTriggersAsync("", default);
    }

    [Fact]
    public async Task A_trigger_with_an_address_that_cannot_be_matched_does_not_disturb_the_others()
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("broken/{").Publish("also/{x:nonsense}").Publish("orders");

        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/workflows/orders")).StatusCode);
    }

    [Fact]
    public async Task A_request_resumes_the_instance_that_waits_at_its_address()
    {
        await using var host = await HttpHost.StartAsync();
        host.Wait("confirm/7", "instance-7");

        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/workflows/Confirm/7")).StatusCode);

        Assert.Equal(("instance-7", "b0"), host.Resumed);
    }

    [Fact]
    public async Task Of_several_instances_that_wait_the_request_names_one_by_id_or_correlation()
    {
        await using var host = await HttpHost.StartAsync();
        host.Wait("confirm", "i-1", "c-1").Wait("confirm", "i-2", "c-2").Wait("orders/{id}/confirm", "i-3");

        await Problem(await host.PostAsync("/workflows/confirm"), 500, "ambiguous-endpoint");
        await host.PostAsync("/workflows/confirm", headers: ("X-Workflow-Instance-ID", "i-2"));
        Assert.Equal(("i-2", "b1"), host.Resumed);
        await host.PostAsync("/workflows/confirm?workflowInstanceId=i-1");
        Assert.Equal(("i-1", "b0"), host.Resumed);
        await host.PostAsync("/workflows/confirm", headers: ("X-Correlation-ID", "c-2"));
        Assert.Equal(("i-2", "b1"), host.Resumed);
        await host.PostAsync("/workflows/confirm?correlationId=c-1");
        Assert.Equal(("i-1", "b0"), host.Resumed);
        await host.PostAsync("/workflows/orders/7/confirm?workflowInstanceId=i-3");
        Assert.Equal(("i-3", "b2"), host.Resumed);
        await Problem(await host.PostAsync("/workflows/other?workflowInstanceId=i-3"), 404, "unknown-address");
    }

    [Fact]
    public async Task Waiting_endpoints_with_parameters_are_found_through_their_definitions()
    {
        await using var host = await HttpHost.StartAsync();
        host.Store.ListPublishedDefinitionsAsync(default).ReturnsForAnyArgs(
        [
            new WorkflowDefinitionRecord
            {
                Id = "v1", DefinitionId = "d", Version = 1, IsLatest = true, IsPublished = true, CreatedAt = default,
                Json = """{"root":{"activities":[{"type":"Elsa.HttpEndpoint","path":{"typeName":"String","expression":{"type":"Literal","value":"orders/{id}/confirm"}}}]}}""",
            },
        ]);
        host.Wait("orders/{id}/confirm", "i-3");

        await host.PostAsync("/workflows/orders/7/confirm");

        Assert.Equal(("i-3", "b0"), host.Resumed);
    }

    [Fact]
    public async Task A_wait_that_ended_meanwhile_is_told()
    {
        await using var host = await HttpHost.StartAsync();
        host.Wait("confirm", "i-1").Workflow = (_, _, _) => Task.FromResult<WorkflowRun?>(null);

        await Problem(await host.PostAsync("/workflows/confirm"), 404, "not-waiting");
        Assert.Equal(0, host.Units.Commits);
    }

    [Fact]
    public async Task A_new_instance_gets_the_correlation_id_of_the_request()
    {
        await using var host = await HttpHost.StartAsync();
        var seen = new List<string?>();
        host.Publish("orders").Workflow = (_, start, _) =>
        {
            seen.Add(start!.CorrelationId);
            return Finished();
        };

        await host.PostAsync("/workflows/orders", headers: ("X-Correlation-ID", "c-1"));
        await host.PostAsync("/workflows/orders?correlationId=c-2");
        await host.PostAsync("/workflows/orders");

        Assert.Equal(["c-1", "c-2", null], seen);
    }

    [Fact]
    public async Task An_endpoint_that_asks_for_it_lets_in_only_who_may()
    {
        await using var host = await HttpHost.StartAsync();
        string? caller = null;
        host.Publish("members", settings: EndpointSettings.None with { Authorize = true })
            .Publish("publish", settings: EndpointSettings.None with { Authorize = true, Policy = "Publishers" }).Workflow = (services, _, _) =>
            {
                caller = services.GetRequiredService<IHttpContextAccessor>().HttpContext!.User.FindFirstValue(ClaimTypes.Name);
                return Finished();
            };

        var anonymous = await host.PostAsync("/workflows/members");
        await Problem(anonymous, 401, "unauthorized");
        Assert.Equal("Bearer", Header(anonymous, "WWW-Authenticate"));
        await Problem(await host.PostAsync("/workflows/publish", headers: ("X-User", "ada")), 403, "forbidden");
        Assert.Null(caller);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/workflows/members", headers: ("X-User", "ada"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/workflows/publish", headers: ("X-User", "bob:publisher"))).StatusCode);
        Assert.Equal("bob", caller);
    }

    [Fact]
    public async Task Who_may_not_call_does_not_learn_whether_the_body_could_be_read()
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("members", settings: EndpointSettings.None with { Authorize = true });

        await Problem(await host.PostAsync("/workflows/members", "{"), 401, "unauthorized");
    }

    [Fact]
    public async Task A_workflow_that_does_not_answer_in_time_is_given_up_and_leaves_no_trace()
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("slow", settings: EndpointSettings.None with { RequestTimeout = TimeSpan.FromMilliseconds(20) }).Workflow = async (_, _, stop) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            return null;
        };

        await Problem(await host.PostAsync("/workflows/slow"), 408, "too-slow");
        Assert.Equal(0, host.Units.Commits);
    }

    [Fact]
    public async Task A_host_can_answer_in_place_of_the_workflow_and_read_the_body_again()
    {
        await using var host = await HttpHost.StartAsync(addServices: services => services.AddSingleton<IHttpWorkflowInterceptor, Echo>());
        host.Publish("orders").Workflow = (services, _, _) =>
        {
            Exchange(services).Respond(Text(200, "from the workflow"));
            return Finished();
        };

        Assert.Equal("seen: {\"a\":1}", await (await host.PostAsync("/workflows/orders", "{\"a\":1}")).Content.ReadAsStringAsync());
        Assert.Equal(0, host.Units.Commits);
        Assert.Equal("from the workflow", await (await host.PostAsync("/workflows/orders", "go on", "text/plain")).Content.ReadAsStringAsync());
        Assert.Equal(1, host.Units.Commits);
    }

    [Fact]
    public async Task Headers_of_the_connection_are_not_the_workflows_to_set()
    {
        await using var host = await HttpHost.StartAsync();
        host.Publish("orders").Workflow = (services, _, _) =>
        {
            Exchange(services).Respond(Text(200, "four", ("Content-Length", "99"), ("Transfer-Encoding", "chunked"), ("X-Fine", "yes")));
            return Finished();
        };

        var response = await host.PostAsync("/workflows/orders");

        Assert.Equal(4, response.Content.Headers.ContentLength);
        Assert.Equal("yes", Header(response, "X-Fine"));
    }

    private static HttpExchange Exchange(IServiceProvider services) => services.GetRequiredService<HttpExchange>();

    private static Task<WorkflowRun?> Finished() => Task.FromResult<WorkflowRun?>(HttpHost.Run());

    private static HttpWorkflowResponse Text(int status, string text, params (string Name, string Value)[] headers) =>
        new(status, "text/plain", new HttpHeaders(headers.ToDictionary(header => header.Name, header => new[] { header.Value })), Encoding.UTF8.GetBytes(text));

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    private static async Task<JsonElement> Json(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    private static async Task<JsonElement> Problem(HttpResponseMessage response, int status, string code)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await Json(response);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    private sealed class Echo(IUnitOfWorkRunner units) : IHttpWorkflowInterceptor
    {
        public async Task<HttpWorkflowResponse> RunAsync(HttpContext context, HttpWorkflowBurst burst, CancellationToken cancellationToken)
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(cancellationToken);
            return body == "go on" ? await units.RunAsync(burst.Invoke, cancellationToken) : Text(200, $"seen: {body}");
        }
    }

    private sealed class UnannouncedContent(int length) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            stream.WriteAsync(new byte[length]).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;
using ReleaseWorkflows.Runtime.AspNetCore.Tests.OutsideWork;
using ReleaseWorkflows.Runtime.Tests;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests.Http.Outgoing;

public sealed class SendHttpRequestTests : IAsyncLifetime
{
    private HttpPeer _peer = null!;
    private OutsideHost _host = null!;

    public async Task InitializeAsync()
    {
        _peer = await HttpPeer.StartAsync();
        _host = OutsideHost.Create(options => options.AllowedPrivateHosts.Add($"127.0.0.1:{_peer.Url.Port}"));
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _peer.DisposeAsync();
    }

    [Fact]
    public async Task A_request_goes_out_after_the_commit_and_its_answer_comes_back()
    {
        _peer.Answer = async context =>
        {
            context.Response.StatusCode = 201;
            context.Response.Headers["X-Order"] = "A7";
            await context.Response.WriteAsJsonAsync(new { id = 7, tags = new[] { "a", "b" } });
        };
        var call = Call(
            "call", "/orders?x=1",
            ("method", Flow.Literal("POST")),
            ("content", Flow.Script("({ amount: 21 })")),
            ("authorization", Flow.Literal("Bearer secret-token")),
            ("requestHeaders", Flow.Script("({ 'X-From': 'here', Accept: ['application/json', 'text/plain'] })")),
            ("expectedStatusCodes", Flow.Expression("Object", "[200, 201]")),
            ("parsedContent", Flow.Output("Answer")), ("statusCode", Flow.Output("Status")), ("responseHeaders", Flow.Output("Headers")));
        var set = Flow.Activity("created", "Elsa.WriteLine", ("text", Flow.Script(
            "variables.Status + ' ' + variables.Answer.id + variables.Answer.tags[1] + ' ' + variables.Headers['X-Order'][0] + ' ' + variables.Headers['Content-Type'][0]")));
        var definition = Flow.Of(
            "f", [call, set, Flow.Activity("other", "Elsa.WriteLine")],
            [Flow.Variable("Answer", "Object"), Flow.Variable("Status", "Int32"), Flow.Variable("Headers", "HttpHeaders")],
            ["call.201 -> created", "call.Unmatched status code -> other"]);

        var completed = await _host.RunAsync(definition);

        Assert.Empty(_host.Messages("Faulted"));
        Assert.Equal(["created"], completed);
        Assert.Equal("201 7b A7 application/json; charset=utf-8", _host.Details("created").GetProperty("inputs").GetProperty("Text").GetString());
        var request = _peer.Request;
        Assert.Equal(("POST", "/orders?x=1", "{\"amount\":21}"), (request.Method, request.Path, request.Body));
        Assert.Equal(("application/json", "Bearer secret-token", "here"), (request.Headers["Content-Type"], request.Headers["Authorization"], request.Headers["X-From"]));
        Assert.StartsWith(_host.Instance.Id + ":", request.Headers["Idempotency-Key"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_are_shown_nowhere()
    {
        await _host.PublishAsync(Flow.Of("f", [Call("call", "/", ("authorization", Flow.Literal("Bearer secret-token")))]));

        await _host.StartAsync("f");

        Assert.DoesNotContain("secret-token", Assert.Single(_host.Database.Committed.Bookmarks.Values).PayloadJson, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", _host.Details("call").GetRawText(), StringComparison.Ordinal);
        Assert.All(_host.Database.Committed.Journal, line => Assert.DoesNotContain("secret-token", line.PayloadJson ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_definition_that_gives_an_idempotency_key_of_its_own_is_obeyed()
    {
        await _host.RunAsync(Flow.Of("f", [Call("call", "/", ("requestHeaders", Flow.Script("({ 'Idempotency-Key': 'mine' })")))]));

        Assert.Equal("mine", _peer.Request.Headers["Idempotency-Key"]);
    }

    [Theory]
    [InlineData(200, "[200, 404]", "c200,done")]
    [InlineData(404, "[200, 404]", "c404,done")]
    [InlineData(500, "[200, 404]", "done,unmatched")]
    [InlineData(500, "[]", "done")]
    public async Task The_exit_names_the_status(int status, string expected, string exits)
    {
        _peer.Answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        var completed = await _host.RunAsync(Exits(Call("call", "/", ("expectedStatusCodes", Flow.Expression("Object", expected)))));

        Assert.Equal(exits, string.Join(',', completed.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Without_anybody_at_the_address_the_exit_says_so()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var host = new OutsideHost(options => options.AllowedPrivateHosts.Add("127.0.0.1"));

        var completed = await host.RunAsync(Exits(Flow.Activity("call", "Elsa.FlowSendHttpRequest", ("url", Flow.Literal($"http://127.0.0.1:{port}/")))));

        Assert.Equal(["failed"], completed);
        Assert.Contains("refused", host.Messages("Error").Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_has_an_exit_of_its_own()
    {
        var gone = new TaskCompletionSource();
        _peer.Answer = context => gone.Task.WaitAsync(context.RequestAborted);
        await using var host = new OutsideHost(options =>
        {
            options.AllowedPrivateHosts.Add("127.0.0.1");
            options.TimeLimit = TimeSpan.FromMilliseconds(200);
        });

        Assert.Equal(["timeout"], await host.RunAsync(Exits(Call("call", "/"))));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_no_answer()
    {
        _peer.Answer = async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };

        Assert.Equal(["failed"], await _host.RunAsync(Exits(Call("call", "/"))));
    }

    [Theory]
    [InlineData(200, "ok")]
    [InlineData(503, "other")]
    public async Task The_nested_form_runs_the_activity_of_the_status(int status, string expected)
    {
        _peer.Answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        Assert.Equal([expected, "after"], await _host.RunAsync(Nested(_peer.Url.ToString())));
    }

    [Fact]
    public async Task The_nested_form_runs_the_activity_for_no_answer() =>
        Assert.Equal(["failed", "after"], await _host.RunAsync(Nested("http://10.0.0.1/")));

    [Theory]
    [InlineData("http://127.0.0.1:1/", "127.0.0.1")]
    [InlineData("http://[::1]:1/", "::1")]
    [InlineData("http://169.254.169.254/latest/meta-data", "169.254.169.254")]
    [InlineData("http://0x7f000001/", "127.0.0.1")]
    [InlineData("http://localhost:1/", "not public")]
    public async Task An_address_that_is_not_public_is_not_called(string url, string reason)
    {
        Assert.Equal(["failed"], await _host.RunAsync(Exits(Flow.Activity("call", "Elsa.FlowSendHttpRequest", ("url", Flow.Literal(url))))));

        Assert.Contains(reason, _host.Messages("Error").Single(), StringComparison.Ordinal);
        Assert.Empty(_peer.Requests);
    }

    [Fact]
    public async Task A_public_name_that_leads_to_a_private_address_is_not_called()
    {
        using var client = new OutgoingHttpClient(
            Options.Create(new OutgoingHttpOptions()), TimeProvider.System, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8"), IPAddress.Loopback]));

        var result = await client.SendAsync(
            new OutgoingHttpRequest { Url = new Uri($"http://innocent.example:{_peer.Url.Port}/"), Method = "GET" }, "key", CancellationToken.None);

        Assert.Equal(OutgoingHttpEnd.FailedToConnect, result.End);
        Assert.Contains("'innocent.example' has the address 127.0.0.1", result.Reason, StringComparison.Ordinal);
        Assert.Empty(_peer.Requests);
    }

    [Fact]
    public async Task An_allowed_name_may_lead_to_a_private_address()
    {
        var options = new OutgoingHttpOptions { AllowedPrivateHosts = { "*.internal" } };
        using var client = new OutgoingHttpClient(Options.Create(options), TimeProvider.System, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));

        var result = await client.SendAsync(
            new OutgoingHttpRequest { Url = new Uri($"http://metrics.internal:{_peer.Url.Port}/"), Method = "GET" }, "key", CancellationToken.None);

        Assert.Equal("hello", Encoding.UTF8.GetString(result.Response!.Content));
    }

    [Theory]
    [InlineData(302, "POST", "GET", "")]
    [InlineData(303, "PUT", "GET", "")]
    [InlineData(307, "POST", "POST", "\"body\"")]
    [InlineData(308, "PUT", "PUT", "\"body\"")]
    public async Task A_redirect_is_followed_as_its_status_says(int status, string method, string expectedMethod, string expectedBody)
    {
        _peer.Answer = context => Redirect(context, status, "/there");

        await _host.RunAsync(Exits(Call("call", "/here", ("method", Flow.Literal(method)), ("content", Flow.Literal("\"body\"")))));

        Assert.Equal((expectedMethod, "/there", expectedBody), (_peer.Requests[1].Method, _peer.Requests[1].Path, _peer.Requests[1].Body));
    }

    [Fact]
    public async Task A_redirect_to_an_address_that_is_not_public_is_not_followed()
    {
        _peer.Answer = context => Redirect(context, 302, "http://169.254.169.254/latest/meta-data");

        Assert.Equal(["failed"], await _host.RunAsync(Exits(Call("call", "/"))));
        Assert.Contains("169.254.169.254", _host.Messages("Error").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_do_not_follow_a_redirect_to_another_origin()
    {
        await using var stranger = await HttpPeer.StartAsync();
        await using var host = new OutsideHost(options => options.AllowedPrivateHosts.Add("127.0.0.1"));
        _peer.Answer = context => Redirect(context, 307, new Uri(stranger.Url, "/there").ToString());

        await host.RunAsync(Exits(Call(
            "call", "/", ("authorization", Flow.Literal("Bearer secret")), ("requestHeaders", Flow.Script("({ 'X-Api-Key': 'secret', Accept: 'text/plain' })")))));

        Assert.Equal(("Bearer secret", "secret"), (_peer.Request.Headers["Authorization"], _peer.Request.Headers["X-Api-Key"]));
        Assert.DoesNotContain("Authorization", stranger.Request.Headers.Keys);
        Assert.DoesNotContain("X-Api-Key", stranger.Request.Headers.Keys);
        Assert.Equal("text/plain", stranger.Request.Headers["Accept"]);
    }

    [Fact]
    public async Task Redirects_that_go_round_in_a_circle_end()
    {
        _peer.Answer = context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/again";
            return Task.CompletedTask;
        };

        Assert.Equal(["failed"], await _host.RunAsync(Exits(Call("call", "/"))));
        Assert.Equal("The address redirects more than 5 times.", _host.Messages("Error").Single());
        Assert.Equal(6, _peer.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_too_large_is_an_incident(bool isAnnounced)
    {
        _peer.Answer = async context =>
        {
            if (isAnnounced)
                context.Response.ContentLength = (1024 * 1024) + 1;
            await context.Response.Body.WriteAsync(new byte[(1024 * 1024) + 1]);
        };

        await _host.RunAsync(Exits(Call("call", "/")));

        Assert.Equal("Faulted", _host.Instance.SubStatus);
        Assert.Equal("The answer (status 200) is larger than 1048576 bytes.", _host.Messages("Error").Single());
    }

    [Theory]
    [InlineData("application/json", "{\"a\":[1]}", "{\"a\":[1]}")]
    [InlineData("application/problem+json; charset=utf-8", "\uFEFF{\"a\":1}", "{\"a\":1}")]
    [InlineData("text/plain; charset=utf-8", "grüß", "\"grüß\"")]
    [InlineData("application/xml", "<a/>", "\"<a/>\"")]
    [InlineData("application/x-www-form-urlencoded", "a=1&b=2&b=3", "{\"a\":\"1\",\"b\":[\"2\",\"3\"]}")]
    [InlineData("application/octet-stream", "raw", "\"cmF3\"")]
    [InlineData("application/json", "{ not json", "\"{ not json\"")]
    [InlineData("application/json", "", "null")]
    public async Task The_content_is_read_by_its_type(string type, string body, string json)
    {
        _peer.Answer = async context =>
        {
            context.Response.ContentType = type;
            await context.Response.WriteAsync(body);
        };

        await _host.RunAsync(Flow.Of(
            "f",
            [Call("call", "/", ("parsedContent", Flow.Output("Answer"))), Flow.Activity("show", "Elsa.SetName", ("value", Flow.Script("toJson(variables.Answer)")))],
            [Flow.Variable("Answer", "Object")],
            ["call -> show"]));

        Assert.Equal(json, _host.Instance.Name);
    }

    [Theory]
    [InlineData("url", "example.com/x", "absolute address")]
    [InlineData("url", "ftp://example.com/", "http:// or https://")]
    [InlineData("url", "http://user:word@example.com/", "belong into the input 'Authorization'")]
    [InlineData("method", "GE T", "no HTTP method")]
    [InlineData("authorization", "not valid,,", "no valid Authorization header")]
    [InlineData("requestHeaders", "{\"X-A\":\"a\\r\\nX-B: b\"}", "'X-A'")]
    [InlineData("requestHeaders", "{\"X A\":\"a\"}", "'X A'")]
    public async Task What_cannot_be_sent_is_an_incident_before_anything_leaves(string input, string value, string reason)
    {
        var call = Call("call", "/");
        call[input] = input == "requestHeaders" ? Flow.Expression("Object", value) : Flow.Literal(value);
        await _host.PublishAsync(Flow.Of("f", [call]));

        var run = await _host.StartAsync("f");

        Assert.Contains(reason, Assert.Single(run.Incidents).Message, StringComparison.Ordinal);
        Assert.Empty(_host.Database.Committed.Jobs);
    }

    [Fact]
    public async Task An_authorization_header_of_any_form_is_sent_if_asked_for()
    {
        await _host.RunAsync(Flow.Of("f", [Call(
            "call", "/", ("authorization", Flow.Literal("not valid,,")), ("disableAuthorizationHeaderValidation", Flow.Literal(true)))]));

        Assert.Equal("not valid,,", _peer.Request.Headers["Authorization"]);
    }

    [Theory]
    [InlineData("JavaScript", "({ a: 1, b: 'x y' })", "application/x-www-form-urlencoded", "a=1&b=x+y", "application/x-www-form-urlencoded")]
    [InlineData("JavaScript", "({ a: 1 })", "", "{\"a\":1}", "application/json")]
    [InlineData("Literal", "<a/>", "application/xml", "<a/>", "application/xml")]
    [InlineData("JavaScript", "bytesFromString('raw')", "", "raw", "application/octet-stream")]
    public async Task The_body_is_written_by_its_type(string syntax, string content, string type, string body, string sentType)
    {
        await _host.RunAsync(Flow.Of("f", [Call(
            "call", "/", ("method", Flow.Literal("POST")), ("content", Flow.Expression(syntax, content)), ("contentType", Flow.Literal(type)))]));

        Assert.Equal((body, sentType), (_peer.Request.Body, _peer.Request.Headers["Content-Type"]));
    }

    [Fact]
    public async Task A_file_is_downloaded_and_kept_where_it_is_asked_for()
    {
        var bytes = new byte[2 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        _peer.Answer = async context =>
        {
            context.Response.Headers.ContentDisposition = "attachment; filename=\"../../etc/report.pdf\"";
            context.Response.ContentType = "application/pdf";
            await context.Response.Body.WriteAsync(bytes);
        };
        var download = Flow.Activity(
            "call", "Elsa.DownloadHttpFile",
            ("url", Flow.Literal(_peer.Url.ToString())), ("result", Flow.Output("File")), ("responseContentStream", Flow.Output("Stream")));

        await _host.RunAsync(Flow.Of(
            "f",
            [
                download, Flow.Activity("wait", "Elsa.Event", ("eventName", Flow.Literal("go"))),
                Flow.Activity("show", "Elsa.SetName", ("value", Flow.Script("variables.File.FileName + ' ' + variables.File.ContentType"))),
            ],
            [Flow.Variable("File", "HttpFile"), Flow.Variable("Stream", "Stream")],
            ["call.200 -> show", "show -> wait"]));

        Assert.Equal("report.pdf application/pdf", _host.Instance.Name);
        Assert.Equal("Suspended", _host.Instance.SubStatus);
        Assert.InRange(_host.Instance.State.Length, 2 * bytes.Length, 3 * bytes.Length);
    }

    [Fact]
    public void Addresses_that_are_not_public_are_known()
    {
        string[] all =
        [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.168.1.1", "198.18.0.1",
            "224.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "fc00::1", "fd12::1",
            "fe80::1", "ff02::1", "2002:7f00:1::", "2001:0:1::", "2001:db8::1",
        ];

        Assert.All(all, address => Assert.False(PublicAddresses.Contains(IPAddress.Parse(address)), address));
        Assert.All(["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"], address => Assert.True(PublicAddresses.Contains(IPAddress.Parse(address)), address));
    }

    [Theory]
    [InlineData("metrics", "metrics", 80, true)]
    [InlineData("metrics", "METRICS", 8080, true)]
    [InlineData("metrics:8080", "metrics", 80, false)]
    [InlineData("metrics:8080", "metrics", 8080, true)]
    [InlineData("metrics", "metrics.evil.example", 80, false)]
    [InlineData("*.internal", "a.b.internal", 80, true)]
    [InlineData("*.internal", "internal", 80, false)]
    [InlineData("*.internal", "evilinternal", 80, false)]
    [InlineData("[::1]:80", "::1", 80, true)]
    [InlineData("::1", "::1", 443, true)]
    public void A_host_is_allowed_by_name_and_port(string entry, string host, int port, bool isAllowed) =>
        Assert.Equal(isAllowed, new AllowedHosts([entry]).Contains(host, port));

    [Fact]
    public async Task Settings_that_cannot_work_are_refused_together()
    {
        await using var host = new OutsideHost(options =>
        {
            options.AllowedPrivateHosts.Add("http://x/");
            options.ResponseSizeLimit = 0;
            options.TimeLimit = TimeSpan.FromMinutes(5);
        });

        var error = Assert.Throws<OptionsValidationException>(() => host.Get<IOptions<OutgoingHttpOptions>>().Value);

        Assert.Equal(3, error.Failures.Count());
    }

    private static Task Redirect(HttpContext context, int status, string location)
    {
        if (context.Request.Path == "/there")
            return context.Response.WriteAsync("arrived");
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    private JsonObject Call(string id, string path, params (string, JsonNode)[] members) =>
        Flow.Activity(id, "Elsa.FlowSendHttpRequest", [("url", Flow.Literal(new Uri(_peer.Url, path).ToString())), .. members]);

    private static string Exits(JsonObject call) => Flow.Of(
        "f",
        [call, Line("c200"), Line("c404"), Line("unmatched"), Line("failed"), Line("timeout"), Line("done")],
        "call.200 -> c200", "call.404 -> c404", "call.Unmatched status code -> unmatched", "call.Failed to connect -> failed", "call.Timeout -> timeout",
        "call.Done -> done");

    private static string Nested(string url) => Flow.Of(
        "f",
        [
            Flow.Activity(
                "call", "Elsa.SendHttpRequest",
                ("url", Flow.Literal(url)),
                ("expectedStatusCodes", new JsonArray(new JsonObject { ["statusCode"] = 200, ["activity"] = Line("ok") })),
                ("unmatchedStatusCode", Line("other")), ("failedToConnect", Line("failed")), ("timeout", Line("late"))),
            Line("after"),
        ],
        "call -> after");

    private static JsonObject Line(string id) => Flow.Activity(id, "Elsa.WriteLine", ("text", Flow.Literal(id)));
}

using Elsa.Http;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests.Http;

public sealed class WorkflowHttpOptionsTests
{
    [Fact]
    public async Task Options_that_make_no_sense_stop_the_start_of_the_host_with_every_complaint()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(async () => await HttpHost.StartAsync(options =>
        {
            options.BasePath = "workflows/";
            options.RequestSizeLimit = 100;
            options.MaxRequestSizeLimit = 10;
        }));

        Assert.Equal(
            [
                "WorkflowHttpOptions: BasePath is 'workflows/'; it has to begin with a slash and not to end with one.",
                "WorkflowHttpOptions: RequestSizeLimit is larger than MaxRequestSizeLimit.",
            ],
            exception.Failures);
    }

    [Theory]
    [InlineData("orders", "/orders")]
    [InlineData("/Orders/{Id}/", "/orders/{id}")]
    [InlineData(" ", "/")]
    [InlineData(null, "/")]
    public void An_address_has_one_form_for_hashing(string? path, string normalized) => Assert.Equal(normalized, HttpRoute.Normalize(path));

    [Fact]
    public void Parameters_keep_the_names_the_definition_gives_them()
    {
        Assert.Equal("7", HttpRoute.Match("Orders/{OrderId}", "/orders/7")!["OrderId"]);
        Assert.Null(HttpRoute.Match("orders/{id}", "/items/7"));
        Assert.Equal("a/b", HttpRoute.Match("files/{**path}", "/files/a/b")!["path"]);
        Assert.Null(HttpRoute.Match("orders/{", "/orders/7"));
    }

    [Fact]
    public void Headers_are_read_from_what_scripts_and_definitions_write()
    {
        var headers = ValueConverter.ConvertOrThrow<HttpHeaders>("""{ "Location": "/a", "X-N": 5, "Vary": ["A", "B"], "content-type": "text/html" }""")!;

        Assert.Equal(["/a"], headers["location"]);
        Assert.Equal(["5"], headers["X-N"]);
        Assert.Equal(["A", "B"], headers["Vary"]);
        Assert.Equal("text/html", headers.ContentType);
    }

    [Fact]
    public void A_request_has_one_answer()
    {
        var exchange = new HttpExchange();
        var answer = new HttpWorkflowResponse(201, null, new HttpHeaders(), default);
        Assert.Throws<InvalidOperationException>(() => exchange.Respond(answer));
        exchange.Begin(new HttpRequestSnapshot { Method = "GET", Path = "/" });
        exchange.Respond(answer);

        var exception = Assert.Throws<InvalidOperationException>(() => exchange.Respond(answer));

        Assert.Equal("The request has been answered already, with status 201; a request has one answer.", exception.Message);
    }
}

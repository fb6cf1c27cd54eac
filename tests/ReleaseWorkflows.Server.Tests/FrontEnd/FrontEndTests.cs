using System.Net;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.FrontEnd;

/// <summary>The files of the browser, as the server hands them out.</summary>
public sealed class FrontEndTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Boot = "/studio/_framework/dotnet.js";
    private const string Named = "/studio/_framework/icudt.oh1zvcfom8.dat";

    [Theory]
    [InlineData(Named, "application/octet-stream")]
    [InlineData(Boot, "text/javascript")]
    [InlineData("/studio/_content/MudBlazor/MudBlazor.min.css", "text/css")]
    [InlineData("/studio/appsettings.json", "application/json")]
    [InlineData("/studio/_content/Elsa.Studio.Shell/site.webmanifest", "application/manifest+json")]
    [InlineData("/assets/icon.svg", "image/svg+xml")]
    public async Task A_file_has_its_type(string address, string type)
    {
        var answer = await GetAsync(address);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("identity", null)]
    [InlineData(null, null)]
    public async Task A_file_is_sent_in_the_best_form_that_the_browser_takes(string? accepted, string? sent)
    {
        foreach (var address in new[] { Boot, "/assets/tabler.min.css" })
        {
            var answer = await GetAsync(address, ("Accept-Encoding", accepted));

            Assert.Equal(sent, answer.Content.Headers.ContentEncoding.SingleOrDefault());
            Assert.Equal("Accept-Encoding", answer.Headers.Vary.Single());
        }
    }

    [Fact]
    public async Task A_file_whose_name_changes_with_its_content_is_kept_for_ever_and_others_are_asked_for_again()
    {
        Assert.Contains("immutable", CacheOf(await GetAsync(Named)), StringComparison.Ordinal);
        Assert.Equal("no-cache", CacheOf(await GetAsync(Boot)));
        Assert.Equal("no-cache", CacheOf(await GetAsync("/assets/portal.css")));
        Assert.Equal("no-cache", CacheOf(await GetAsync("/assets/portal.css?v=0123456789")));
    }

    [Fact]
    public async Task Pages_name_their_files_with_versions_that_are_kept_for_ever()
    {
        var page = await (await GetAsync("/sign-in")).Content.ReadAsStringAsync();
        var start = page.IndexOf("/assets/portal.css?v=", StringComparison.Ordinal);
        var address = page[start..page.IndexOf('"', start)];

        Assert.Contains("immutable", CacheOf(await GetAsync(address)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_the_browser_has_is_not_sent_again()
    {
        var first = await GetAsync(Boot, ("Accept-Encoding", "br"));
        var second = await GetAsync(Boot, ("Accept-Encoding", "br"), ("If-None-Match", first.Headers.ETag!.ToString()));
        var other = await GetAsync(Boot, ("Accept-Encoding", "gzip"), ("If-None-Match", first.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("/studio/index.html")]
    [InlineData("/studio/package.json")]
    [InlineData("/studio/_framework/dotnet.js.br")]
    [InlineData("/studio/_framework/../appsettings.json.br")]
    [InlineData("/assets/../../appsettings.json")]
    [InlineData("/assets/%2e%2e/appsettings.json")]
    [InlineData("/studio/_framework/unknown.js")]
    public async Task Nothing_else_is_served(string address) =>
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(address)).StatusCode);

    private static string? CacheOf(HttpResponseMessage answer) => answer.Headers.CacheControl?.ToString();

    private async Task<HttpResponseMessage> GetAsync(string address, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(shared.Server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority) + address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        foreach (var (name, value) in headers)
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await shared.Server.Http.SendAsync(request);
    }
}

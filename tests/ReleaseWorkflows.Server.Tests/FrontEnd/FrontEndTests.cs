using System.Buffers.Binary;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ReleaseWorkflows.Domain.Access;
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
    [InlineData("/studio/assemblies.dat", "application/octet-stream")]
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

    [Fact]
    public async Task All_that_Studio_loads_before_it_starts_comes_in_one_file()
    {
        var boot = await (await GetAsync(Boot)).Content.ReadAsStringAsync();
        var resources = JsonNode.Parse(boot[(boot.IndexOf("/*json-start*/", StringComparison.Ordinal) + 14)..boot.IndexOf("/*json-end*/", StringComparison.Ordinal)])!["resources"]!;
        var names = new[] { "coreAssembly", "assembly", "icu" }.SelectMany(kind => resources[kind]!.AsArray()).Select(file => (string)file!["name"]!).ToList();

        var bundle = await (await GetAsync("/studio/assemblies.dat")).Content.ReadAsByteArrayAsync();

        var length = BinaryPrimitives.ReadInt32LittleEndian(bundle);
        var index = JsonNode.Parse(bundle.AsSpan(4, length))!.AsObject();
        Assert.Equal(names, index.Select(entry => entry.Key));
        foreach (var name in new[] { names[0], names[^1] })
        {
            var (first, count) = (4 + length + (int)index[name]![0]!, (int)index[name]![1]!);
            Assert.Equal(await (await GetAsync("/studio/_framework/" + name)).Content.ReadAsByteArrayAsync(), bundle[first..(first + count)]);
        }
    }

    [Fact]
    public async Task The_page_of_Studio_preloads_no_code_because_the_browser_would_compile_it_again()
    {
        using var browser = new BrowserClient(shared.Server);
        await browser.SignInAsync(shared.Server.DemoUser(Role.Administrator));

        var page = await (await browser.OpenAsync("/studio/definitions")).Content.ReadAsStringAsync();

        var preloads = Regex.Matches(page, "<link rel=\"preload\" as=\"fetch\"[^>]*>");
        Assert.NotEmpty(preloads);
        Assert.DoesNotContain(preloads, preload => preload.Value.Contains(".wasm", StringComparison.Ordinal));
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

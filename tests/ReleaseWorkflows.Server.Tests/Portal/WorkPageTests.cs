using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Portal;

/// <summary>My work, the list of releases and the search, as those who have to do with a release and those who have not.</summary>
public sealed class WorkPageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task A_release_waits_on_whoever_takes_the_next_step()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await scene.DoAsync(id, "basic-information", new { name = $"Tea of {scene.MiniProgram}", description = "Tea to go.", category = "Food" });
        using var developer = await SignInAsync(Role.DeveloperAdmin);
        using var reviewer = await SignInAsync(Role.Reviewer);

        Assert.Contains($"Tea of {scene.MiniProgram} 1.0.0 Super App A Production Apply to Release", await WorkAsync(developer, "Waits on me"), StringComparison.Ordinal);
        Assert.DoesNotContain(scene.MiniProgram, await WorkAsync(reviewer, "Waits on me"), StringComparison.Ordinal);

        await scene.DoAsync(id, "apply");
        Assert.Contains($"Tea of {scene.MiniProgram} 1.0.0 Super App A Production A reviewer of Super App A decides", await WorkAsync(developer, "Waits on others"), StringComparison.Ordinal);
        Assert.Contains($"Tea of {scene.MiniProgram} 1.0.0 Super App A Production Decide on the request", await WorkAsync(reviewer, "Waits on me"), StringComparison.Ordinal);

        await scene.DoAsync(id, "approve");
        Assert.Contains($"Tea of {scene.MiniProgram} 1.0.0 Super App A Production Add testers", await WorkAsync(developer, "Waits on me"), StringComparison.Ordinal);
        Assert.DoesNotContain(scene.MiniProgram, await WorkAsync(reviewer, "Waits on me"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_some_or_all_users_have_is_live_now_with_the_percentage()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await scene.DoAsync(id, "basic-information", new { name = $"Tea of {scene.MiniProgram}", description = "Tea to go.", category = "Food" });
        foreach (var (command, body) in new (string, object?)[] { ("apply", null), ("approve", null), ("complete-pilot", null), ("go-live", new { type = "Grayscale" }), ("grayscale", new { percentage = 5 }) })
        {
            await scene.DoAsync(id, command, body);
        }

        using var developer = await SignInAsync(Role.DeveloperAdmin);

        Assert.Contains($"Tea of {scene.MiniProgram} 1.0.0 Super App A Production 5 %", await WorkAsync(developer, "Live now"), StringComparison.Ordinal);
        Assert.Contains("Raise the percentage from 5 %", await WorkAsync(developer, "Waits on me"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_has_nothing_to_do_is_told_what_will_appear()
    {
        using var developer = await SignInAsync(Role.WorkspaceDeveloper);

        var text = await (await developer.OpenAsync("/")).ReadTextAsync();

        Assert.Contains("Nothing waits on you", text, StringComparison.Ordinal);
        Assert.Contains("You wait on nobody", text, StringComparison.Ordinal);
        Assert.Contains("Nothing is live yet", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_releases_is_narrowed_by_every_filter()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "1.1.0");
        var test = await scene.ReleaseAsync("Test");
        var sandbox = await scene.ReleaseAsync("Sandbox", "1.1.0");
        using var developer = await SignInAsync(Role.DeveloperAdmin);

        Assert.Equal([sandbox, test], await ListAsync(""));
        Assert.Equal([sandbox], await ListAsync("&environment=Sandbox"));
        Assert.Equal([test], await ListAsync("&version=1.0.0"));
        Assert.Equal([sandbox, test], await ListAsync("&app=superapp-a&status=open"));
        Assert.Equal([sandbox, test], await ListAsync("&status=NewVersionCreated"));
        Assert.Empty(await ListAsync("&status=Canceled"));
        Assert.Empty(await ListAsync("&app=superapp-b"));

        async Task<IReadOnlyList<string>> ListAsync(string more)
        {
            var html = await (await developer.OpenAsync($"/releases?miniProgram={scene.MiniProgram}{more}")).Content.ReadAsStringAsync();
            return [.. html.Split("href=\"/releases/").Skip(1).Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)])];
        }
    }

    [Theory]
    [InlineData("?environment=Moon&status=Lost&after=zzz&version=x")]
    [InlineData("?miniProgram=%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    [InlineData("?from=abc")]
    public async Task Filters_that_make_no_sense_do_no_harm(string query)
    {
        using var developer = await SignInAsync(Role.DeveloperAdmin);

        var page = await developer.OpenAsync("/releases" + query);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("<script>alert", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_search_finds_mini_programs_versions_and_releases_and_only_what_the_reader_may_see()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "3.2.1");
        var id = await scene.ReleaseAsync("Test", "3.2.1");
        using var developer = await SignInAsync(Role.DeveloperAdmin);
        using var other = await SignInAsync(Role.Developer);

        foreach (var query in new[] { scene.MiniProgram, $"{scene.MiniProgram} 3.2.1", "3.2.1", id })
        {
            var address = "/search?query=" + Uri.EscapeDataString(query);
            Assert.Contains($"href=\"/releases/{id}\"", await (await developer.OpenAsync(address)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.DoesNotContain($"href=\"/releases/{id}\"", await (await other.OpenAsync(address)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task<string> WorkAsync(BrowserClient browser, string list)
    {
        var text = await (await browser.OpenAsync("/")).ReadTextAsync();
        string[] lists = ["Waits on me", "Waits on others", "Live now"];
        var part = text[text.IndexOf(list, StringComparison.Ordinal)..];
        var next = Array.IndexOf(lists, list) + 1;
        return next < lists.Length ? part[..part.IndexOf(lists[next], StringComparison.Ordinal)] : part;
    }

    private async Task<BrowserClient> SignInAsync(Role role)
    {
        var browser = new BrowserClient(Server);
        await browser.SignInAsync(Server.DemoUser(role));
        return browser;
    }
}

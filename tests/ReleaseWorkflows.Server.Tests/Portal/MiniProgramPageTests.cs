using System.IO.Compression;
using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Portal;

/// <summary>Mini programs in the browser, without script: creating, uploading, choosing targets, configuring, each as the role that may and as one that may not.</summary>
public sealed class MiniProgramPageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Script = "<script>alert(1)</script>";

    private TestServer Server => shared.Server;

    [Theory]
    [InlineData(Role.DeveloperAdmin, true)]
    [InlineData(Role.Developer, true)]
    [InlineData(Role.Reviewer, false)]
    public async Task The_list_names_what_the_reader_may_see(Role role, bool seesCoffee)
    {
        using var browser = await SignInAsync(role);

        var page = await (await browser.OpenAsync("/mini-programs")).Content.ReadAsStringAsync();

        Assert.Equal(seesCoffee, page.Contains("href=\"/mini-programs/coffee\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/live")]
    [InlineData("/configuration")]
    [InlineData("/information")]
    [InlineData("/members")]
    [InlineData("/upload")]
    [InlineData("/versions/1.0.0/select-app")]
    public async Task A_part_of_a_mini_program_is_there_for_its_people_and_for_nobody_else(string part)
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        using var admin = await SignInAsync(Role.DeveloperAdmin);
        using var other = await SignInAsync(Role.Developer);

        Assert.Equal(HttpStatusCode.OK, (await admin.OpenAsync($"/mini-programs/{scene.MiniProgram}{part}")).StatusCode);
        var hidden = await other.OpenAsync($"/mini-programs/{scene.MiniProgram}{part}");
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.DoesNotContain("Tea", await hidden.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_admin_creates_a_mini_program_and_is_led_to_it()
    {
        var key = SharedServer.NewKey("made");
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var answer = await browser.SubmitAsync("/new-mini-program", "data-form=\"create\"", ("key", key), ("name", Script), ("category", "Food"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var page = await browser.OpenAsync(answer.Target());
        Assert.DoesNotContain(Script, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains($"{Script} was created", await page.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_a_new_mini_program_stands_beside_its_fields_and_nothing_typed_is_lost()
    {
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var answer = await browser.SubmitAsync("/new-mini-program", "data-form=\"create\"", ("key", "Not a key"), ("name", ""), ("description", "What I typed"), ("serviceContacts.phone", "no number"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var page = await answer.ReadTextAsync();
        Assert.Contains("“Not a key” is no key", page, StringComparison.Ordinal);
        Assert.Contains("Give name 1 to 100 characters", page, StringComparison.Ordinal);
        Assert.Contains("Write the phone number", page, StringComparison.Ordinal);
        Assert.Contains("What I typed", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_create_mini_programs_is_told_so()
    {
        using var browser = await SignInAsync(Role.Developer);

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.OpenAsync("/new-mini-program")).StatusCode);
        Assert.DoesNotContain("New mini program", await (await browser.OpenAsync("/mini-programs")).ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_version_stands_there_with_its_releases_per_target()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "1.1.0");
        var id = await scene.ReleaseAsync("Sandbox");
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var answer = await browser.OpenAsync($"/mini-programs/{scene.MiniProgram}");

        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"href=\"/releases/{id}?tab=configuration\"", html, StringComparison.Ordinal);
        Assert.Contains($"href=\"/mini-programs/{scene.MiniProgram}/versions/1.1.0/select-app\"", html, StringComparison.Ordinal);
        var text = await answer.ReadTextAsync();
        Assert.Contains("Super App A Sandbox New Version Created", text, StringComparison.Ordinal);
        Assert.Contains("uploaded by Dora Developer-Admin", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_form_uploads_a_version_and_leads_to_it()
    {
        var scene = await ReleaseScene.CreateAsync(Server);
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var first = await browser.UploadAsync(scene.MiniProgram, "2.0.0", ApiClient.Sample("coffee"));
        var again = await browser.UploadAsync(scene.MiniProgram, "2.0.0", ApiClient.Sample("coffee"));

        Assert.Equal(HttpStatusCode.SeeOther, first.StatusCode);
        Assert.Equal($"/mini-programs/{scene.MiniProgram}?open=2.0.0#version-2.0.0", first.Target());
        Assert.Equal(HttpStatusCode.SeeOther, again.StatusCode);
        Assert.Single((await scene.Developer.GetAsync($"/api/mini-programs/{scene.MiniProgram}/versions")).Items);
    }

    [Fact]
    public async Task Every_problem_of_an_upload_is_told_with_its_place()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var answer = await browser.UploadAsync(scene.MiniProgram, Script, Zip(("app.json", "{ \"pages\": [\"pages/missing\"] }"), ("../escape.js", "x")));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(Script, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var text = await answer.ReadTextAsync();
        Assert.Contains("is no version number", text, StringComparison.Ordinal);
        Assert.Contains("../escape.js", text, StringComparison.Ordinal);
        Assert.Single((await scene.Developer.GetAsync($"/api/mini-programs/{scene.MiniProgram}/versions")).Items);
    }

    [Fact]
    public async Task A_version_is_not_replaced_by_other_content()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var answer = await browser.UploadAsync(scene.MiniProgram, "1.0.0", Zip(("app.json", "{ \"pages\": [\"pages/index\"] }"), ("pages/index.html", "<p></p>"), ("pages/index.js", "")));

        Assert.True(answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.BadRequest, $"{answer.StatusCode}");
        Assert.Contains("Nothing was kept", await answer.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_gets_the_same_answers_as_JSON()
    {
        var scene = await ReleaseScene.CreateAsync(Server);
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var accepted = await browser.UploadAsync(scene.MiniProgram, "1.0.0", ApiClient.Sample("coffee"), "application/json");
        var refused = await browser.UploadAsync(scene.MiniProgram, "one", ApiClient.Sample("coffee"), "application/json");

        Assert.Contains($"\"next\":\"/mini-programs/{scene.MiniProgram}?open=1.0.0", await accepted.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task An_upload_from_another_site_or_without_permission_is_refused()
    {
        var scene = await ReleaseScene.CreateAsync(Server);
        using var admin = await SignInAsync(Role.DeveloperAdmin);
        using var reviewer = await SignInAsync(Role.Reviewer);

        Assert.Equal(HttpStatusCode.Forbidden, (await admin.UploadAsync(scene.MiniProgram, "1.0.0", ApiClient.Sample("coffee"), site: "cross-site")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await reviewer.UploadAsync(scene.MiniProgram, "1.0.0", ApiClient.Sample("coffee"))).StatusCode);
        Assert.Empty((await scene.Developer.GetAsync($"/api/mini-programs/{scene.MiniProgram}/versions")).Items);
    }

    [Fact]
    public async Task A_package_above_the_limit_is_told_so_and_nothing_of_it_is_kept()
    {
        var scene = await ReleaseScene.CreateAsync(Server);
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var page = await browser.UploadAsync(scene.MiniProgram, "1.0.0", new byte[(20 * 1024 * 1024) + 1]);
        var answer = await browser.UploadAsync(scene.MiniProgram, "1.0.0", new byte[(20 * 1024 * 1024) + 1], "application/json");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, page.StatusCode);
        Assert.Contains("The file is larger than 20 MB. Leave out what users do not need", await page.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("\"package\":[\"The file is larger than 20 MB.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty((await scene.Developer.GetAsync($"/api/mini-programs/{scene.MiniProgram}/versions")).Items);
    }

    [Fact]
    public async Task An_upload_that_is_cut_off_leaves_nothing()
    {
        // A server of its own: what arrives elsewhere at this moment would stand in the same folder.
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server);
        using var browser = new BrowserClient(server);
        await browser.SignInAsync(server.DemoUser(Role.DeveloperAdmin));
        var incoming = Directory.EnumerateDirectories(server.DataFolder, "incoming", SearchOption.AllDirectories).Single();
        using var cut = new CutOffContent(() => Eventually.BeTrueAsync(() => Directory.EnumerateFiles(incoming).Any(), "the first bytes"));
        using var form = new MultipartFormDataContent { { new StringContent("1.0.0"), "version" }, { cut, "package", "package.zip" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/mini-programs/{scene.MiniProgram}/packages") { Content = form };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");

        await Assert.ThrowsAsync<HttpRequestException>(() => browser.SendAsync(request));

        await Eventually.BeTrueAsync(() => !Directory.EnumerateFiles(incoming).Any(), "what had arrived to go");
        Assert.Empty((await scene.Developer.GetAsync($"/api/mini-programs/{scene.MiniProgram}/versions")).Items);
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.UploadAsync(scene.MiniProgram, "1.0.0", ApiClient.Sample("coffee"))).StatusCode);
    }

    [Fact]
    public async Task What_a_release_says_otherwise_is_marked_with_the_global_value_it_overrides()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var page = await (await browser.OpenAsync($"/mini-programs/{scene.MiniProgram}/versions/1.0.0/select-app")).ReadTextAsync();

        Assert.Contains("Override Instead of the global list: api.tea.example", page, StringComparison.Ordinal);
        Assert.Contains("Override Over the global values: API_URL=https://api.tea.example", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Override", await (await browser.OpenAsync($"/mini-programs/{scene.MiniProgram}/configuration")).ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Select_App_greys_out_what_cannot_be_chosen_and_says_why()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var canceled = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(canceled, "apply");
        await scene.DoAsync(canceled, "approve");
        await scene.DoAsync(canceled, "cancel");
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var text = await (await browser.OpenAsync($"/mini-programs/{scene.MiniProgram}/versions/1.0.0/select-app")).ReadTextAsync();

        Assert.Contains("Super App B has no Sandbox", text, StringComparison.Ordinal);
        Assert.Contains("this version can never go there again", text, StringComparison.Ordinal);
        Assert.Contains("Reviewed by the super app, pilot offered", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_double_click_on_Select_makes_one_release_with_its_own_configuration()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        using var browser = await SignInAsync(Role.DeveloperAdmin);
        var page = $"/mini-programs/{scene.MiniProgram}/versions/1.0.0/select-app";

        var form = await browser.FillAsync(page, "data-form=\"select-app\"", ("target", "superapp-a/Test"), ("environmentVariables", "API_URL=https://test.tea.example"));
        var answers = await Task.WhenAll(form.SendAsync(), form.SendAsync());

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode));
        Assert.Single(answers.Select(answer => answer.Headers.Location).Distinct());
        var release = Assert.Single((await scene.Developer.GetAsync($"/api/releases?miniProgram={scene.MiniProgram}")).Items);
        Assert.EndsWith(release.GetProperty("id").GetString()!, answers[0].Target(), StringComparison.Ordinal);
        var configuration = (await scene.Developer.GetAsync($"/api/releases/{release.GetProperty("id").GetString()}/configuration")).Json;
        Assert.Equal("https://test.tea.example", configuration.GetProperty("effective").GetProperty("environmentVariables").GetProperty("API_URL").GetString());
    }

    [Fact]
    public async Task A_bad_entry_of_the_configuration_is_named_beside_its_field_and_no_release_is_made()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var answer = await browser.SubmitAsync(
            $"/mini-programs/{scene.MiniProgram}/versions/1.0.0/select-app", "data-form=\"select-app\"", ("target", "superapp-a/Test"), ("serverDomains", "https://not.a.host/"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("is not a host name", await answer.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Empty((await scene.Developer.GetAsync($"/api/releases?miniProgram={scene.MiniProgram}")).Items);
    }

    [Fact]
    public async Task A_target_that_somebody_chose_meanwhile_is_refused_with_the_reason()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        using var browser = await SignInAsync(Role.DeveloperAdmin);
        var form = await browser.FillAsync($"/mini-programs/{scene.MiniProgram}/versions/1.0.0/select-app", "data-form=\"select-app\"", ("target", "superapp-a/Test"));
        await scene.ReleaseAsync("Test");

        var answer = await form.SendAsync();

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("Nothing was changed", await answer.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_configuration_does_not_overwrite_what_somebody_saved_meanwhile()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        using var browser = await SignInAsync(Role.DeveloperAdmin);
        var page = $"/mini-programs/{scene.MiniProgram}/configuration";
        var form = await browser.FillAsync(page, "data-form=\"configuration\"", ("serverDomains", "mine.tea.example"));
        (await scene.Developer.PutAsync($"/api/mini-programs/{scene.MiniProgram}/configuration", new { serverDomains = new[] { "theirs.tea.example" } })).Is(HttpStatusCode.OK);

        var stale = await form.SendAsync();
        var again = await browser.SubmitAsync(page, "data-form=\"configuration\"", ("serverDomains", "mine.tea.example"));

        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        Assert.Contains("mine.tea.example", await stale.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        var saved = (await scene.Developer.GetAsync($"/api/mini-programs/{scene.MiniProgram}/configuration")).Json;
        Assert.Equal("mine.tea.example", saved.GetProperty("serverDomains")[0].GetString());
    }

    [Theory]
    [InlineData("configuration", "data-form=\"configuration\"")]
    [InlineData("information", "data-form=\"information\"")]
    public async Task A_developer_looks_at_what_only_admins_change(string part, string form)
    {
        using var browser = await SignInAsync(Role.Developer);

        var page = await (await browser.OpenAsync($"/mini-programs/coffee/{part}")).Content.ReadAsStringAsync();

        Assert.DoesNotContain(form, page, StringComparison.Ordinal);
        Assert.Contains("acme edits", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_now_tells_what_users_get_per_app_and_environment()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Test");
        await scene.DoAsync(id, "apply");
        using var browser = await SignInAsync(Role.DeveloperAdmin);

        var text = await (await browser.OpenAsync($"/mini-programs/{scene.MiniProgram}/live")).ReadTextAsync();

        Assert.Contains("Super App A Test 1.0.0 since", text, StringComparison.Ordinal);
    }

    private async Task<BrowserClient> SignInAsync(Role role)
    {
        var browser = new BrowserClient(Server);
        await browser.SignInAsync(Server.DemoUser(role));
        return browser;
    }

    // Sends its first bytes, waits until they have arrived, and breaks the connection.
    private sealed class CutOffContent(Func<Task> arrived) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[512 * 1024]);
            await stream.FlushAsync();
            await arrived();
            throw new IOException("The connection is cut off.");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 1024 * 1024;
            return true;
        }
    }

    private static byte[] Zip(params (string Path, string Text)[] files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text) in files)
            {
                using var writer = new StreamWriter(archive.CreateEntry(path).Open());
                writer.Write(text);
            }
        }

        return stream.ToArray();
    }
}

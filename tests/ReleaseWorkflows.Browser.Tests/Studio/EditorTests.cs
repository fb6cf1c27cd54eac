using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Browser.Tests.Studio;

/// <summary>Elsa Studio's editor on the real server: what an admin does with a workflow.</summary>
public sealed class EditorTests(SharedBrowser shared) : IClassFixture<SharedBrowser>
{
    // Pairs of connections whose drawn lines cross, other than where they arrive at the same port.
    private const string CrossingLines = """
        () => {
          const edges = [...document.querySelectorAll('.x6-edge')].map(edge => {
            const path = [...edge.querySelectorAll('path')].find(path => path.getAttribute('fill') === 'none' && path.getTotalLength() > 0);
            const count = Math.max(2, Math.round(path.getTotalLength() / 6));
            return Array.from({ length: count + 1 }, (_, i) => path.getPointAtLength(path.getTotalLength() * i / count));
          });
          const side = (a, b, c) => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
          const cross = (a, b, c, d) => side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
          const near = (a, b, distance) => Math.hypot(a.x - b.x, a.y - b.y) < distance;
          const found = [];
          for (const [i, one] of edges.entries()) for (const other of edges.slice(i + 1)) {
            const meet = near(one.at(-1), other.at(-1), 5);
            for (let a = 1; a < one.length; a++) for (let b = 1; b < other.length; b++)
              if (cross(one[a - 1], one[a], other[b - 1], other[b]) && !(meet && near(one[a], one.at(-1), 60))) found.push(`${Math.round(one[a].x)}, ${Math.round(one[a].y)}`);
          }
          return found;
        }
        """;

    [BrowserFact]
    public async Task The_default_pipeline_opens_where_it_begins_and_no_lines_cross()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);

        await tab.OpenAsync("/studio/definitions/release-pipeline", "New releases to");
        // Other tests have apps that use it as well.
        await Assertions.Expect(tab.Page.GetByText(new Regex("^New releases to .*Super App A.* run its published version"))).ToBeVisibleAsync();
        await Assertions.Expect(tab.Node("prepare")).ToBeInViewportAsync();
        await Assertions.Expect(tab.Page.Locator(".x6-edge")).ToHaveCountAsync(39);

        Assert.Empty(await tab.Page.EvaluateAsync<string[]>(CrossingLines));
        await Assertions.Expect(tab.Node("prepare").Locator("svg[data-release='ReleaseWorkflows.PrepareRelease'] g path").First).ToBeAttachedAsync();
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task The_lines_of_the_other_pipelines_do_not_cross_either()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        foreach (var (id, lines) in new[] { ("two-stage-review", 34), ("scheduled-rollout", 32), ("superapp-b-pipeline", 17) })
        {
            await tab.Page.GotoAsync("/studio/definitions/" + id);
            await Assertions.Expect(tab.Page.Locator(".x6-edge")).ToHaveCountAsync(lines);
            Assert.Equal((id, ""), (id, string.Join("; ", await tab.Page.EvaluateAsync<string[]>(CrossingLines))));
        }

        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_workflow_is_drawn_published_and_run()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        var name = StudioTab.NewName("Drawn");
        await tab.OpenAsync("/studio/definitions", "Release pipeline");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Create workflow" }).First.ClickAsync();
        var dialog = tab.Page.Locator(".mud-dialog");
        await Assertions.Expect(dialog.Locator("input").First).ToHaveValueAsync(new Regex("Workflow"));
        await dialog.Locator("input").First.FillAsync(name);
        await tab.Page.Keyboard.PressAsync("Tab");
        await dialog.Locator("button", new() { HasTextRegex = new Regex("ok|create", RegexOptions.IgnoreCase) }).First.ClickAsync();
        await tab.Page.WaitForURLAsync(new Regex("/studio/definitions/[0-9a-f]+$"));

        await tab.AddStepAsync("Write", "Console", "Write Line", 120, 120);
        await tab.AddStepAsync("Write", "Console", "Write Line", 420, 120);
        var nodes = tab.Page.Locator(".x6-node");
        await Assertions.Expect(nodes).ToHaveCountAsync(2);
        await tab.SavedAsync(() => tab.ConnectAsync(nodes.Nth(0), nodes.Nth(1)));

        await nodes.Nth(0).GetByText("Write Line").ClickAsync();
        var text = tab.Page.GetByRole(AriaRole.Textbox, new() { Name = "Text" });
        if (await text.CountAsync() == 0)
        {
            text = tab.Page.Locator(".mud-input-control", new() { HasText = "The text to write" }).Locator("input");
        }

        await tab.SavedAsync(async () =>
        {
            await text.FillAsync("Hello from the browser");
            await tab.Page.Keyboard.PressAsync("Tab");
        });
        var published = await tab.PublishAsync();
        Assert.Contains("\"publish\":true", published.Request.PostData!, StringComparison.Ordinal);
        Assert.Contains("Hello from the browser", published.Request.PostData!, StringComparison.Ordinal);
        Assert.Equal(200, published.Status);

        await tab.Page.Locator("button.hover\\:mud-success-hover").First.ClickAsync();
        await tab.Page.WaitForURLAsync("**/studio/instances/*");
        await tab.Page.GetByText("Finished").First.WaitForAsync();
        await Assertions.Expect(tab.Page.Locator(".x6-node .mud-badge").First).ToHaveTextAsync("1");
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task An_earlier_version_is_brought_back_from_the_history()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        var id = StudioTab.NewName("reverted").Replace(' ', '-');
        await StudioTab.PublishAsync(shared.Server, id, ("Elsa.WriteLine", null));
        await StudioTab.PublishAsync(shared.Server, id, ("Elsa.WriteLine", null), ("Elsa.WriteLine", null));
        await tab.Page.GotoAsync("/studio/definitions/" + id);
        await Assertions.Expect(tab.Page.Locator(".x6-node")).ToHaveCountAsync(2);

        await tab.OpenPanelAsync("Version history");
        var row = tab.Page.Locator("tbody tr", new() { HasTextRegex = new Regex("^\\s*1\\b") });
        await row.Locator(".mud-menu button").ClickAsync();
        await tab.Page.RunAndWaitForResponseAsync(
            () => tab.Page.Locator(".mud-popover-open").GetByText("Rollback").ClickAsync(),
            answer => answer.Url.EndsWith($"/{id}/revert/1", StringComparison.Ordinal));

        await Assertions.Expect(tab.Page.Locator(".x6-node")).ToHaveCountAsync(1);
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_workflow_leaves_as_a_file_and_comes_back_as_one()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        var id = StudioTab.NewName("exported").Replace(' ', '-');
        await StudioTab.PublishAsync(shared.Server, id, ("Elsa.WriteLine", null));
        await tab.OpenAsync("/studio/definitions?search=" + id, id);

        await tab.ChooseAsync(tab.Row(id), "Export");
        var download = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Export" }).ClickAsync());
        var json = await File.ReadAllTextAsync(await download.PathAsync());
        Assert.EndsWith(".json", download.SuggestedFilename, StringComparison.Ordinal);
        var copy = id + "-copy";
        await tab.Page.Locator("input[type=file]").First.SetInputFilesAsync(new FilePayload
        {
            Name = copy + ".json",
            MimeType = "application/json",
            Buffer = Encoding.UTF8.GetBytes(Renamed(json, id, copy)),
        });

        await IsThereAsync(copy);
        var zipped = id + "-zipped";
        await tab.Page.Locator("input[type=file]").First.SetInputFilesAsync(new FilePayload { Name = "workflows.zip", MimeType = "application/zip", Buffer = Zip(zipped + ".json", Renamed(json, id, zipped)) });
        await IsThereAsync(zipped);
        tab.AssertNoComplaints();

        Task IsThereAsync(string definitionId) => Eventually.BeTrueAsync(
            async () => (int)(await shared.Server.As(Role.Administrator).GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{definitionId}?versionOptions=Latest")).Status == 200,
            definitionId);
    }

    [BrowserFact]
    public async Task Several_workflows_leave_as_one_ZIP_file()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        var stem = StudioTab.NewName("together").Replace(' ', '-');
        string[] ids = [stem + "-one", stem + "-two"];
        foreach (var id in ids)
        {
            await StudioTab.PublishAsync(shared.Server, id, ("Elsa.WriteLine", null));
        }

        await tab.Page.GotoAsync("/studio/definitions?search=" + stem);
        await tab.Row(ids[1]).WaitForAsync();

        await tab.Page.Locator("#studio [remote-endpoint] thead input[type=checkbox]").CheckAsync(new() { Force = true });
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Bulk actions" }).ClickAsync();
        await tab.Page.Locator(".mud-popover-open").GetByText("Export", new() { Exact = true }).ClickAsync();
        var download = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Export" }).ClickAsync());

        Assert.EndsWith(".zip", download.SuggestedFilename, StringComparison.Ordinal);
        await using var zip = await ZipFile.OpenReadAsync(await download.PathAsync());
        Assert.Equal(ids, zip.Entries.Select(DefinitionIdOf).Order(StringComparer.Ordinal));
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_row_opens_its_workflow_and_back_leads_to_the_list()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        await tab.Page.GotoAsync("/");
        await tab.OpenAsync("/studio/definitions", "Release trigger");

        await tab.Row("Release trigger").GetByText("Release trigger").ClickAsync();
        await tab.Page.WaitForURLAsync("**/studio/definitions/release-trigger");
        await tab.Page.GetByText("Somebody asks for a release").First.WaitForAsync();
        await tab.Page.GoBackAsync();
        await tab.Row("Release trigger").WaitForAsync();
        await tab.Page.GoBackAsync();

        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "My work" }).WaitForAsync();
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task What_the_server_refuses_to_save_is_said_and_not_swallowed()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        tab.Expect(complaint => complaint.StartsWith("409 POST /elsa/api/workflow-definitions", StringComparison.Ordinal));
        await tab.Page.RouteAsync(
            url => new Uri(url).AbsolutePath == "/elsa/api/workflow-definitions",
            route => route.Request.Method == "POST" ? route.FulfillAsync(new() { Status = 409, Body = "" }) : route.ContinueAsync());
        await tab.OpenAsync("/studio/definitions/release-trigger", "Somebody asks for a release");

        await tab.SavedAsync(async () =>
        {
            await tab.Page.Locator("textarea").First.FillAsync("Changed");
            await tab.Page.Keyboard.PressAsync("Tab");
        });

        await tab.Page.GetByText("Somebody else changed this meanwhile, so nothing was saved.").WaitForAsync();
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_session_that_is_over_sends_to_sign_in_and_back()
    {
        await using var tab = await shared.OpenAnonymousAsync();
        tab.Expect(complaint => complaint.StartsWith("401 ", StringComparison.Ordinal));
        var user = shared.Server.DemoUser(Role.WorkspaceAdmin);
        await tab.Page.GotoAsync("/sign-in?returnUrl=/studio/definitions");
        await tab.Page.GetByLabel("E-mail address").FillAsync(user.Email);
        await tab.Page.GetByLabel("Password").FillAsync(user.Password);
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Row("release-trigger").WaitForAsync();

        await tab.Page.Context.ClearCookiesAsync();
        await tab.Page.Locator("#studio").GetByPlaceholder(new Regex("^Search")).FillAsync("trigger");

        await tab.Page.WaitForURLAsync(address => address.Contains("/sign-in?returnUrl=%2Fstudio%2Fdefinitions", StringComparison.Ordinal));
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task What_is_wrong_with_a_workflow_is_said_with_the_node_and_it_is_not_published()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        tab.Expect(complaint => complaint.StartsWith("400 POST /elsa/api/workflow-definitions", StringComparison.Ordinal));
        var id = StudioTab.NewName("broken").Replace(' ', '-');
        await StudioTab.SaveAsync(shared.Server, id, isPublished: false, ("Elsa.WriteLine", new { text = new { typeName = "String", expression = new { type = "JavaScript", value = "1 +" } } }));
        await tab.Page.GotoAsync("/studio/definitions/" + id);
        await Assertions.Expect(tab.Node("step0")).ToBeVisibleAsync();

        var refused = await tab.PublishAsync();

        Assert.Equal(400, refused.Status);
        await Assertions.Expect(tab.Page.Locator(".mud-snackbar").First).ToContainTextAsync("step0");
        var definition = await shared.Server.As(Role.Administrator).GetAsync("/elsa/api/workflow-definitions/" + id);
        Assert.False(definition.Json.GetProperty("isPublished").GetBoolean());
        tab.AssertNoComplaints();
    }

    private static string? DefinitionIdOf(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        return JsonNode.Parse(content)!["definitionId"]?.GetValue<string>();
    }

    private static string Renamed(string definition, string id, string to) =>
        Regex.Replace(definition.Replace(id, to, StringComparison.Ordinal), "\"id\":\\s*\"[0-9a-f]{16}\"", $"\"id\":\"{to}-1\"");

    private static byte[] Zip(string name, string content)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry(name).Open())
        {
            entry.Write(Encoding.UTF8.GetBytes(content));
        }

        return file.ToArray();
    }
}

using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Browser.Tests.Studio;

/// <summary>The words in which tests speak about Elsa Studio.</summary>
internal static class StudioTab
{
    private static int _names;

    /// <summary>
    /// A name that no other test uses. It sorts behind the demo's release workflows, which tests expect on the first page of a list by name, however many
    /// tests ran before.
    /// </summary>
    public static string NewName(string stem) => $"test {stem} {Interlocked.Increment(ref _names)}";

    /// <summary>Saves a definition through the API and publishes it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="definitionId">Its id.</param>
    /// <param name="activities">Type and further members of each step; they are connected one after the other.</param>
    public static Task PublishAsync(TestServer server, string definitionId, params (string Type, object? Inputs)[] activities) =>
        SaveAsync(server, definitionId, isPublished: true, activities);

    /// <summary>Saves a definition through the API.</summary>
    public static async Task SaveAsync(TestServer server, string definitionId, bool isPublished, params (string Type, object? Inputs)[] activities)
    {
        var steps = activities.Select((activity, i) => Merge(new { id = $"step{i}", type = activity.Type, version = 1, metadata = new { designer = new { position = new { x = 300 * i, y = 100 }, size = new { width = 200, height = 54 } } } }, activity.Inputs)).ToArray();
        var connections = Enumerable.Range(0, steps.Length - 1).Select(i => new { source = new { activity = $"step{i}", port = "Done" }, target = new { activity = $"step{i + 1}", port = "In" } });
        var saved = await server.As(Role.Administrator).PostAsync("/elsa/api/workflow-definitions", new
        {
            model = new { definitionId, name = definitionId, root = new { id = "flow", type = "Elsa.Flowchart", version = 1, activities = steps, connections } },
            publish = isPublished,
        });
        Assert.True((int)saved.Status < 300, saved.ToString());
    }

    /// <summary>Makes an app of the demo's super app that runs on the platform's default.</summary>
    /// <returns>Its key.</returns>
    public static async Task<string> CreateAppAsync(TestServer server)
    {
        var key = NewName("studio-app").Replace(' ', '-');
        var created = await server.As(Role.WorkspaceAdmin).PostAsync("/api/apps", new
        {
            key,
            name = key,
            workflowDefinitionId = "release-pipeline",
            environments = new { Development = new { }, Production = new { } },
        });
        Assert.True((int)created.Status == 201, created.ToString());
        return key;
    }

    /// <summary>Runs a published definition.</summary>
    /// <returns>The id of the instance.</returns>
    public static async Task<string> RunAsync(TestServer server, string definitionId) =>
        (await server.As(Role.Administrator).PostAsync($"/elsa/api/workflow-definitions/{definitionId}/execute", new { })).Headers.GetValues("x-elsa-workflow-instance-id").Single();

    /// <summary>The row of one of Studio's lists with this text; not of what the page shows before.</summary>
    public static ILocator Row(this BrowserPage tab, string text) => tab.Page.Locator("#studio [remote-endpoint] tbody tr", new PageLocatorOptions { HasText = text });

    /// <summary>Opens the menu of a row and chooses an entry.</summary>
    public static async Task ChooseAsync(this BrowserPage tab, ILocator row, string entry)
    {
        await row.Locator(".mud-menu button").ClickAsync();
        await tab.Page.Locator(".mud-popover-open").GetByText(entry, new LocatorGetByTextOptions { Exact = true }).ClickAsync();
    }

    /// <summary>A node of the flowchart by the id of its activity.</summary>
    public static ILocator Node(this BrowserPage tab, string activity) => tab.Page.Locator($".x6-node[data-cell-id='{activity}']");

    /// <summary>Opens a tab of a panel, even one that the panel has scrolled away.</summary>
    public static Task OpenPanelAsync(this BrowserPage tab, string name) =>
        tab.Page.Locator(".mud-tab", new PageLocatorOptions { HasTextRegex = new Regex($"^\\s*{name}", RegexOptions.IgnoreCase) }).First.DispatchEventAsync("click");

    /// <summary>Publishes what the editor shows.</summary>
    public static Task<IResponse> PublishAsync(this BrowserPage tab) => tab.SavedAsync(() => tab.Page.Locator("button.hover\\:mud-primary-hover").First.ClickAsync());

    /// <summary>Drags a type from the palette onto the canvas; the palette is narrowed to it by a search.</summary>
    public static async Task AddStepAsync(this BrowserPage tab, string search, string category, string name, int x, int y)
    {
        await tab.Page.Locator("#studio").GetByPlaceholder("Search").FillAsync(search);
        var step = tab.Page.Locator("[draggable=true]", new PageLocatorOptions { HasText = name }).First;
        if (!await step.IsVisibleAsync())
        {
            await tab.Page.Locator(".mud-expand-panel-text").GetByText(category, new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        }

        await tab.SavedAsync(() => step.DragToAsync(tab.Page.Locator(".x6-graph").First, new() { TargetPosition = new() { X = x, Y = y } }));
    }

    /// <summary>Draws a line from a port of one node to another node.</summary>
    public static async Task ConnectAsync(this BrowserPage tab, ILocator source, ILocator target, int port = 0)
    {
        var from = (await source.Locator(".x6-port-out circle").Nth(port).BoundingBoxAsync())!;
        var to = (await target.Locator(".x6-port-in circle").First.BoundingBoxAsync())!;
        await tab.Page.Mouse.MoveAsync(from.X + (from.Width / 2), from.Y + (from.Height / 2));
        await tab.Page.Mouse.DownAsync();
        await tab.Page.Mouse.MoveAsync(to.X, to.Y, new() { Steps = 10 });
        await tab.Page.Mouse.MoveAsync(to.X + (to.Width / 2), to.Y + (to.Height / 2), new() { Steps = 5 });
        await tab.Page.Mouse.UpAsync();
    }

    /// <summary>Waits for the answer to what Studio saves.</summary>
    public static Task<IResponse> SavedAsync(this BrowserPage tab, Func<Task> change) => tab.Page.RunAndWaitForResponseAsync(
        change, answer => answer.Request.Method == "POST" && new Uri(answer.Url).AbsolutePath == "/elsa/api/workflow-definitions");

    /// <summary>The id at the end of the tab's address.</summary>
    public static string IdOf(this BrowserPage tab) => new Uri(tab.Page.Url).Segments[^1];

    private static Dictionary<string, object?> Merge(object first, object? second) => new[] { first, second }
        .Where(part => part is not null)
        .SelectMany(part => part!.GetType().GetProperties().Select(property => KeyValuePair.Create(property.Name, property.GetValue(part))))
        .ToDictionary(pair => pair.Key, pair => pair.Value);
}

using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;
using Xunit.Abstractions;

namespace ReleaseWorkflows.Browser.Tests.Studio;

/// <summary>
/// Elsa Studio's first list, in a browser that knows nothing of it and in one that does: how soon it is read, as the page brings it, and how soon it is
/// Studio's own, with all that can be done there. How soon it is there is worth something on a quiet machine alone, so
/// that is asked only where it is wanted:
/// <c>RELEASEWORKFLOWS_FIGURES=1 dotnet test -c Release tests/ReleaseWorkflows.Browser.Tests --filter FirstView --logger "console;verbosity=detailed"</c>.
/// </summary>
public sealed class FirstViewTests(SharedBrowser shared, ITestOutputHelper output) : IClassFixture<SharedBrowser>
{
    private static readonly bool TakesFigures = Environment.GetEnvironmentVariable("RELEASEWORKFLOWS_FIGURES") == "1";
    private static readonly int WarmViews = TakesFigures ? 7 : 1;

    private static readonly TimeSpan Cold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(1.5);

    [BrowserFact]
    public async Task The_list_of_workflows_is_there_at_first_and_from_what_the_browser_has_kept()
    {
        var profile = Directory.CreateTempSubdirectory("release-workflows-profile");
        try
        {
            using var playwright = await Playwright.CreateAsync();

            // A profile on disk, as people have one: in a private window the browser forgets what it has compiled.
            await using var context = await playwright.Chromium.LaunchPersistentContextAsync(profile.FullName, new BrowserTypeLaunchPersistentContextOptions
            {
                ExecutablePath = BrowserFactAttribute.Executable,
                Args = ["--no-sandbox"],
                BaseURL = shared.Server.Http.BaseAddress!.ToString(),
            });
            await SignInAsync(context.Pages[0]);
            var cold = await ViewAsync(context);
            output.WriteLine($"Cold: {cold}");
            var warm = new List<View>();
            for (var view = 0; view < WarmViews; view++)
            {
                warm.Add(await ViewAsync(context));
                output.WriteLine($"Warm: {warm[^1]}");
            }

            var median = new View(Median(warm, view => view.Read), Median(warm, view => view.Studio));
            output.WriteLine($"Warm, median: {median}");
            Assert.True(!TakesFigures || (cold.Studio < Cold && median.Read < Warm), $"Cold {cold}; warm, median: {median}.");
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }

    private async Task SignInAsync(IPage page)
    {
        var user = shared.Server.DemoUser(Role.Administrator);
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("E-mail address").FillAsync(user.Email);
        await page.GetByLabel("Password").FillAsync(user.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync(address => new Uri(address).AbsolutePath == "/");
    }

    private static async Task<View> ViewAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        var begin = TimeProvider.System.GetTimestamp();
        await page.GotoAsync("/studio/definitions", new PageGotoOptions { WaitUntil = WaitUntilState.Commit });
        await page.Locator("#studio tbody").GetByText("Release trigger").First.WaitForAsync();
        var read = TimeProvider.System.GetElapsedTime(begin);
        await page.Locator("#studio elsa-workflow-definition-list tbody").GetByText("Release trigger").WaitForAsync();
        await Assertions.Expect(page.Locator(".studio-preview")).ToHaveCountAsync(0);
        var studio = TimeProvider.System.GetElapsedTime(begin);

        // People stay; what the browser has compiled it keeps only then.
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await page.CloseAsync();
        return new View(read, studio);
    }

    private static TimeSpan Median(List<View> views, Func<View, TimeSpan> time) => views.Select(time).Order().ElementAt(views.Count / 2);

    private readonly record struct View(TimeSpan Read, TimeSpan Studio)
    {
        public override string ToString() => $"read after {Read.TotalMilliseconds:N0} ms, Studio's own after {Studio.TotalMilliseconds:N0} ms";
    }
}

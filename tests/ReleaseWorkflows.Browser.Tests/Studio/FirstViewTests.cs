using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;
using Xunit.Abstractions;

namespace ReleaseWorkflows.Browser.Tests.Studio;

/// <summary>
/// Elsa Studio's first list, in a browser that knows nothing of it and in one that does. How soon it is there is worth something on a quiet machine alone, so
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
            output.WriteLine($"Cold: {cold.TotalMilliseconds:N0} ms");
            var warm = new List<TimeSpan>();
            for (var view = 0; view < WarmViews; view++)
            {
                warm.Add(await ViewAsync(context));
                output.WriteLine($"Warm: {warm[^1].TotalMilliseconds:N0} ms");
            }

            var median = warm.Order().ElementAt(WarmViews / 2);
            Assert.True(!TakesFigures || (cold < Cold && median < Warm), $"Cold {cold.TotalMilliseconds:N0} ms, warm {median.TotalMilliseconds:N0} ms (median).");
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

    private static async Task<TimeSpan> ViewAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        var begin = TimeProvider.System.GetTimestamp();
        await page.GotoAsync("/studio/definitions", new PageGotoOptions { WaitUntil = WaitUntilState.Commit });
        await page.Locator("#studio tbody").GetByText("Release trigger").WaitForAsync();
        var taken = TimeProvider.System.GetElapsedTime(begin);
        await page.CloseAsync();
        return taken;
    }
}

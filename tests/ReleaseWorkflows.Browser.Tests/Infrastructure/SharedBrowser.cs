using System.Collections.Concurrent;
using Microsoft.Playwright;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Browser.Tests.Infrastructure;

/// <summary>
/// One browser and one server for all classes, and in the browser one signed-in person per role with a cache of his own: Elsa Studio is loaded from the
/// network once per role. A class fixture, so that classes run in parallel. Tests tell their data apart by names of their own.
/// </summary>
public sealed class SharedBrowser : IAsyncLifetime
{
    private const int Patience = 60_000;

    private static readonly SemaphoreSlim Gate = new(1);
    private static readonly ConcurrentDictionary<string, Lazy<Task<IBrowserContext>>> People = new();
    private static IPlaywright? _playwright;
    private static IBrowser? _browser;
    private static TestServer? _server;
    private static int _users;

    private TestServer? _mine;

    /// <summary>The server; its clock is not turned.</summary>
    public TestServer Server => _mine ?? throw new InvalidOperationException("There is no Chromium: apt-get install chromium.");

    /// <summary>A new tab of the person with this role, signed in.</summary>
    public async Task<BrowserPage> OpenAsync(Role role)
    {
        var context = await People.GetOrAdd(role.ToString(), _ => new Lazy<Task<IBrowserContext>>(() => SignInAsync(role))).Value;
        return new BrowserPage(await context.NewPageAsync(), Server);
    }

    /// <summary>A tab of somebody who has not signed in, with nothing cached.</summary>
    public async Task<BrowserPage> OpenAnonymousAsync(BrowserNewContextOptions? options = null) => new(await (await NewContextAsync(options)).NewPageAsync(), Server);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await Gate.WaitAsync();
        try
        {
            // Without a browser the tests are skipped, yet their fixtures are made.
            if (_users++ > 0 || BrowserFactAttribute.Executable is null)
            {
                _mine = _server;
                return;
            }

            _mine = _server = await TestServer.StartAsync();
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = BrowserFactAttribute.Executable,
                // Containers run as root, where Chromium's sandbox does not start.
                Args = ["--no-sandbox"],
            });
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (--_users > 0)
            {
                return;
            }

            People.Clear();
            if (_browser is not null)
            {
                await _browser.DisposeAsync();
            }

            _playwright?.Dispose();
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
        finally
        {
            Gate.Release();
        }
    }

    private async Task<IBrowserContext> SignInAsync(Role role)
    {
        var context = await NewContextAsync(null);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in");
        var user = Server.DemoUser(role);
        await page.GetByLabel("E-mail address").FillAsync(user.Email);
        await page.GetByLabel("Password").FillAsync(user.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        try
        {
            await page.WaitForURLAsync(address => new Uri(address).AbsolutePath == "/", new() { WaitUntil = WaitUntilState.Commit });
        }
        catch (TimeoutException exception)
        {
            throw new InvalidOperationException($"{role} did not get in. The page at {page.Url} says: {await page.InnerTextAsync("body")}", exception);
        }

        await page.CloseAsync();
        return context;
    }

    private async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions? options)
    {
        options ??= new BrowserNewContextOptions();
        options.BaseURL ??= Server.Http.BaseAddress!.ToString();
        options.ViewportSize ??= new ViewportSize { Width = 1400, Height = 900 };
        var context = await _browser!.NewContextAsync(options);

        // A loaded machine starts Studio's runtime slowly; what fails, fails by its condition and not by this.
        context.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        return context;
    }
}

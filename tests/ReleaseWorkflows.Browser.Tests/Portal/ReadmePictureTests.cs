using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Browser.Tests.Portal;

/// <summary>
/// The pictures of README.md: a server with two busy weeks behind it. With <c>RELEASEWORKFLOWS_PICTURES</c> set to a folder they are left there, to be copied to
/// <c>docs/images</c>.
/// </summary>
public sealed class ReadmePictureTests(SharedBrowser shared) : IClassFixture<SharedBrowser>
{
    private const int MaximumBytes = 300_000;

    private static readonly string? Pictures = Environment.GetEnvironmentVariable("RELEASEWORKFLOWS_PICTURES");

    [BrowserFact]
    public async Task The_pictures_of_the_README_show_what_the_pages_show_now()
    {
        await using var server = await TestServer.StartAsync();
        var story = new Story(server);
        var (rollout, request) = await story.TellAsync();
        await using var developer = await OpenAsync(server, Role.DeveloperAdmin, ColorScheme.Light);
        await using var reviewer = await OpenAsync(server, Role.Reviewer, ColorScheme.Light);
        await using var night = await OpenAsync(server, Role.DeveloperAdmin, ColorScheme.Dark);

        await TakeAsync(developer, "my-work", "/", "Raise the percentage from 20 %");
        await TakeAsync(developer, "release-rollout", $"/releases/{rollout}", "20 % of the users have this version.");
        await reviewer.Page.SetViewportSizeAsync(1400, 1240);
        await TakeAsync(reviewer, "request", $"/approvals/{request}", "Against what was approved last");
        await TakeAsync(night, "versions", "/mini-programs/coffee?open=1.1.0", "Grayscale Release · 20 %");
    }

    private static async Task TakeAsync(BrowserPage tab, string name, string address, string text)
    {
        await tab.OpenAsync(address, text);
        var picture = await tab.Page.ScreenshotAsync();
        Assert.True(picture.Length < MaximumBytes, $"{name} has {picture.Length} bytes.");
        if (Pictures is not null)
        {
            Directory.CreateDirectory(Pictures);
            await File.WriteAllBytesAsync(Path.Combine(Pictures, $"readme-{name}.png"), picture);
        }
    }

    private async Task<BrowserPage> OpenAsync(TestServer server, Role role, ColorScheme scheme)
    {
        var tab = await shared.OpenAnonymousAsync(new BrowserNewContextOptions { BaseURL = server.Http.BaseAddress!.ToString(), ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        var user = server.DemoUser(role);
        await tab.Page.GotoAsync("/sign-in");
        await tab.Page.GetByLabel("E-mail address").FillAsync(user.Email);
        await tab.Page.GetByLabel("Password").FillAsync(user.Password);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "My work" }).WaitForAsync();
        return tab;
    }

    /// <summary>What has happened on the server, with the days between.</summary>
    private sealed class Story(TestServer server)
    {
        private readonly ApiClient _developer = server.As(Role.DeveloperAdmin);
        private readonly ApiClient _reviewer = server.As(Role.Reviewer);

        /// <summary>Tells it.</summary>
        /// <returns>A release in grayscale, and one whose request waits.</returns>
        public async Task<(string Rollout, string Request)> TellAsync()
        {
            await CreateAsync("transit", "City Transit", "Tickets and departures of trains, trams and buses.", "Travel");
            await CreateAsync("parcel", "Parcel", "Follow a parcel, and send it elsewhere.", "Logistics");

            // Before the clock is turned: what came in long ago and belongs to nothing is removed.
            await UploadAsync("transit", "2.0.0");
            await UploadAsync("coffee", "1.1.0", ("pages/loyalty.js", "export const points = order => Math.floor(order.total / 100);\n"));
            await UploadAsync("transit", "2.1.0", ("utils/refresh.js", "export const seconds = 60;\n"));
            await UploadAsync("parcel", "3.0.0");
            await UploadAsync("coffee", "1.2.0");
            await UploadAsync("transit", "2.2.0", ("utils/refresh.js", "export const seconds = 15;\n"), ("pages/tickets.js", "export const kinds = [\"adult\", \"child\", \"bicycle\"];\n"));

            var coffee = await ReleaseAsync("coffee", "1.0.0", "superapp-a", "Production", "Order ahead, and pick up without queueing.");
            await ApproveAsync(coffee);
            await GoLiveAsync(coffee, 100);
            server.Clock.Advance(TimeSpan.FromDays(4));
            var transit = await ReleaseAsync("transit", "2.0.0", "superapp-a", "Production", "Departures in real time.");
            await ApproveAsync(transit);
            await GoLiveAsync(transit, 100);
            server.Clock.Advance(TimeSpan.FromDays(3));

            var rollout = await ReleaseAsync("coffee", "1.1.0", "superapp-a", "Production", "A loyalty card.");
            await DoAsync(_developer, rollout, "apply");
            server.Clock.Advance(TimeSpan.FromHours(5));
            await DoAsync(_reviewer, rollout, "reject", new { category = "Details", reason = "Please say in the notes where the points are kept." });
            await DoAsync(_developer, rollout, "apply", new { releaseNotes = "A loyalty card. Points are kept with the Acme account." });
            await ApproveAsync(rollout, isApplied: true);
            (await _developer.PutAsync($"/api/releases/{rollout}/testers", new { userIds = Enumerable.Range(1001, 60).Select(number => $"u-{number}") })).Is(HttpStatusCode.OK);
            server.Clock.Advance(TimeSpan.FromDays(1));

            var given = await ReleaseAsync("transit", "2.1.0", "superapp-a", "Production", "Departures refresh by themselves.");
            await ApproveAsync(given);
            await DoAsync(_developer, given, "cancel", new { reason = "It refreshes too seldom." });
            await GoLiveAsync(rollout, 1);
            server.Clock.Advance(TimeSpan.FromDays(1));
            await DoAsync(_developer, rollout, "grayscale", new { percentage = 5 });
            server.Clock.Advance(TimeSpan.FromDays(1));
            await DoAsync(_developer, rollout, "grayscale", new { percentage = 20 });

            await ApproveAsync(await ReleaseAsync("parcel", "3.0.0", "superapp-a", "Production", "Follow a parcel on a map."));
            await DoAsync(_developer, await ReleaseAsync("parcel", "3.0.0", "superapp-b", "Production", "Follow a parcel on a map."), "apply");
            await DoAsync(_developer, await ReleaseAsync("coffee", "1.2.0", "superapp-a", "Test", "Faster payment."), "apply");
            server.Clock.Advance(TimeSpan.FromHours(20));

            var configuration = new { serverDomains = new[] { "api.transit.example", "tickets.transit.example" }, environmentVariables = new { API_URL = "https://api.transit.example/v2" } };
            var request = await ReleaseAsync("transit", "2.2.0", "superapp-a", "Production", "Tickets for bicycles, and departures that refresh every 15 seconds.", configuration);
            await DoAsync(_developer, request, "apply");
            server.Clock.Advance(TimeSpan.FromHours(2));
            return (rollout, request);
        }

        private async Task CreateAsync(string key, string name, string description, string category) => (await _developer.PostAsync("/api/mini-programs", new
        {
            key,
            name,
            description,
            category,
            configuration = new { serverDomains = new[] { $"api.{key}.example" }, environmentVariables = new { API_URL = $"https://api.{key}.example/v1" } },
        })).Is(HttpStatusCode.Created);

        private async Task UploadAsync(string miniProgram, string version, params (string Path, string Text)[] files)
        {
            using var package = new MemoryStream();
            await package.WriteAsync(ApiClient.Sample("coffee"));
            using (var zip = new ZipArchive(package, ZipArchiveMode.Update, leaveOpen: true))
            {
                foreach (var (path, text) in files)
                {
                    await using var entry = zip.CreateEntry(path).Open();
                    await entry.WriteAsync(Encoding.UTF8.GetBytes(text));
                }
            }

            (await _developer.UploadAsync(miniProgram, version, package.ToArray())).Is(HttpStatusCode.Created);
        }

        private async Task<string> ReleaseAsync(string miniProgram, string version, string app, string environment, string releaseNotes, object? configuration = null)
        {
            var id = (await _developer.PostAsync("/api/releases", new { miniProgram, version, app, environment, releaseNotes })).Is(HttpStatusCode.Created).Text("id")!;
            if (configuration is not null)
            {
                (await _developer.PutAsync($"/api/releases/{id}/configuration", configuration)).Is(HttpStatusCode.OK);
            }

            await Eventually.ReadAsync(() => _developer.GetAsync($"/api/releases/{id}"), answer => answer.Text("building") == "Ready", "the build");
            return id;
        }

        private async Task ApproveAsync(string id, bool isApplied = false)
        {
            if (!isApplied)
            {
                await DoAsync(_developer, id, "apply");
            }

            server.Clock.Advance(TimeSpan.FromHours(3));
            await DoAsync(_reviewer, id, "approve");
        }

        private async Task GoLiveAsync(string id, int percentage)
        {
            await DoAsync(_developer, id, "complete-pilot");
            await DoAsync(_developer, id, "grayscale", new { percentage });
        }

        private static async Task DoAsync(ApiClient who, string id, string command, object? body = null) =>
            (await who.PostAsync($"/api/releases/{id}/{command}", body ?? new { })).Is(HttpStatusCode.OK);
    }
}

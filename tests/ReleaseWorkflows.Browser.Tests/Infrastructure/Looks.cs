using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using ReleaseWorkflows.Server.FrontEnd;

namespace ReleaseWorkflows.Browser.Tests.Infrastructure;

/// <summary>
/// Looks at the page of a tab as people with little sight, small screens and dark rooms do. Each page is looked at once in each state that differs:
/// <c>await tab.LookAsync("release-under-review")</c>.
/// </summary>
/// <remarks>With <c>RELEASEWORKFLOWS_PICTURES</c> set to a folder, each look leaves its pictures there, for people to look at.</remarks>
internal static class Looks
{
    private const string TablesThatScroll = "[...document.querySelectorAll('.table-responsive')].filter(table => table.scrollWidth > table.clientWidth).length";

    private static readonly string? Pictures = Environment.GetEnvironmentVariable("RELEASEWORKFLOWS_PICTURES");

    /// <summary>At 1,400 and 400 pixels, light and dark: nothing is wider than the screen, at 400 no table scrolls sideways, and axe finds nothing. Leaves the tab at 1,400, light.</summary>
    /// <param name="tab">The tab.</param>
    /// <param name="name">Names the page in the failure, and its pictures.</param>
    /// <param name="except">Selects what is not ours to mend; null: the whole page is looked at.</param>
    public static async Task LookAsync(this BrowserPage tab, string name, string? except = null)
    {
        var found = new List<string>();
        foreach (var width in new[] { 400, 1400 })
        {
            await tab.Page.SetViewportSizeAsync(width, 900);
            foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
            {
                await tab.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                if (Pictures is not null)
                {
                    Directory.CreateDirectory(Pictures);
                    await tab.Page.EvaluateAsync("scrollTo(0, 0)");
                    await tab.Page.ScreenshotAsync(new PageScreenshotOptions
                    {
                        Path = Path.Combine(Pictures, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}.png"),
                        FullPage = true,
                    });
                }

                found.AddRange((await tab.FindViolationsAsync(except)).Select(violation => $"{name}, {width} pixels, {scheme}: {violation}"));
                if (await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") is var wide && wide > width)
                {
                    found.Add($"{name}, {width} pixels, {scheme}: the page is {wide} pixels wide.");
                }

                if (width == 400 && await tab.Page.EvaluateAsync<int>(TablesThatScroll) is var tables && tables > 0)
                {
                    found.Add($"{name}, {width} pixels, {scheme}: {tables} tables scroll sideways.");
                }
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    /// <summary>Fails if axe finds a violation of WCAG 2.2 A or AA, or of its best practices.</summary>
    /// <param name="tab">The tab.</param>
    /// <param name="where">Names the page in the failure.</param>
    /// <param name="except">Selects what is not ours to mend; null: the whole page is looked at.</param>
    public static async Task AssertAccessibleAsync(this BrowserPage tab, string where, string? except = null)
    {
        var violations = await tab.FindViolationsAsync(except);
        Assert.True(violations.Count == 0, $"{where}: {string.Join('\n', violations)}");
    }

    private static async Task<IReadOnlyList<string>> FindViolationsAsync(this BrowserPage tab, string? except = null)
    {
        var folder = tab.Server.Services.GetRequiredService<FrontEndFolder>();
        await tab.Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(folder.Packages, "axe-core", "axe.min.js")));
        var json = await tab.Page.EvaluateAsync<string>(
            """
            async except => {
              const found = await axe.run({ include: [["html"]], exclude: except ? [[except]] : [] }, { resultTypes: ["violations"] });
              return JSON.stringify(found.violations.map(rule => `${rule.id}: ${rule.help}\n` + rule.nodes.map(node => `  ${node.target.join(" ")}: ${node.failureSummary}`).join("\n")));
            }
            """,
            except);
        return JsonSerializer.Deserialize<string[]>(json)!;
    }
}

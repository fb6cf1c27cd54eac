using System.Collections.Concurrent;
using System.Text;
using Microsoft.Playwright;

namespace ReleaseWorkflows.Browser.Tests.Infrastructure;

/// <summary>What the tabs of one test had to tell when they were closed, for the case that it failed.</summary>
internal sealed class TabReports
{
    private static readonly AsyncLocal<TabReports?> Running = new();

    private readonly ConcurrentQueue<string> _reports = new();

    /// <summary>The test that runs; null outside of one.</summary>
    public static TabReports? Current => Running.Value;

    /// <summary>Says that a test begins in this flow.</summary>
    public static TabReports Begin() => Running.Value = new TabReports();

    /// <summary>Adds what a tab told.</summary>
    public void Add(string report) => _reports.Enqueue(report);

    /// <inheritdoc/>
    public override string ToString() => string.Concat(_reports.Select(report => "\n\n" + report));
}

/// <summary>What one tab did last: requests and words in the console.</summary>
internal sealed class TabRecord
{
    private const int Kept = 40;
    private const int Shown = 3000;

    // A page that is stuck answers nothing at all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static int _pictures;

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<IRequest, string> _underWay = new();

    /// <summary>Follows a tab.</summary>
    public TabRecord(IPage page)
    {
        page.Console += (_, message) =>
        {
            // Studio tells of every request it makes; they are noted with their answers.
            if (message.Type is not "info" and not "log")
            {
                Add($"console {message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => Add("exception: " + error);
        page.FrameNavigated += (_, frame) => Add("page " + frame.Url);
        page.Request += (_, request) => _underWay[request] = NameOf(request);
        page.RequestFinished += (_, request) => _underWay.TryRemove(request, out var _);
        page.Response += (_, response) =>
        {
            if (response.Request.ResourceType is "document" or "fetch" or "xhr" || response.Status >= 400)
            {
                Add($"{response.Status} {NameOf(response.Request)}");
            }
        };
        page.RequestFailed += (_, request) =>
        {
            _underWay.TryRemove(request, out var _);
            Add($"{request.Failure} {NameOf(request)}");
        };
    }

    /// <summary>The record with what the tab shows.</summary>
    /// <param name="page">The tab, still open.</param>
    /// <param name="picture">Whether to leave a picture of it, too.</param>
    public async Task<string> TellAsync(IPage page, bool picture)
    {
        var text = new StringBuilder($"--- The tab at {page.Url}, its last {Kept} events:\n").AppendJoin('\n', _lines);
        if (!_underWay.IsEmpty)
        {
            text.Append("\n--- Not answered: ").AppendJoin(", ", _underWay.Values);
        }

        try
        {
            var shown = await page.EvaluateAsync<string>("document.body?.innerText ?? ''").WaitAsync(Patience);
            text.Append("\n--- It shows:\n").Append(shown.Length > Shown ? shown[..Shown] + " …" : shown);
            if (picture)
            {
                var file = Path.Combine(AppContext.BaseDirectory, "failures", $"{Environment.ProcessId}-{Interlocked.Increment(ref _pictures)}.png");
                await page.ScreenshotAsync(new PageScreenshotOptions { Path = file, Timeout = (float)Patience.TotalMilliseconds });
                text.Append("\n--- Its picture: ").Append(file);
            }
        }
        catch (Exception exception) when (exception is PlaywrightException or TimeoutException)
        {
            text.Append("\n--- It cannot be looked at: ").Append(exception.Message);
        }

        return text.ToString();
    }

    private static string NameOf(IRequest request) => $"{request.Method} {new Uri(request.Url).PathAndQuery}";

    private void Add(string line)
    {
        _lines.Enqueue(line);
        while (_lines.Count > Kept)
        {
            _lines.TryDequeue(out _);
        }
    }
}

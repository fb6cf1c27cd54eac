using System.Collections.Concurrent;
using Microsoft.Playwright;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Browser.Tests.Infrastructure;

/// <summary>A tab. Whatever the browser complains about on the way fails the test in the end: errors in the console, exceptions of scripts, requests that fail.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    private const string Aborted = "net::ERR_ABORTED";
    private const string Withdrew = "Studio withdrew ";

    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentDictionary<IRequest, int> _stays = new();
    private readonly ConcurrentQueue<string> _aborted = new();
    private readonly ConcurrentQueue<string> _withdrawn = new();
    private readonly TabRecord _record;
    private int _stay;
    private bool _isFine;
    private readonly List<Func<string, bool>> _expected = [];

    public BrowserPage(IPage page, TestServer server)
    {
        Page = page;
        Server = server;
        _record = new TabRecord(page);
        page.Console += (_, message) =>
        {
            if (message.Text.StartsWith(Withdrew, StringComparison.Ordinal))
            {
                _withdrawn.Enqueue(message.Text[Withdrew.Length..]);
            }

            // A refused request is noted below with its status; the console only repeats it.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _complaints.Enqueue($"console {message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => _complaints.Enqueue("exception: " + error);
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                _complaints.Enqueue($"{response.Status} {response.Request.Method} {new Uri(response.Url).PathAndQuery}");
            }
        };
        page.Request += (_, request) => _stays[request] = request.IsNavigationRequest && request.Frame == page.MainFrame ? Interlocked.Increment(ref _stay) : _stay;
        page.RequestFailed += (_, request) =>
        {
            if (request.Failure != Aborted)
            {
                _complaints.Enqueue($"{request.Failure} {request.Method} {request.Url}");
            }
            else if (_stays.GetValueOrDefault(request) == _stay)
            {
                // Leaving a page gives up what is under way there; this page stands.
                _aborted.Enqueue($"{request.Method} {new Uri(request.Url).AbsolutePath}");
            }
        };
    }

    /// <summary>The tab itself.</summary>
    public IPage Page { get; }

    /// <summary>The server behind it.</summary>
    public TestServer Server { get; }

    /// <summary>Says that a test provokes a complaint, which then does not fail it.</summary>
    public void Expect(Func<string, bool> complaint) => _expected.Add(complaint);

    /// <summary>Opens an address and waits for a text on it.</summary>
    public async Task OpenAsync(string address, string text)
    {
        await Page.GotoAsync(address);
        await Page.GetByText(text).First.WaitForAsync();
    }

    /// <summary>Fails if the browser has complained.</summary>
    public void AssertNoComplaints()
    {
        // What the page's own code takes back has failed nobody; whatever else ends early has.
        var lost = _aborted.ToList();
        lost.RemoveAll(_withdrawn.Contains);
        var unexpected = _complaints.Concat(lost.Select(request => $"{Aborted} {request}")).Where(complaint => !_expected.Exists(expected => expected(complaint))).ToList();
        Assert.True(unexpected.Count == 0, string.Join('\n', unexpected));
        _isFine = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (TabReports.Current is { } reports)
        {
            reports.Add(await _record.TellAsync(Page, picture: !_isFine));
        }

        await Page.CloseAsync();
    }
}

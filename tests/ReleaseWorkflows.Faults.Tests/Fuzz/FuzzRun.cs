using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Faults.Tests.Fuzz;

/// <summary>
/// Sends a server what nobody should send it (R12): broken definitions, lists of testers, credentials, queries, uploads, commands. Whatever it is, the
/// answer is no error of the server, comes in time, and costs a bounded amount of memory.
/// </summary>
/// <param name="seed">The case number n follows from <c>seed + n</c> alone: a case is repeated by <c>fuzz 1 [its seed]</c>.</param>
internal sealed class FuzzRun(int seed)
{
    private const int Workers = 2;
    private const int MoreTries = 3;
    private const long MostMemory = 200L * 1024 * 1024;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);

    private readonly SortedDictionary<string, int> _statuses = new(StringComparer.Ordinal);
    private readonly List<string> _violations = [];
    private readonly Lock _lock = new();
    private int _cases;
    private TimeSpan _slowest;
    private string _slowestCase = "";

    /// <summary>What was found; empty: nothing.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Statuses by kind of request, with how often each came.</summary>
    public IReadOnlyDictionary<string, int> Statuses => _statuses;

    /// <summary>Sends so many cases, or fewer if something is found.</summary>
    public async Task RunAsync(int cases, Action<string>? progress = null)
    {
        using var data = await PreparedData.CopyAsync();
        // A million lines of log would be the test's own memory.
        await using var server = await TestServer.StartAsync(builder => builder.Logging.ClearProviders(), data.Path);
        var targets = await PrepareAsync(server);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 })
        {
            BaseAddress = server.Http.BaseAddress,
            Timeout = TimeSpan.FromSeconds(30),
        };
        if (cases == 1)
        {
            using var shown = new FuzzCase(new Random(seed), targets).Make().Request;
            progress?.Invoke($"{shown}\n{(shown.Content is null ? "" : await shown.Content.ReadAsStringAsync())}");
        }
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            for (var number = Interlocked.Increment(ref next); number < cases && _violations.Count < 5; number = Interlocked.Increment(ref next))
            {
                await TryAsync(http, targets, unchecked(seed + number));
                if (number > 0 && number % 1_000 == 0)
                    progress?.Invoke(ToString());
            }
        })));
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        if (grown > MostMemory)
            _violations.Add(string.Create(CultureInfo.InvariantCulture, $"The server keeps {grown / 1_048_576} MB after {_cases} cases."));
        if ((await server.Anonymous.GetAsync("/health/ready")).Status != HttpStatusCode.OK)
            _violations.Add("The server is not ready any more.");
        await server.StopAsync();
        _violations.AddRange(DatabaseCheck.Run(data.DatabasePath).Findings.Select(finding => $"{finding.Check}: {finding.Sentence}"));
    }

    /// <summary>The figures of the run.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture,
                $"seed {seed}: {_cases} cases, slowest {_slowest.TotalMilliseconds:0} ms ({_slowestCase}), {_violations.Count} violations"));
            foreach (var (status, count) in _statuses)
                text.Append(CultureInfo.InvariantCulture, $"\n  {status}: {count}");
            foreach (var violation in _violations)
                text.Append("\n  VIOLATION ").Append(violation);
            return text.ToString();
        }
    }

    private async Task TryAsync(HttpClient http, FuzzTargets targets, int caseSeed)
    {
        var (watch, allocated) = (Stopwatch.StartNew(), GC.GetTotalAllocatedBytes());
        var (kind, status, mayNotBe) = await SendAsync(http, targets, caseSeed);
        var (took, memory) = (watch.Elapsed, GC.GetTotalAllocatedBytes() - allocated);
        lock (_lock)
        {
            _cases++;
            var name = string.Create(CultureInfo.InvariantCulture, $"{kind} {status}");
            _statuses[name] = _statuses.GetValueOrDefault(name) + 1;
            if (took > _slowest)
                (_slowest, _slowestCase) = (took, $"{kind}, seed {caseSeed}");
            if (status >= 500 || status == 0)
                _violations.Add($"{kind}, seed {caseSeed}: answered with {status}.");
            if (status == mayNotBe)
                _violations.Add($"{kind}, seed {caseSeed}: was let in.");
        }
        // Others were at work meanwhile, on a busy machine also other programs. What it costs by itself is the least of some more tries.
        for (var tries = 0; tries < MoreTries && (took > MostTime || memory > 2 * MostMemory); tries++)
        {
            (watch, allocated) = (Stopwatch.StartNew(), GC.GetTotalAllocatedBytes());
            await SendAsync(http, targets, caseSeed);
            (took, memory) = (Least(took, watch.Elapsed), Math.Min(memory, GC.GetTotalAllocatedBytes() - allocated));
        }
        lock (_lock)
        {
            if (took > MostTime)
                _violations.Add($"{kind}, seed {caseSeed}: took {took.TotalSeconds:0.0} s.");
            if (memory > 2 * MostMemory)
                _violations.Add($"{kind}, seed {caseSeed}: needed {memory / 1_048_576} MB.");
        }
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static async Task<(string Kind, int Status, int MayNotBe)> SendAsync(HttpClient http, FuzzTargets targets, int caseSeed)
    {
        var made = new FuzzCase(new Random(caseSeed), targets).Make();
        using var request = made.Request;
        try
        {
            using var response = await http.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
            return (made.Kind, (int)response.StatusCode, made.MayNotBe);
        }
        catch (HttpRequestException) when (request.Content is not null)
        {
            // The server has refused a body before it was read to its end, and closed the connection; whether it lives shows at the next case.
            return (made.Kind, 499, made.MayNotBe);
        }
    }

    private static async Task<FuzzTargets> PrepareAsync(TestServer server)
    {
        var scene = ReleaseScene.Coffee(server);
        var pilot = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(pilot, "apply");
        await scene.DoAsync(pilot, "approve");
        var release = await scene.ReleaseAsync("Test");
        var user = server.DemoUser(Role.Reviewer);
        var token = (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Text("token")!;
        return new FuzzTargets(
            new AuthenticationHeaderValue("ApiKey", server.DemoUser(Role.Administrator).ApiKey),
            new AuthenticationHeaderValue("ApiKey", server.DemoUser(Role.DeveloperAdmin).ApiKey),
            token, pilot, release, ApiClient.Sample("coffee"));
    }
}

/// <summary>What the cases are aimed at.</summary>
/// <param name="Administrator">Credentials that may change definitions.</param>
/// <param name="Developer">Credentials of whoever releases.</param>
/// <param name="Token">A token that is good.</param>
/// <param name="Pilot">A release that takes testers.</param>
/// <param name="Release">Another release.</param>
/// <param name="Package">A package that is good.</param>
internal sealed record FuzzTargets(
    AuthenticationHeaderValue Administrator, AuthenticationHeaderValue Developer, string Token, string Pilot, string Release, byte[] Package);

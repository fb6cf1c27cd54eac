using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Faults.Tests.Processes;
using Xunit.Abstractions;

namespace ReleaseWorkflows.Faults.Tests.Limits;

/// <summary>A list of a million testers (R13): it is taken, in bounded time and memory, and nobody beside it waits for long.</summary>
public sealed class HugeListTests(ITestOutputHelper output)
{
    private const int Testers = 1_000_000;

    [Fact]
    public async Task A_million_testers_are_taken_in_bounded_time_and_memory_while_others_work()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var data = await PreparedData.CopyAsync();
        await using var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path });
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(2) };
        var keys = ReadKeys(data);
        var id = await ReviewedAsync(http, keys);
        var before = PeakMegabytes(server);
        using var stop = new CancellationTokenSource();
        var others = WorkAsync(http, keys, stop.Token);

        var watch = Stopwatch.StartNew();
        var list = new StringBuilder(10 * Testers).AppendJoin('\n', Enumerable.Range(0, Testers).Select(number => string.Create(CultureInfo.InvariantCulture, $"u-{number}")));
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(list.ToString()));
        file.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        var (status, answer) = await SendAsync(http, keys, "DeveloperAdmin", HttpMethod.Put, $"/api/releases/{id}/testers", new MultipartFormDataContent { { file, "file", "testers.csv" } });
        watch.Stop();
        await stop.CancelAsync();
        var (steps, longest) = await others;

        var grown = PeakMegabytes(server) - before;
        output.WriteLine($"{(int)status} in {watch.Elapsed.TotalSeconds:0.0} s, peak memory {before} MB + {grown} MB; {steps} steps of others meanwhile, the longest took {longest.TotalSeconds:0.0} s");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(Testers, answer.GetProperty("total").GetInt32());
        Assert.Equal(Testers, Rows.Count(data, "SELECT count(*) FROM testers"));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.InRange(grown, 0, 1_000);
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    private static async Task<string> ReviewedAsync(HttpClient http, Dictionary<string, string> keys)
    {
        var created = await AskAsync("DeveloperAdmin", HttpMethod.Post, "/workflows/releases", new { miniProgram = "coffee", version = "1.0.0", app = "superapp-a", environment = "Sandbox" });
        var path = $"/api/releases/{created.GetProperty("id").GetString()}";
        while ((await AskAsync("DeveloperAdmin", HttpMethod.Get, path, null)).GetProperty("building").GetString() != "Ready")
            await Task.Yield();
        await AskAsync("DeveloperAdmin", HttpMethod.Post, path + "/apply", new { });
        await AskAsync("Reviewer", HttpMethod.Post, path + "/approve", new { });
        return created.GetProperty("id").GetString()!;

        async Task<JsonElement> AskAsync(string role, HttpMethod method, string address, object? body)
        {
            var (status, answer) = await SendAsync(http, keys, role, method, address, body is null ? null : JsonContentOf(body));
            Assert.True((int)status < 300, $"{method} {address}: {status} {answer}");
            return answer;
        }
    }

    private static async Task<(int Steps, TimeSpan Longest)> WorkAsync(HttpClient http, Dictionary<string, string> keys, CancellationToken cancellationToken)
    {
        var (steps, longest) = (0, TimeSpan.Zero);
        for (; !cancellationToken.IsCancellationRequested; steps++)
        {
            var watch = Stopwatch.StartNew();
            var (status, answer) = await SendAsync(http, keys, "DeveloperAdmin", HttpMethod.Post, "/api/mini-programs", JsonContentOf(new { key = $"m{steps}", name = "Tea" }));
            Assert.True(status == HttpStatusCode.Created, $"{status} {answer}");
            longest = watch.Elapsed > longest ? watch.Elapsed : longest;
        }

        return (steps, longest);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(
        HttpClient http, Dictionary<string, string> keys, string role, HttpMethod method, string address, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("ApiKey", keys[role]);
        using var response = await http.SendAsync(request);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, json.RootElement.Clone());
    }

    private static StringContent JsonContentOf(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private static Dictionary<string, string> ReadKeys(DataDirectory data)
    {
        using var access = JsonDocument.Parse(File.ReadAllText(data.Combine("demo-access.json")));
        return access.RootElement.GetProperty("users").EnumerateArray().ToDictionary(user => user.GetProperty("role").GetString()!, user => user.GetProperty("apiKey").GetString()!);
    }

    private static long PeakMegabytes(ServerProcess server) => long.Parse(
        File.ReadLines($"/proc/{server.Id.ToString(CultureInfo.InvariantCulture)}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;
}

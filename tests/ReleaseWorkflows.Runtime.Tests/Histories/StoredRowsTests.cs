using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Runtime.Tests.Histories;

/// <summary>
/// Instances in every kind of wait, and faulted ones, as released versions stored them (<c>*.rows</c>). A file is never changed: every later version has to
/// go on with it.
/// </summary>
public sealed class StoredRowsTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Histories");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.rows").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Instances_stored_earlier_go_on_to_their_end(string name)
    {
        var file = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".rows")))!.AsObject();
        var rows = StoredRows.Begin();
        using var host = rows.Host;
        await rows.ReadAsync(file);

        foreach (var step in file["steps"].Deserialize<string[]>()!)
            await rows.TakeAsync(step);

        Assert.Equal(file["lines"].Deserialize<string[]>(), host.Trace.Lines);
        Assert.All(host.Database.Committed.Instances.Values, instance => Assert.Equal("Finished", instance.SubStatus));
        Assert.Empty(host.Database.Committed.Bookmarks);
        Assert.Empty(host.Database.Committed.Jobs);
    }

    [Fact]
    public async Task Ten_publications_later_a_waiting_instance_still_runs_its_own_version()
    {
        using var host = new EngineHost();
        for (var version = 1; version <= 10; version++)
        {
            await host.PublishAsync(Flow.Of("f", [Flow.Wait("w"), Flow.Step($"version{version}")], $"w -> version{version}"));
            await host.StartAsync("f", correlationId: $"{version}");
        }

        await host.SignalAsync("Test.Wait", new WaitStimulus("w"), correlationId: "1");
        await host.SignalAsync("Test.Wait", new WaitStimulus("w"), correlationId: "7");

        Assert.Equal(["w resumed", "version1", "w resumed", "version7"], host.Trace.Lines);
    }
}

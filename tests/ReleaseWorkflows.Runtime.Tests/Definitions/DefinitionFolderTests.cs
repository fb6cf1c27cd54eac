using ReleaseWorkflows.Runtime.Definitions;

namespace ReleaseWorkflows.Runtime.Tests.Definitions;

public sealed class DefinitionFolderTests : IDisposable
{
    private readonly EngineHost _host = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("definitions-");

    public void Dispose()
    {
        _host.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Every_file_below_the_folder_is_published()
    {
        Write("a.json", Flow.Of("one", [Flow.Step("a")]));
        Write("deep/er/b.json", Flow.Of("two", [Flow.Step("b")]));
        Write("readme.txt", "not a definition");

        var reports = await LoadAsync();

        Assert.Equal([("a.json", FileOutcome.Published), (Path.Combine("deep", "er", "b.json"), FileOutcome.Published)], Outcomes(reports));
        await _host.StartAsync("one");
        await _host.StartAsync("two");
        Assert.Equal(["a", "b"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_bad_file_is_reported_and_the_others_load()
    {
        Write("a.json", "{ not json");
        Write("b.json", Flow.Of("two", [Flow.Activity("x", "No.One")]));
        Write("c.json", Flow.Of("three", [Flow.Step("c")]));

        var reports = await LoadAsync();

        Assert.Equal([("a.json", FileOutcome.Refused), ("b.json", FileOutcome.Refused), ("c.json", FileOutcome.Published)], Outcomes(reports));
        Assert.Equal("x", reports[1].Findings.Single().Node);
    }

    [Fact]
    public async Task A_definition_may_use_one_whose_file_comes_later()
    {
        Write("a.json", Flow.Of("user", [Flow.Activity("c1", "Used")]));
        Write("b.json", Flow.Of("used", [Flow.Step("b")], [], [], definition =>
            definition["options"] = new System.Text.Json.Nodes.JsonObject { ["usableAsActivity"] = true }));

        Assert.Equal([("a.json", FileOutcome.Published), ("b.json", FileOutcome.Published)], Outcomes(await LoadAsync()));

        using var restarted = new EngineHost(database: _host.Database);
        var reports = await restarted.Definitions.LoadAsync(_folder.FullName);
        Assert.Equal([("a.json", FileOutcome.Unchanged), ("b.json", FileOutcome.Unchanged)], Outcomes(reports));
        await restarted.StartAsync("user");
        Assert.Equal(["b"], restarted.Trace.Lines);
    }

    [Fact]
    public async Task An_unchanged_file_does_nothing()
    {
        Write("a.json", Flow.Of("one", [Flow.Step("a")]));
        await LoadAsync();
        var commits = _host.Database.Commits;

        var reports = await LoadAsync();

        Assert.Equal([("a.json", FileOutcome.Unchanged)], Outcomes(reports));
        Assert.Equal(commits, _host.Database.Commits);
    }

    [Fact]
    public async Task A_changed_file_becomes_the_next_version()
    {
        Write("a.json", Flow.Of("one", [Flow.Step("a")]));
        await LoadAsync();
        Write("a.json", Flow.Of("one", [Flow.Step("b")]));

        await LoadAsync();

        Assert.Equal([1, 2], _host.Database.Committed.Definitions.Values.Select(version => version.Version).Order());
        await _host.StartAsync("one");
        Assert.Equal(["b"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_definition_edited_elsewhere_stays_as_long_as_its_file_is_left_alone()
    {
        Write("a.json", Flow.Of("one", [Flow.Step("a")]));
        await LoadAsync();
        await _host.PublishAsync(Flow.Of("one", [Flow.Step("studio")]));

        var reports = await LoadAsync();

        Assert.Equal([("a.json", FileOutcome.Unchanged)], Outcomes(reports));
        await _host.StartAsync("one");
        Assert.Equal(["studio"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_definition_edited_elsewhere_is_not_overwritten_by_a_changed_file()
    {
        Write("a.json", Flow.Of("one", [Flow.Step("a")]));
        await LoadAsync();
        await _host.PublishAsync(Flow.Of("one", [Flow.Step("studio")]));
        Write("a.json", Flow.Of("one", [Flow.Step("b")]));

        var reports = await LoadAsync();

        Assert.Equal([("a.json", FileOutcome.Superseded)], Outcomes(reports));
        Assert.Contains("was made elsewhere and is newer", reports[0].Findings.Single().Reason, StringComparison.Ordinal);
        await _host.StartAsync("one");
        Assert.Equal(["studio"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Two_files_with_one_definition_are_a_mistake()
    {
        Write("a.json", Flow.Of("one", [Flow.Step("a")]));
        Write("b.json", Flow.Of("one", [Flow.Step("b")]));

        var reports = await LoadAsync();

        Assert.Equal([("a.json", FileOutcome.Published), ("b.json", FileOutcome.Refused)], Outcomes(reports));
        Assert.Equal("The definition 'one' is in the file 'a.json' too.", reports[1].Findings.Single().Reason);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_holds_nothing() =>
        Assert.Empty(await _host.Definitions.LoadAsync(Path.Combine(_folder.FullName, "nowhere")));

    private Task<IReadOnlyList<FileReport>> LoadAsync() => _host.Definitions.LoadAsync(_folder.FullName);

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static IEnumerable<(string, FileOutcome)> Outcomes(IReadOnlyList<FileReport> reports) =>
        reports.Select(report => (report.Path, report.Outcome));
}

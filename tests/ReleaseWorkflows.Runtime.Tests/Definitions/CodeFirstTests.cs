using System.Text.Json.Nodes;
using Elsa.Workflows;
using Guides;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Definitions.CodeFirst;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Runtime.Tests.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Definitions;

/// <summary>Workflows that are written in code are definitions beside those of files.</summary>
public sealed class CodeFirstTests : IDisposable
{
    private readonly StringWriter _console = new();
    private readonly InMemoryDatabase _database = new();

    [Fact]
    public async Task A_workflow_in_code_is_published_when_the_host_starts()
    {
        using var host = await StartAsync(options => options.AddWorkflow<HelloWorld>());

        var run = await host.StartAsync(nameof(HelloWorld));

        Assert.Equal(WorkflowSubStatus.Finished, run.SubStatus);
        Assert.Equal(["Hello World!", "Goodbye!"], Lines);
        var stored = Assert.Single(Versions(nameof(HelloWorld)));
        Assert.Equal((1, true, true), (stored.Version, stored.IsLatest, stored.IsPublished));
        Assert.Equal((true, "CLR"), (stored.IsReadonly, stored.ProviderName));
    }

    [Fact]
    public async Task The_stored_text_is_a_definition_that_Studio_can_show()
    {
        using var host = await StartAsync(options => options.AddWorkflow<WaitThenGreet>());

        var text = JsonNode.Parse(Versions(nameof(WaitThenGreet)).Single().Json)!;

        Assert.True((bool?)text["isReadonly"]);
        Assert.Equal("Wait, then greet", (string?)text["name"]);
        Assert.Equal(("Person", "String"), ((string?)text["inputs"]![0]!["name"], (string?)text["inputs"]![0]!["type"]));
        Assert.Equal(("Person", "nobody"), ((string?)text["variables"]![0]!["id"], (string?)text["variables"]![0]!["value"]));
        Assert.Equal("SingletonStrategy", (string?)text["options"]!["activationStrategyType"]);
        Assert.Equal("front desk", (string?)text["customProperties"]!["team"]);
        var activities = text["root"]!["activities"]!.AsArray();
        Assert.Equal(["Elsa.SetVariable", "Elsa.Event", "Elsa.WriteLine"], activities.Select(activity => (string?)activity!["type"]));
        Assert.Equal("JavaScript", (string?)activities[0]!["value"]!["expression"]!["type"]);
        Assert.Equal("Person", (string?)activities[2]!["text"]!["expression"]!["value"]!["id"]);
        Assert.Empty(text["code"]!["parts"]!.AsArray());
    }

    [Fact]
    public async Task What_only_code_can_say_is_named()
    {
        using var host = await StartAsync(options => options.AddWorkflow<CountDown>());

        var parts = JsonNode.Parse(Versions(nameof(CountDown)).Single().Json)!["code"]!["parts"]!.AsArray().Select(part => (string?)part);

        Assert.Equal(["SetVariable1.Value", "While1.Condition", "WriteLine1.Text"], parts);
    }

    [Fact]
    public async Task Starting_again_with_the_same_code_makes_no_new_version()
    {
        using (await StartAsync(options => options.AddWorkflow<CountDown>().AddWorkflow<HelloWorld>().AddWorkflow<Decide>().AddWorkflow<UsesComposite>()))
        {
        }

        var commits = _database.Commits;
        using var host = await StartAsync(options => options.AddWorkflow<CountDown>().AddWorkflow<HelloWorld>().AddWorkflow<Decide>().AddWorkflow<UsesComposite>());

        Assert.Equal(commits, _database.Commits);
        await host.StartAsync(nameof(CountDown));
        await host.PublishEventAsync("Go");
        Assert.Equal(["3", "2", "1"], Lines);
    }

    [Fact]
    public async Task An_instance_waits_in_one_process_and_runs_its_code_in_the_next()
    {
        using (var first = await StartAsync(options => options.AddWorkflow<CountDown>()))
            await first.StartAsync(nameof(CountDown));

        using var second = await StartAsync(options => options.AddWorkflow<CountDown>());
        var outcome = await second.PublishEventAsync("Go");

        Assert.Equal(WorkflowSubStatus.Finished, Assert.Single(outcome.Resumed).SubStatus);
        Assert.Equal(["3", "2", "1"], Lines);
    }

    [Fact]
    public async Task Changed_code_is_a_new_version_and_an_instance_of_the_former_goes_on_as_its_text_says()
    {
        using (var first = await StartAsync(options => options.AddWorkflow<WaitThenGreet>()))
            await first.StartAsync(nameof(WaitThenGreet), new { Person = "Ada" });

        using var second = await StartAsync(options => options.AddWorkflow<WaitThenGreetTwice>());
        await second.PublishEventAsync("Go");
        Assert.Equal(["Ada"], Lines);

        await second.StartAsync(nameof(WaitThenGreet));
        await second.PublishEventAsync("Go");
        Assert.Equal(["Ada", "new", "new"], Lines);
        Assert.Equal([(1, false), (2, true)], Versions(nameof(WaitThenGreet)).Select(version => (version.Version, version.IsPublished)));
    }

    [Fact]
    public async Task An_instance_whose_code_is_gone_waits_until_it_is_there_again_and_others_are_not_disturbed()
    {
        string waiting;
        using (var first = await StartAsync(options => options.AddWorkflow<CountDown>()))
            waiting = (await first.StartAsync(nameof(CountDown))).InstanceId;

        using (var second = await StartAsync(options => options.AddWorkflow<CountDownFaster>()))
        {
            await second.StartAsync(nameof(CountDown));
            var outcome = await second.PublishEventAsync("Go");

            Assert.NotEqual(waiting, Assert.Single(outcome.Resumed).InstanceId);
            Assert.Equal(WorkflowSubStatus.Suspended.ToString(), second.Instance(waiting).SubStatus);
            var refusal = await Assert.ThrowsAsync<WorkflowNotFoundException>(() =>
                second.RunAsync(engine => engine.ResumeAsync(waiting, second.Bookmarks(waiting).Single().Id)));
            Assert.Contains("'CountDown', which is not there or says something else now: 'SetVariable1.Value'", refusal.Message, StringComparison.Ordinal);
        }

        using var third = await StartAsync(options => options.AddWorkflow<CountDown>().AddWorkflow<CountDownFaster>());
        await third.PublishEventAsync("Go");
        Assert.Equal(WorkflowSubStatus.Finished.ToString(), third.Instance(waiting).SubStatus);
        Assert.Equal(["zero", "3", "2", "1"], Lines);
    }

    [Fact]
    public async Task Of_several_classes_of_one_definition_new_instances_start_on_the_highest_version()
    {
        using var host = await StartAsync(options => options.AddWorkflow<CountDownFaster>().AddWorkflow<CountDown>());

        await host.StartAsync(nameof(CountDown));
        await host.PublishEventAsync("Go");

        Assert.Equal(["zero"], Lines);
        Assert.Equal([(1, false), (2, true)], Versions(nameof(CountDown)).Select(version => (version.Version, version.IsPublished)));
    }

    [Fact]
    public async Task Going_back_to_former_code_is_a_new_version_too()
    {
        using (await StartAsync(options => options.AddWorkflow<CountDown>()))
        using (await StartAsync(options => options.AddWorkflow<CountDownFaster>()))
        {
        }

        using var host = await StartAsync(options => options.AddWorkflow<CountDown>());
        await host.StartAsync(nameof(CountDown));
        await host.PublishEventAsync("Go");

        Assert.Equal(["3", "2", "1"], Lines);
        Assert.Equal(3, Versions(nameof(CountDown)).Single(version => version.IsPublished).Version);
    }

    [Fact]
    public async Task A_definition_whose_class_is_gone_does_not_start_any_more()
    {
        using (await StartAsync(options => options.AddWorkflow<CountDown>().AddWorkflow<Triggered>()))
        {
        }

        using var host = await StartAsync(_ => { });

        await Assert.ThrowsAsync<WorkflowNotFoundException>(() => host.StartAsync(nameof(CountDown)));

        // Nothing of this one is code, so it stays what it is.
        await host.PublishEventAsync("Start it");
        Assert.Equal(["started"], Lines);
    }

    [Fact]
    public async Task A_definition_made_elsewhere_is_not_overwritten()
    {
        using (var first = await StartAsync(_ => { }))
            await first.PublishAsync(Flow.Of(nameof(HelloWorld), [Flow.Step("from Studio")]));

        using var host = new EngineHost(options => options.AddWorkflow<HelloWorld>(), WithConsole, _database);
        var report = Assert.Single(await host.Get<CodeWorkflowLoader>().LoadAsync());

        Assert.Equal(FileOutcome.Superseded, report.Outcome);
        await host.StartAsync(nameof(HelloWorld));
        Assert.Equal(["from Studio"], host.Trace.Lines);
    }

    [Fact]
    public async Task Its_triggers_start_it()
    {
        using var host = await StartAsync(options => options.AddWorkflow<Triggered>());

        await host.PublishEventAsync("Start it");

        Assert.Equal(["started"], Lines);
    }

    [Theory]
    [InlineData(200, "large")]
    [InlineData(5, "small")]
    public async Task Flowcharts_can_be_written_in_code(int amount, string expected)
    {
        using var host = await StartAsync(options => options.AddWorkflow<Decide>());

        await host.StartAsync(nameof(Decide), new { Amount = amount });

        Assert.Equal([expected, "end"], Lines);
    }

    [Fact]
    public async Task A_composite_class_is_an_activity_with_a_result()
    {
        using var host = await StartAsync(options => options.AddWorkflow<UsesComposite>());

        await host.StartAsync(nameof(UsesComposite));
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        await host.Timers.RunOnceAsync(CancellationToken.None);

        Assert.Equal(["Ada", "Grace", "last: Grace"], Lines);
    }

    [Fact]
    public async Task A_workflow_in_code_can_be_an_activity_of_others()
    {
        using var host = await StartAsync(options => options.AddWorkflow<UsableInCode>());
        await host.PublishAsync(Flow.Of("parent", [Flow.Activity("c1", "UsableInCode")]));

        await host.StartAsync("parent");

        Assert.Equal(["from code"], Lines);
    }

    public void Dispose() => _console.Dispose();

    private string[] Lines => _console.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private IEnumerable<WorkflowDefinitionRecord> Versions(string definitionId) =>
        _database.Committed.Definitions.Values.Where(version => version.DefinitionId == definitionId).OrderBy(version => version.Version);

    private async Task<EngineHost> StartAsync(Action<WorkflowRuntimeOptions> configure)
    {
        var host = new EngineHost(configure, WithConsole, _database);
        Assert.All(await host.Get<CodeWorkflowLoader>().LoadAsync(), report => Assert.NotEqual(FileOutcome.Refused, report.Outcome));
        return host;
    }

    private void WithConsole(IServiceCollection services) => services.AddSingleton<IStandardOutStreamProvider>(new Console(_console));

    private sealed class Console(TextWriter writer) : IStandardOutStreamProvider
    {
        public TextWriter GetTextWriter() => writer;
    }

    private sealed class UsableInCode : WorkflowBase
    {
        protected override void Build(IWorkflowBuilder builder)
        {
            builder.WorkflowOptions.UsableAsActivity = true;
            builder.Root = new Elsa.Workflows.Activities.WriteLine(() => "from code");
        }
    }
}

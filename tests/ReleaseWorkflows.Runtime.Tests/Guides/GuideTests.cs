using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.Runtime.Activities;
using Guides;
using Microsoft.Extensions.DependencyInjection;

namespace ReleaseWorkflows.Runtime.Tests.Guides;

/// <summary>What Elsa's guides show compiles and runs: activities and workflows beside this file use Elsa's namespaces only.</summary>
public sealed partial class GuideTests : IDisposable
{
    private readonly EngineHost _host = new();

    [Fact]
    public void The_guides_name_no_namespace_but_Elsas()
    {
        var files = Directory.GetFiles(Path.GetDirectoryName(Here())!, "*.cs").Where(file => !file.EndsWith("Tests.cs", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);

        Assert.All(files, file =>
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotContain("ReleaseWorkflows", text, StringComparison.Ordinal);
            Assert.All(Using().Matches(text).Select(match => match.Groups[1].Value), name =>
                Assert.Matches("^(Elsa|System|Microsoft)(\\.|$)", name));
        });
    }

    [Fact]
    public async Task A_workflow_is_run_in_memory()
    {
        var result = await RunAsync(runner => runner.RunAsync(new Sum(), new RunWorkflowOptions { Input = new Dictionary<string, object> { ["A"] = 2, ["B"] = 3 } }));

        Assert.Equal(5, result.Result);
        Assert.Equal(WorkflowSubStatus.Finished, result.WorkflowState.SubStatus);
        Assert.Empty(_host.Database.Committed.Instances);
    }

    [Fact]
    public async Task A_workflow_is_run_by_its_class()
    {
        Assert.Equal(0, await RunAsync(runner => runner.RunAsync<Sum, int>()));
        Assert.Equal(WorkflowSubStatus.Suspended, (await RunAsync(runner => runner.RunAsync<CountDown>())).WorkflowState.SubStatus);
    }

    [Fact]
    public async Task A_single_activity_is_run_in_memory()
    {
        var result = await RunAsync(runner => runner.RunAsync(new Step { Id = "only" }));

        Assert.Equal(WorkflowStatus.Finished, result.WorkflowState.Status);
        Assert.Equal(["only"], _host.Trace.Lines);
    }

    [Fact]
    public async Task What_waits_in_memory_is_run_on_with_its_state()
    {
        var workflow = new Workflow(new Sequence { Activities = { new Event("Go"), new Step { Id = "after" } } });
        var waiting = await RunAsync(runner => runner.RunAsync(workflow));
        var bookmark = Assert.Single(waiting.WorkflowState.Bookmarks);

        var result = await RunAsync(runner => runner.RunAsync(workflow, waiting.WorkflowState, new RunWorkflowOptions { BookmarkId = bookmark.Id }));

        Assert.Equal(WorkflowSubStatus.Finished, result.WorkflowState.SubStatus);
        Assert.Equal(["after"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Variables_have_the_values_that_the_caller_gives()
    {
        var text = new Elsa.Workflows.Memory.Variable<string>("Text", "default");
        var workflow = new Workflow(new Step { Text = new Input<string?>(text) }) { Variables = { text } };

        await RunAsync(runner => runner.RunAsync(workflow, new RunWorkflowOptions { Variables = new Dictionary<string, object> { ["Text"] = "given" } }));
        await RunAsync(runner => runner.RunAsync(workflow));

        Assert.Equal(["given", "default"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_workflow_with_errors_is_not_run()
    {
        var workflow = new Workflow(new Sequence { Activities = { new Step { Id = "same" }, new Step { Id = "same" } } });

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(runner => runner.RunAsync(workflow)));

        Assert.Contains("'same' is used by more than one activity", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _host.Dispose();

    private async Task<T> RunAsync<T>(Func<IWorkflowRunner, Task<T>> run)
    {
        using var scope = _host.Get<IServiceScopeFactory>().CreateScope();
        return await run(scope.ServiceProvider.GetRequiredService<IWorkflowRunner>());
    }

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Using();
}

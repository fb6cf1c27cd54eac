using System.Text.RegularExpressions;
using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.AspNetCore.Email;
using ReleaseWorkflows.Runtime.AspNetCore.Http;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests;

/// <summary>The list of built-in activities in the documents is the list of what is registered.</summary>
public sealed partial class ActivityListTests
{
    // The workflow itself, what exists in code only, and what stands for other workflows.
    private static readonly HashSet<string> NotForDefinitions = new(StringComparer.Ordinal) { "Elsa.Workflow", "Elsa.Inline", "Elsa.WorkflowDefinitionActivity" };

    [Fact]
    public async Task Every_built_in_activity_is_in_the_list_and_nothing_else_is()
    {
        var text = await File.ReadAllTextAsync(FindDocument());
        var begin = text.IndexOf("## Built-in activities", StringComparison.Ordinal);
        var end = text.IndexOf("Not to be had:", begin, StringComparison.Ordinal);
        var listed = Row().Matches(text[begin..end]).Select(match => match.Groups[1].Value).ToList();

        var services = new ServiceCollection();
        services.AddLogging().AddWorkflowRuntime().AddWorkflowHttp().AddWorkflowEmail();
        await using var provider = services.BuildServiceProvider();
        var registered = provider.GetRequiredService<IActivityRegistry>().ListAll().Select(type => type.TypeName)
            .Where(name => name.StartsWith("Elsa.", StringComparison.Ordinal) && !name.StartsWith("Elsa.Workflows.", StringComparison.Ordinal))
            .Except(NotForDefinitions);

        Assert.Equal(registered.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static string FindDocument()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ReleaseWorkflows.sln")))
                return Path.Combine(folder.FullName, "docs", "ACTIVITIES.md");
        }

        throw new DirectoryNotFoundException("The tests run outside of the repository.");
    }

    [GeneratedRegex(@"^\| `([\w.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}

using Xunit.Abstractions;

namespace ReleaseWorkflows.Faults.Tests.Fuzz;

/// <summary>The short form, the same cases with every commit; others, and ten thousand and more, by <c>fuzz 10000</c>.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whatever_is_sent_is_answered_in_time_and_is_never_an_error_of_the_server()
    {
        var run = new FuzzRun(seed: 506825494);

        await run.RunAsync(cases: 3_000);

        output.WriteLine(run.ToString());
        Assert.True(run.Violations.Count == 0, run.ToString());
        // It gets behind the first check: something of every kind is refused, and of most kinds something is taken.
        Assert.All(["definition", "testers", "credentials", "query", "upload", "command"], kind => Assert.Contains(run.Statuses, status => status.Key.StartsWith(kind + " 4", StringComparison.Ordinal)));
        Assert.All(["definition", "testers", "query", "upload"], kind => Assert.Contains(run.Statuses, status => status.Key.StartsWith(kind + " 2", StringComparison.Ordinal)));
    }
}

using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Faults.Tests.Outside;

/// <summary>Workflows call hosts that are in trouble (R11): whoever waits for one waits, and calls to others are made at once.</summary>
public sealed class CallTroubleTests
{
    private const int Places = 8;

    [Fact]
    public async Task A_host_that_says_nothing_holds_at_most_half_of_the_places_and_another_one_is_called_at_once()
    {
        using var data = await PreparedData.CopyAsync();
        using var silent = new WebPeer("says nothing");
        using var well = new WebPeer(null);
        await using var server = await TestServer.StartAsync(
            null, data.Path,
            $"--ReleaseWorkflows:OutgoingHttp:AllowedPrivateHosts:0=127.0.0.1:{silent.Port}", $"--ReleaseWorkflows:OutgoingHttp:AllowedPrivateHosts:1=localhost:{well.Port}");
        await PublishAsync(server, "slow", $"http://127.0.0.1:{silent.Port}/");
        await PublishAsync(server, "quick", $"http://localhost:{well.Port}/");

        for (var i = 0; i < 3 * Places; i++)
            await RunAsync(server, "slow");
        await Eventually.ReadAsync(() => Task.FromResult(silent.Seen.Count), seen => seen == Places / 2, "calls of the silent host");
        var instance = await RunAsync(server, "quick");

        // The silent host has 30 seconds for each call; without shares this one would come after all of them.
        await Eventually.ReadAsync(
            () => server.As(Role.Administrator).GetAsync($"/elsa/api/workflow-instances/{instance}"),
            answer => answer.ToString().Contains("\"Finished\"", StringComparison.Ordinal), "the end of the quick call");
        Assert.Single(well.Taken);
        Assert.Equal(Places / 2, silent.Seen.Count);
    }

    private static async Task PublishAsync(TestServer server, string id, string url) =>
        (await server.As(Role.Administrator).PostAsync("/elsa/api/workflow-definitions", $$"""
            {"model":{"definitionId":"{{id}}","name":"{{id}}","variables":[],"root":{"id":"flow","type":"Elsa.Flowchart","version":1,"connections":[],"activities":[
            {"id":"call","type":"Elsa.FlowSendHttpRequest","version":1,"url":{"typeName":"Uri","expression":{"type":"Literal","value":"{{url}}"} } }]} },"publish":true}
            """)).Is(HttpStatusCode.OK);

    private static async Task<string> RunAsync(TestServer server, string id)
    {
        var run = (await server.As(Role.Administrator).PostAsync($"/elsa/api/workflow-definitions/{id}/execute", new { })).Is(HttpStatusCode.OK);
        Assert.True(run.Json.GetProperty("workflowState").GetProperty("status").GetString() == "Running", run.ToString());
        return run.Headers.GetValues("x-elsa-workflow-instance-id").Single();
    }
}

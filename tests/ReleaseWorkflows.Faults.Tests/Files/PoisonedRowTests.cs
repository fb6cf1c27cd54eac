using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Faults.Tests.Files;

/// <summary>
/// One row that no program can read, in a database that is whole (R12): the server starts, everything else goes on, and the loops in the background do not go round in it.
/// </summary>
public sealed class PoisonedRowTests
{
    public static TheoryData<string, string> Poison => new()
    {
        { "a definition", "UPDATE workflow_definitions SET json = '{' WHERE definition_id = 'minimal-release'" },
        { "a draft of Studio that names unknown activities", "UPDATE workflow_definitions SET json = replace(json, '\"ReleaseWorkflows.', '\"No.Such.') WHERE definition_id = 'two-stage-review'" },
        { "the state of an instance", "UPDATE workflow_instance_states SET state = x'7b' WHERE instance_key = (SELECT key FROM workflow_instances WHERE correlation_id = $poisoned)" },
        { "a bookmark", "UPDATE bookmarks SET payload = '{' WHERE correlation_id = $poisoned" },
        { "a timer of an instance that is not there", "INSERT INTO timers (id, due_at, instance_id, bookmark_id) VALUES ('poison', 1, 'nobody', 'nothing')" },
        { "a stimulus for many", "INSERT INTO fan_outs (id, hash, after_number, last_number, created_at, input, attempts, due_at) VALUES ('poison', 'x', 0, 9, 1, '{', 0, 1)" },
        { "a message", "INSERT INTO outbox (message_key, kind, payload, created_at, attempts, due_at) VALUES ('poison', 'email', '{', 1, 0, 1)" },
        { "a job outside", "INSERT INTO outside_jobs (id, instance_id, kind, request, idempotency_key, attempts, created_at, due_at) VALUES ('poison', 'nobody', 'http-request', '{', 'k', 0, 1, 1)" },
    };

    [Theory]
    [MemberData(nameof(Poison))]
    public async Task A_row_that_nobody_can_read_stops_neither_the_start_nor_anybody_else(string what, string statement)
    {
        using var data = await PreparedData.CopyAsync();
        string poisoned, healthy;
        await using (var server = await TestServer.StartAsync(folder: data.Path))
        {
            poisoned = await ReviewedAsync(ReleaseScene.Coffee(server), "Sandbox");
            healthy = await ReviewedAsync(ReleaseScene.Coffee(server), "Production");
        }

        Rows.Change(data, statement.Replace("$poisoned", $"'{poisoned}'", StringComparison.Ordinal));

        await using (var server = await TestServer.StartAsync(null, data.Path, "--ReleaseWorkflows:Outbox:FirstDelay=00:00:00.010", "--ReleaseWorkflows:Outbox:MaximumAttempts=2"))
        {
            var scene = ReleaseScene.Coffee(server);
            (await scene.Reviewer.PostAsync($"/api/releases/{healthy}/approve", new { })).Is(HttpStatusCode.OK);
            var administrator = server.As(Role.Administrator);
            foreach (var address in new[] { "/api/releases", $"/api/releases/{healthy}", "/elsa/api/workflow-instances", "/elsa/api/workflow-definitions", "/api/dead-letters", "/metrics", "/health/ready" })
                (await administrator.GetAsync(address)).Is(HttpStatusCode.OK);

            // Who asks for that very row hears at worst an id, under which the cause is in the log (I13).
            Answer[] answers =
            [
                await administrator.GetAsync($"/api/releases/{poisoned}"),
                await administrator.GetAsync("/elsa/api/workflow-definitions/by-definition-id/minimal-release"),
                await administrator.GetAsync("/elsa/api/workflow-definitions/by-definition-id/two-stage-review"),
                await scene.Reviewer.PostAsync($"/api/releases/{poisoned}/approve", new { }),
            ];
            Assert.All(answers, answer => Assert.True(
                answer.Status < HttpStatusCode.InternalServerError || server.Log.Errors.Any(line => line.Contains(answer.Text("errorId")!, StringComparison.Ordinal)), $"{what}: {answer}"));
        }
    }

    private static async Task<string> ReviewedAsync(ReleaseScene scene, string environment)
    {
        var id = await scene.ReleaseAsync(environment);
        await scene.DoAsync(id, "apply");
        return id;
    }
}

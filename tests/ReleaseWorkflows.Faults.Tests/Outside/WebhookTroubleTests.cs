using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Faults.Tests.Outside;

/// <summary>Web servers in trouble (R11): each call ends at its time limit, no thread is lost, and nobody else is held up.</summary>
public sealed class WebhookTroubleTests
{
    private const int Messages = 40;

    [Theory]
    [InlineData("refuses")]
    [InlineData("says nothing")]
    [InlineData("says one character at a time")]
    [InlineData("never stops")]
    [InlineData("sends round in a circle")]
    [InlineData("hangs up in the middle")]
    [InlineData("fails")]
    public async Task An_app_in_trouble_holds_up_no_other_and_hears_everything_once_it_is_well(string trouble)
    {
        using var data = await PreparedData.CopyAsync();
        using var troubled = new WebPeer(trouble);
        using var well = new WebPeer(null);
        await using var server = await TestServer.StartAsync(
            null, data.Path,
            $"--ReleaseWorkflows:OutgoingHttp:AllowedPrivateHosts:0=127.0.0.1:{troubled.Port}", $"--ReleaseWorkflows:OutgoingHttp:AllowedPrivateHosts:1=127.0.0.1:{well.Port}",
            "--ReleaseWorkflows:OutgoingHttp:TimeLimit=00:00:00.500", "--ReleaseWorkflows:Outbox:FirstDelay=00:00:00.020", "--ReleaseWorkflows:Outbox:MaximumAttempts=1000");
        await SubscribeAsync(server, "superapp-a", troubled);
        await SubscribeAsync(server, "superapp-b", well);
        var threads = ThreadPool.ThreadCount;

        await TellAsync(server, "superapp-a", Messages);
        await Eventually.BeTrueAsync(() => Attempts(data) >= 2, "some attempts");
        var watch = Stopwatch.StartNew();
        await TellAsync(server, "superapp-b", 1);
        await Eventually.BeTrueAsync(() => well.Taken.Count == 1, "the other app to hear");

        // In a row behind the others it would wait for five seconds.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        // Calls wait without threads. The pool may have grown by what other tests do beside this one.
        Assert.InRange(ThreadPool.ThreadCount, 0, threads + 16);
        Assert.Empty(troubled.Taken);
        troubled.Recover();
        await Eventually.BeTrueAsync(() => troubled.Taken.Distinct().Count() == Messages, "the app to hear everything");
        await Eventually.BeTrueAsync(() => Rows.Count(data, "SELECT count(*) FROM outbox WHERE completed_at IS NULL") == 0, "the outbox to be empty");
        Assert.Equal(Messages, troubled.Taken.Count);
        Assert.Subset(troubled.Taken.ToHashSet(), troubled.Seen.ToHashSet());
    }

    private static long Attempts(DataDirectory data) => Rows.Count(data, "SELECT coalesce(sum(attempts), 0) FROM outbox");

    private static async Task SubscribeAsync(TestServer server, string app, WebPeer peer) =>
        (await server.As(Role.WorkspaceAdmin).PutAsync($"/api/apps/{app}/webhook", new { url = $"http://127.0.0.1:{peer.Port}/" })).Is(HttpStatusCode.OK);

    private static Task<bool> TellAsync(TestServer server, string app, int count) => server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
        (services, _) =>
        {
            for (var i = 0; i < count; i++)
            {
                services.GetRequiredService<IOutbox>().Add(new OutboxMessage(
                    $"{app}:{i}", OutboxKinds.Webhook, null, JsonSerializer.Serialize(new WebhookMessage(new AppKey(app), $$"""{"number":{{i}}}"""), DeliveryJson.Default.WebhookMessage), server.Clock.GetUtcNow()));
            }
            return Task.FromResult(UnitOfWorkResult.Commit(true));
        },
        CancellationToken.None);
}

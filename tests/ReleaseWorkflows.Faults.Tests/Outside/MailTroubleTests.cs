using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Faults.Tests.Clocks;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Faults.Tests.Outside;

/// <summary>A mail server in trouble (R10): releases go on, the letter leaves under the same id each time, and is listed when it was given up.</summary>
public sealed class MailTroubleTests
{
    [Theory]
    [InlineData("refuses", "None")]
    [InlineData("says nothing", "None")]
    [InlineData("says one character at a time", "None")]
    [InlineData("is no mail server", "None")]
    [InlineData("knows nobody", "None")]
    [InlineData("refuses the letter for now", "None")]
    [InlineData("hangs up after the letter", "None")]
    public async Task A_mail_server_in_trouble_holds_up_no_release_and_gets_the_letter_once_it_is_well(string trouble, string security)
    {
        using var data = await PreparedData.CopyAsync();
        using var peer = new MailPeer(trouble);
        await using var server = await StartAsync(data, peer, security, attempts: 1_000);
        var (scene, id) = await RejectAsync(server);
        await LetterAsync(scene, id, letter => letter.GetProperty("attempts").GetInt32() >= 2);

        // It goes on beside the letter that does not leave.
        await scene.DoAsync(id, "apply");

        peer.Recover();
        await LetterAsync(scene, id, letter => letter.GetProperty("state").GetString() == "Acknowledged");
        Assert.Single(peer.Taken);
        Assert.Single(peer.Seen.Distinct());
    }

    [Theory]
    [InlineData("refuses the letter for good", "None", "The mail server answered 554")]
    [InlineData("is no TLS", "StartTls", "")]
    public async Task A_letter_that_was_given_up_is_listed_and_arrives_under_its_id_when_it_is_sent_again(string trouble, string security, string error)
    {
        using var data = await PreparedData.CopyAsync();
        using var peer = new MailPeer(trouble);
        string key;
        string[] before;
        await using (var server = await StartAsync(data, peer, security, attempts: 2))
        {
            var (scene, id) = await RejectAsync(server);
            await LetterAsync(scene, id, letter => letter.GetProperty("state").GetString() == "Dead");

            var dead = Assert.Single((await server.As(Role.Administrator).GetAsync("/api/dead-letters")).Items);
            key = dead.GetProperty("key").GetString()!;
            Assert.StartsWith(error, dead.GetProperty("lastError").GetString(), StringComparison.Ordinal);
            before = [.. peer.Seen.Distinct()];
            // What is refused for good is not tried again by itself.
            Assert.True(before.Length <= 1 && peer.Seen.Count <= 1, string.Join(", ", peer.Seen));
            Assert.Empty(peer.Taken);
        }
        peer.Recover();
        await using var next = await StartAsync(data, peer, "None", attempts: 2);

        (await next.As(Role.Administrator).PostAsync($"/api/dead-letters/{key}/resend")).Is(HttpStatusCode.OK);

        await Eventually.BeTrueAsync(() => peer.Taken.Count == 1, "the letter");
        Assert.Single(peer.Taken.Concat(before).Distinct());
        Assert.Empty((await next.As(Role.Administrator).GetAsync("/api/dead-letters")).Items);
    }

    [Fact]
    public async Task A_mail_server_that_is_away_for_a_day_gets_the_letter_when_it_is_back()
    {
        using var data = await PreparedData.CopyAsync();
        using var peer = new MailPeer("refuses");
        var clock = new MovableClock();
        await using var server = await TestServer.StartAsync(
            builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)), data.Path,
            "--ReleaseWorkflows:Email:Host=127.0.0.1", $"--ReleaseWorkflows:Email:Port={peer.Port}", "--ReleaseWorkflows:Email:Security=None");
        var (scene, id) = await RejectAsync(server);

        // Each time as much as the longest pause is, chance included.
        for (var attempt = 1; clock.MovedBy < TimeSpan.FromHours(25); attempt++)
        {
            var wanted = attempt;
            await LetterAsync(scene, id, letter => letter.GetProperty("attempts").GetInt32() >= wanted);
            clock.Move(TimeSpan.FromHours(1.2));
            server.Services.GetRequiredService<OutboxSignal>().Wake();
        }

        peer.Recover();
        clock.Move(TimeSpan.FromHours(1.2));
        server.Services.GetRequiredService<OutboxSignal>().Wake();
        await LetterAsync(scene, id, letter => letter.GetProperty("state").GetString() == "Acknowledged");
        Assert.Single(peer.Taken);
    }

    private static Task<TestServer> StartAsync(DataDirectory data, MailPeer peer, string security, int attempts) => TestServer.StartAsync(
        null, data.Path,
        "--ReleaseWorkflows:Email:Host=127.0.0.1", $"--ReleaseWorkflows:Email:Port={peer.Port}", $"--ReleaseWorkflows:Email:Security={security}",
        "--ReleaseWorkflows:Email:TimeLimit=00:00:01", "--ReleaseWorkflows:Outbox:FirstDelay=00:00:00.020", $"--ReleaseWorkflows:Outbox:MaximumAttempts={attempts}");

    private static async Task<(ReleaseScene Scene, string Id)> RejectAsync(TestServer server)
    {
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "reject", new { reason = "Too hot.", category = "Details" });
        return (scene, id);
    }

    private static Task<JsonElement> LetterAsync(ReleaseScene scene, string id, Predicate<JsonElement> isWanted) => Eventually.ReadAsync(
        async () => (await scene.Developer.GetAsync($"/api/releases/{id}/effects")).Items.Single(effect => effect.GetProperty("kind").GetString() == "email"),
        isWanted, "the letter");
}

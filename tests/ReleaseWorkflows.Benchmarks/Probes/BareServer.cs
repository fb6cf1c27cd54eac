using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ReleaseWorkflows.Benchmarks.Probes;

/// <summary>
/// What the product is held against: Kestrel and a group commit, without a product in between. Runs as a process of its own, as the product does.
/// </summary>
internal static class BareServer
{
    /// <summary>First argument that makes this program the bare server: <c>bare-server PORT [FOLDER]</c>. Without a folder it has no store.</summary>
    public const string Command = "bare-server";

    public const string Step = "/step";
    public const string Empty = "/empty";
    public const string Text = "/text";

    /// <summary>A body of about 4 KB for both POST addresses.</summary>
    public static string Body { get; } = "{\"instance\":0,\"name\":\"" + new string('n', 40) + "\",\"values\":["
        + string.Join(',', Enumerable.Range(0, 60).Select(i => $"{{\"key\":\"value-{i:D4}\",\"text\":\"{new string('x', 30)}\"}}")) + "]}";

    public static async Task RunAsync(int port, string? folder)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        await using var app = builder.Build();
        app.MapGet(Text, () => "ok");
        using var writer = folder is null ? null : new ReferenceWriter(Path.Combine(folder, "reference.db"));
        if (writer is not null)
        {
            app.MapPost(Empty, (Payload payload) => TypedResults.Ok(new Reply(payload.Values.Count)));
            app.MapPost(Step, async (Payload payload) =>
            {
                await writer.StepAsync(Random.Shared.Next(ReferenceStore.Instances));
                return TypedResults.Ok(new Reply(payload.Values.Count));
            });
        }

        await app.RunAsync();
    }

    private sealed record Payload(int Instance, string Name, IReadOnlyList<Value> Values);

    private sealed record Value(string Key, string Text);

    private sealed record Reply(int Values);
}

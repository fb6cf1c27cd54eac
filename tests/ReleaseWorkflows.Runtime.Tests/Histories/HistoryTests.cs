using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Histories;

/// <summary>
/// Waiting instances as released versions stored them (<c>*.json</c>). A file is never changed: every later version has to go on with it.
/// </summary>
public sealed class HistoryTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Histories");

    public static TheoryData<string> Histories => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task An_instance_stored_earlier_goes_on_to_its_end(string name)
    {
        var history = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".json")))!.AsObject();
        await using var console = new StringWriter();
        using var host = new EngineHost(more: services => services.AddSingleton<IStandardOutStreamProvider>(new Output(console)));
        await host.PublishAsync(history["definition"]!.ToJsonString());
        var instanceId = await RestoreAsync(host, history);

        foreach (var step in history["steps"]!.AsArray())
            await host.PublishEventAsync((string)step!["event"]!, (string?)step["payload"]);

        Assert.Equal("Finished", host.Instance(instanceId).SubStatus);
        Assert.Equal(history["lines"].Deserialize<string[]>(), console.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(host.Bookmarks(instanceId));
    }

    private static Task<string> RestoreAsync(EngineHost host, JsonObject history) => host.Get<IUnitOfWorkRunner>().RunAsync(
        (services, _) =>
        {
            var store = services.GetRequiredService<IWorkflowStore>();
            var instance = history["instance"]!.AsObject();
            store.SaveInstance(new WorkflowInstanceRecord
            {
                Id = (string)instance["id"]!,
                DefinitionId = (string)instance["definitionId"]!,
                DefinitionVersionId = (string)instance["definitionVersionId"]!,
                DefinitionVersion = (int)instance["definitionVersion"]!,
                CorrelationId = (string?)instance["correlationId"],
                Status = "Running",
                SubStatus = "Suspended",
                CreatedAt = host.Clock.GetUtcNow(),
                UpdatedAt = host.Clock.GetUtcNow(),
                State = Encoding.UTF8.GetBytes(instance["state"]!.ToJsonString()),
            });
            foreach (var bookmark in history["bookmarks"].Deserialize<BookmarkRecord[]>()!)
                store.AddBookmark(bookmark);
            return Task.FromResult(UnitOfWorkResult.Commit((string)instance["id"]!));
        },
        CancellationToken.None);

    private sealed class Output(TextWriter writer) : IStandardOutStreamProvider
    {
        public TextWriter GetTextWriter() => writer;
    }
}

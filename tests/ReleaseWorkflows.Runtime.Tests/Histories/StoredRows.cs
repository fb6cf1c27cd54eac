using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Elsa.Workflows.Activities.Flowchart.Models;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Histories;

/// <summary>The rows of instances as a released version stored them: everything that a database holds of them, in one file.</summary>
internal sealed class StoredRows : IOutsideWorkHandler
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly FailSwitch _switch = new();

    private StoredRows()
    {
    }

    public required EngineHost Host { get; init; }

    string IOutsideWorkHandler.Kind => "test";

    /// <summary>An empty database.</summary>
    /// <param name="byTokens">True if flowcharts of new instances are moved on by tokens.</param>
    public static StoredRows Begin(bool byTokens = false)
    {
        StoredRows rows = null!;
        var host = new EngineHost(options => options.FlowchartMode = byTokens ? FlowchartExecutionMode.TokenBased : FlowchartExecutionMode.CounterBased,
            services => services.AddSingleton(_ => rows._switch).AddSingleton<IOutsideWorkHandler>(_ => rows));
        return rows = new StoredRows { Host = host };
    }

    /// <summary>Everything that is stored now, as a file keeps it.</summary>
    public string Write(IEnumerable<string> definitions, JsonArray steps, JsonArray lines)
    {
        var rows = Host.Database.Committed;
        return new JsonObject
        {
            ["definitions"] = new JsonArray([.. definitions.Select(definition => JsonNode.Parse(definition))]),
            ["instances"] = new JsonArray([.. rows.Instances.Values.Select(Show)]),
            ["bookmarks"] = JsonSerializer.SerializeToNode(rows.BookmarkOrder.Select(id => rows.Bookmarks[id]), Format),
            ["timers"] = JsonSerializer.SerializeToNode(rows.Timers.Values, Format),
            ["jobs"] = JsonSerializer.SerializeToNode(rows.Jobs.Values, Format),
            ["steps"] = steps,
            ["lines"] = lines,
        }.ToJsonString(Format);
    }

    /// <summary>Publishes the definitions of a file and stores its rows.</summary>
    public async Task ReadAsync(JsonObject file)
    {
        foreach (var definition in file["definitions"]!.AsArray())
            await Host.PublishAsync(definition!.ToJsonString());
        await Host.Get<IUnitOfWorkRunner>().RunAsync(
            (services, _) =>
            {
                var store = services.GetRequiredService<IWorkflowStore>();
                foreach (var instance in file["instances"]!.AsArray())
                    store.SaveInstance(ReadInstance(instance!.AsObject()));
                foreach (var bookmark in file["bookmarks"].Deserialize<BookmarkRecord[]>(Format)!)
                    store.AddBookmark(bookmark);
                foreach (var timer in file["timers"].Deserialize<TimerRecord[]>(Format)!)
                    store.SetTimer(timer);
                foreach (var job in file["jobs"].Deserialize<OutsideJobRecord[]>(Format)!)
                    services.GetRequiredService<IOutsideJobStore>().Add(job);
                return Task.FromResult(UnitOfWorkResult.Commit(true));
            },
            CancellationToken.None);
    }

    /// <summary>Takes a step: <c>signal w</c>, <c>advance 01:00:00</c>, <c>work</c> or <c>retry</c>.</summary>
    public async Task TakeAsync(string step)
    {
        var words = step.Split(' ');
        switch (words[0])
        {
            case "signal":
                await Host.SignalAsync("Test.Wait", new WaitStimulus(words[1]));
                break;
            case "advance":
                Host.Clock.Advance(TimeSpan.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture));
                await Host.Timers.RunOnceAsync(CancellationToken.None);
                break;
            case "work":
                await Host.OutsideWork.RunOnceAsync(CancellationToken.None);
                break;
            case "retry":
                _switch.IsOff = true;
                foreach (var id in Host.Database.Committed.Instances.Values.Where(instance => instance.SubStatus == "Faulted").Select(instance => instance.Id).ToList())
                    await Host.RunAsync(engine => engine.RetryAsync(id));
                break;
            default:
                throw new ArgumentException($"'{step}' is no step.", nameof(step));
        }
    }

    public Task<object?> PerformAsync(OutsideWorkCall call, CancellationToken cancellationToken) => Task.FromResult<object?>("done outside");

    private static JsonObject Show(WorkflowInstanceRecord instance) => new()
    {
        ["id"] = instance.Id,
        ["definitionId"] = instance.DefinitionId,
        ["definitionVersionId"] = instance.DefinitionVersionId,
        ["definitionVersion"] = instance.DefinitionVersion,
        ["parentInstanceId"] = instance.ParentInstanceId,
        ["correlationId"] = instance.CorrelationId,
        ["status"] = instance.Status,
        ["subStatus"] = instance.SubStatus,
        ["incidentCount"] = instance.IncidentCount,
        ["createdAt"] = instance.CreatedAt,
        ["state"] = JsonNode.Parse(instance.State.Span),
    };

    private static WorkflowInstanceRecord ReadInstance(JsonObject row) => new()
    {
        Id = (string)row["id"]!,
        DefinitionId = (string)row["definitionId"]!,
        DefinitionVersionId = (string)row["definitionVersionId"]!,
        DefinitionVersion = (int)row["definitionVersion"]!,
        ParentInstanceId = (string?)row["parentInstanceId"],
        CorrelationId = (string?)row["correlationId"],
        Status = (string)row["status"]!,
        SubStatus = (string)row["subStatus"]!,
        IncidentCount = (int)row["incidentCount"]!,
        CreatedAt = (DateTimeOffset)row["createdAt"]!,
        UpdatedAt = (DateTimeOffset)row["createdAt"]!,
        State = Encoding.UTF8.GetBytes(row["state"]!.ToJsonString()),
    };
}

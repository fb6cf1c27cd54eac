using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;
using ReleaseWorkflows.Runtime.Instances;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Live;

/// <summary>
/// Tells viewers that an instance has moved: after the commit, and at most four times a second for each instance. However fast it moves, the last
/// message comes after the last commit. Who watches nothing costs nothing: without viewers the engine announces nothing.
/// </summary>
internal sealed partial class LiveUpdates(
    InstanceChanges changes, IHubContext<WorkflowInstanceHub> hub, IInstanceReader reader, TimeProvider time, ILogger<LiveUpdates> logger) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<string>> _instancesOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Observed> _observed = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private IDisposable? _subscription;

    /// <summary>Name of the group of connections that watch an instance.</summary>
    public static string GroupOf(string instanceId) => "instance:" + instanceId;

    /// <summary>Notes that a connection watches an instance; false if it watches too many.</summary>
    public bool TryObserve(string connectionId, string instanceId, int limit)
    {
        lock (_lock)
        {
            if (!_instancesOf.TryGetValue(connectionId, out var instances))
                _instancesOf.Add(connectionId, instances = new HashSet<string>(StringComparer.Ordinal));
            if (instances.Contains(instanceId))
                return true;
            if (instances.Count >= limit)
                return false;

            instances.Add(instanceId);
            if (!_observed.TryGetValue(instanceId, out var observed))
                _observed.Add(instanceId, observed = new Observed());
            observed.Viewers++;
            _subscription ??= changes.Listen(Changed);
            return true;
        }
    }

    /// <summary>Notes that a connection has gone.</summary>
    public void Forget(string connectionId)
    {
        lock (_lock)
        {
            if (!_instancesOf.Remove(connectionId, out var instances))
                return;

            foreach (var instance in instances)
            {
                if (_observed.TryGetValue(instance, out var observed) && --observed.Viewers == 0)
                    _observed.Remove(instance);
            }

            if (_observed.Count > 0)
                return;

            _subscription?.Dispose();
            _subscription = null;
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _subscription?.Dispose();
        _stopping.Dispose();
    }

    // Called by whoever committed: it notes and returns.
    private void Changed(string instanceId)
    {
        lock (_lock)
        {
            if (!_observed.TryGetValue(instanceId, out var observed))
                return;

            observed.HasNews = true;
            if (observed.IsTelling)
                return;

            observed.IsTelling = true;
            _ = TellAsync(instanceId, observed, _stopping.Token);
        }
    }

    private async Task TellAsync(string instanceId, Observed observed, CancellationToken stopping)
    {
        // Off the thread that committed.
        await Task.Yield();
        while (TakeNews(observed))
        {
            try
            {
                await SendAsync(instanceId, stopping);
                await Task.Delay(Pause, time, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            // CA1031: what people watch must not end because one look at the store or one connection failed; the next change tells again.
#pragma warning disable CA1031
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogNotTold(exception, instanceId);
            }
        }
    }

    private bool TakeNews(Observed observed)
    {
        lock (_lock)
        {
            observed.IsTelling = observed.HasNews;
            observed.HasNews = false;
            return observed.IsTelling;
        }
    }

    private async Task SendAsync(string instanceId, CancellationToken stopping)
    {
        var viewers = hub.Clients.Group(GroupOf(instanceId));
        var executions = await reader.ReadExecutionsAsync(instanceId, stopping);
        await viewers.SendAsync("ActivityExecutionLogUpdatedAsync", new { stats = ActivityStats.Of(executions) }, stopping);
        await viewers.SendAsync("WorkflowExecutionLogUpdatedAsync", new { }, stopping);
        await viewers.SendAsync("WorkflowInstanceUpdatedAsync", new { workflowInstanceId = instanceId }, stopping);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Viewers of the instance {InstanceId} were not told that it has moved.")]
    private partial void LogNotTold(Exception exception, string instanceId);

    private sealed class Observed
    {
        public int Viewers { get; set; }

        public bool HasNews { get; set; }

        public bool IsTelling { get; set; }
    }
}

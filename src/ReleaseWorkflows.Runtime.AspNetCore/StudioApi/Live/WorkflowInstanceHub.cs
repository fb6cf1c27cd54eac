using Microsoft.AspNetCore.SignalR;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;
using ReleaseWorkflows.Runtime.Instances;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Live;

/// <summary>
/// Live updates of instances, as Studio's instance viewer takes them.
/// </summary>
/// <remarks>
/// Life of a viewer: it negotiates, which says who it is (<see cref="HubGate"/>); it connects with the token it got; it names the instance it shows
/// (<see cref="ObserveInstanceAsync"/>); from then on it hears of each commit that moves the instance (<see cref="LiveUpdates"/>), until it leaves.
/// </remarks>
internal sealed class WorkflowInstanceHub(LiveUpdates updates, IInstanceReader reader) : Hub
{
    /// <summary>Most instances that one connection watches; Studio watches one.</summary>
    private const int MaxObserved = 20;

    /// <summary>From now on the caller hears of what happens to an instance that it may see. Of others it hears nothing.</summary>
    public async Task ObserveInstanceAsync(string instanceId)
    {
        if (string.IsNullOrEmpty(instanceId)
            || HubGate.CallerOf(Context) is not { } caller
            || await reader.FindHeaderAsync(instanceId, Context.ConnectionAborted) is not { } instance
            || !await InstanceAccess.MaySeeAsync(caller, instance, reader, Context.ConnectionAborted)
            || !updates.TryObserve(Context.ConnectionId, instanceId, MaxObserved))
        {
            return;
        }

        await Groups.AddToGroupAsync(Context.ConnectionId, LiveUpdates.GroupOf(instanceId), Context.ConnectionAborted);
    }

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(Exception? exception)
    {
        updates.Forget(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}

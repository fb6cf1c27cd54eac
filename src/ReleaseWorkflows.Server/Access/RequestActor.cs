using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Server.Access;

/// <summary>Tells a workflow that answers a request who sent it.</summary>
internal sealed class RequestActor(IHttpContextAccessor accessor) : ICurrentActor
{
    /// <inheritdoc/>
    public ValueTask<Actor?> FindAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(accessor.HttpContext is { } context ? CurrentActor.Find(context) : null);
}

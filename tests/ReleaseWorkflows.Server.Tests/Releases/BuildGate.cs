using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Server.Outbox;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>Holds the builds of a server up while it is closed, so that a test can look at releases that are being built.</summary>
internal sealed class BuildGate
{
    private volatile TaskCompletionSource _open = Opened();

    /// <summary>From now on builds wait before they begin.</summary>
    public void Close() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets all builds go on.</summary>
    public void Open() => _open.TrySetResult();

    /// <summary>Puts the gate before the server's builder.</summary>
    public void AddTo(WebApplicationBuilder builder)
    {
        var builds = builder.Services.Single(service => service.ServiceType == typeof(IOutboxHandler) && service.ImplementationType?.Name == "PackageBuildHandler");
        builder.Services.Remove(builds);
        builder.Services.AddSingleton<IOutboxHandler>(provider =>
            new Handler(this, (IOutboxHandler)ActivatorUtilities.CreateInstance(provider, builds.ImplementationType!)));
    }

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private sealed class Handler(BuildGate gate, IOutboxHandler builds) : IOutboxHandler
    {
        public string Kind => builds.Kind;

        public async Task<OutboxCompletion?> HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
        {
            await gate._open.Task.WaitAsync(cancellationToken);
            return await builds.HandleAsync(message, cancellationToken);
        }

        public OutboxCompletion? GiveUp(OutboxMessage message, Exception lastError) => builds.GiveUp(message, lastError);
    }
}

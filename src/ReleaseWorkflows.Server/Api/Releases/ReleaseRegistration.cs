using ReleaseWorkflows.Activities;
using ReleaseWorkflows.Activities.Rehearsal;
using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.MiniPrograms;
using ReleaseWorkflows.Server.Delivery;
using ReleaseWorkflows.Server.Notifications;
using ReleaseWorkflows.Server.Outbox;
using ReleaseWorkflows.Server.Packages;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary>Registers what releases need in the server: their services, and the loops that work for them.</summary>
internal static class ReleaseRegistration
{
    /// <summary>Adds releases.</summary>
    public static IServiceCollection AddReleases(this IServiceCollection services)
    {
        services.AddReleaseActivities();
        services.AddSingleton<CommandQueue>();
        services.AddScoped<ReleaseViews>();
        services.AddScoped<IReleaseReplies, ReleaseReplies>();
        services.AddScoped<IDryRun, DryRun>();
        services.AddScoped<IReleaseConfigurationRefresher, ReleaseConfigurationRefresher>();

        services.AddOptions<OutboxOptions>().BindConfiguration("ReleaseWorkflows:Outbox").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IOutboxHandler, PackageBuildHandler>();
        services.AddSingleton<IOutboxHandler, EmailHandler>();
        services.AddSingleton<IOutboxHandler, WebhookHandler>();
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<DeliveryIndex>();
        services.AddSingleton<IReleaseObserver>(provider => provider.GetRequiredService<DeliveryIndex>());
        services.AddSingleton<DeliveryLoader>();
        services.AddSingleton<OutboxPump>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxPump>());
        return services;
    }
}

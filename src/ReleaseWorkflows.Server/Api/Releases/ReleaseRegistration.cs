using ReleaseWorkflows.Activities;
using ReleaseWorkflows.Activities.Trigger;
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
        services.AddHttpContextAccessor();
        services.AddScoped<ICurrentActor, RequestActor>();
        services.AddSingleton<IReleaseReplies, ReleaseReplies>();
        services.AddScoped<ReleaseConfigurationRefresher>();

        services.AddOptions<OutboxOptions>().BindConfiguration("ReleaseWorkflows:Outbox").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IOutboxHandler, PackageBuildHandler>();
        services.AddSingleton<IOutboxHandler, EmailHandler>();
        services.AddSingleton<OutboxPump>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxPump>());
        services.AddSingleton<IEmailSender, PickupFolder>();
        return services;
    }
}

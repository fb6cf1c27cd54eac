using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Definitions;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Live;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi;

/// <summary>Registers and maps Elsa's HTTP API.</summary>
public static class StudioApiServices
{
    /// <summary>
    /// Adds the API. The host adds the engine (<c>AddWorkflowRuntime</c>), a database and an <see cref="IStudioAccess"/>.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options; they are checked when the host starts.</param>
    public static IServiceCollection AddStudioApi(this IServiceCollection services, Action<StudioApiOptions>? configure = null)
    {
        var options = services.AddOptions<StudioApiOptions>().ValidateDataAnnotations().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.AddSingleton<ActivityView>();

        services.AddSignalR();
        services.AddSingleton<HubGate>().AddSingleton<LiveUpdates>();
        return services;
    }

    /// <summary>Maps every address of the API below the prefix. Whatever else is asked for there is answered with 404.</summary>
    public static IEndpointRouteBuilder MapStudioApi(this IEndpointRouteBuilder endpoints)
    {
        var prefix = endpoints.ServiceProvider.GetRequiredService<IOptions<StudioApiOptions>>().Value.Prefix;
        foreach (var route in StudioRoutes.All)
            endpoints.MapMethods(prefix + route.Pattern, [route.Method], StudioEndpoint.For(route)).ExcludeFromDescription();

        // Studio replaces the last part of the API's address to find it.
        endpoints.MapHub<WorkflowInstanceHub>(string.Concat(prefix.AsSpan(0, prefix.LastIndexOf('/')), "/hubs/workflow-instance"))
            .Add(static hub => hub.RequestDelegate = HubGate.Guard(hub.RequestDelegate!));
        endpoints.Map(prefix + "/{**rest}", StudioEndpoint.UnknownAsync).ExcludeFromDescription();
        return endpoints;
    }
}

using ReleaseWorkflows.Runtime.AspNetCore.StudioApi;
using ReleaseWorkflows.Runtime.Definitions.Versions;
using ReleaseWorkflows.Runtime.Instances;

namespace ReleaseWorkflows.Server.StudioApi;

/// <summary>Registers Elsa's HTTP API, which Elsa Studio works with: <c>/elsa/api</c>.</summary>
internal static class StudioApiRegistration
{
    /// <summary>Adds the API over the platform's accounts. Settings: <c>ReleaseWorkflows:StudioApi</c>.</summary>
    public static IServiceCollection AddPlatformStudioApi(this IServiceCollection services)
    {
        services.AddStudioApi(options => options.Challenge = "ApiKey, Bearer");
        services.AddOptions<StudioApiOptions>().BindConfiguration("ReleaseWorkflows:StudioApi");
        services.AddScoped<IStudioAccess, StudioAccess>();
        services.AddScoped<IDefinitionUsage, TargetAppUsage>();
        services.AddScoped<IInstanceProtection, ReleaseInstanceProtection>();
        return services;
    }
}

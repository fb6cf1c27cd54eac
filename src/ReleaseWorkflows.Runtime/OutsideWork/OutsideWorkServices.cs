using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime.OutsideWork;

/// <summary>Registers outside work.</summary>
public static class OutsideWorkServices
{
    /// <summary>Adds a handler of outside work.</summary>
    public static IServiceCollection AddOutsideWorkHandler<T>(this IServiceCollection services)
        where T : class, IOutsideWorkHandler
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IOutsideWorkHandler, T>());
        return services;
    }

    internal static IServiceCollection AddOutsideWork(this IServiceCollection services)
    {
        services.AddOptions<OutsideWorkOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OutsideWorkOptions>, OutsideWorkOptionsValidation>());
        services.TryAddSingleton<OutsideWorkSignal>();
        services.TryAddSingleton<OutsideWorkPump>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OutsideWorkPumpHost>());
        return services;
    }
}

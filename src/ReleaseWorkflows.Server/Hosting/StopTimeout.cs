using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Server.Hosting;

/// <summary>How the server stops: <c>ReleaseWorkflows:Stop</c>.</summary>
internal sealed class StopOptions
{
    /// <summary>Where the settings are.</summary>
    public const string Section = "ReleaseWorkflows:Stop";

    /// <summary>
    /// How long requests and work under way have to come to their end. What has not by then is cut off; nothing confirmed is concerned. Default: 4
    /// seconds; 100 milliseconds to 5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(4);
}

/// <summary>Lets a server that is told to stop be gone soon, even if somebody keeps a request open.</summary>
internal static class StopTimeout
{
    /// <summary>Registers the limit.</summary>
    public static IServiceCollection AddStopTimeout(this IServiceCollection services)
    {
        services.AddOptions<StopOptions>().BindConfiguration(StopOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<HostOptions>().Configure<IOptions<StopOptions>>((host, stop) => host.ShutdownTimeout = stop.Value.Timeout);
        return services;
    }
}

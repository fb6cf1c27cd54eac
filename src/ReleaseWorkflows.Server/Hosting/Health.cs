using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ReleaseWorkflows.Persistence;
using ReleaseWorkflows.Server.Api;

namespace ReleaseWorkflows.Server.Hosting;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it can do its work, which needs the database.</summary>
internal static class Health
{
    /// <summary>Registers the checks.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<DatabaseCheck>("database", timeout: TimeSpan.FromSeconds(5));
        return services;
    }

    /// <summary>Maps both addresses, open to everybody.</summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new Answer(report.Status, report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status)), ApiJson.Options);

    private sealed record Answer(HealthStatus Status, IReadOnlyDictionary<string, HealthStatus> Checks);

    // Why it does not answer is in the log; the address is open to everybody.
    private sealed class DatabaseCheck(DatabaseStatus database, ILogger<DatabaseCheck> logger) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await database.EnsureWritableAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogError(exception, "The database does not answer");
                return HealthCheckResult.Unhealthy();
            }
        }
    }
}

using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Persistence;
using ReleaseWorkflows.Runtime.Loops;
using ReleaseWorkflows.Server.Api;

namespace ReleaseWorkflows.Server.Hosting;

/// <summary>Settings of <c>/health/ready</c>: <c>ReleaseWorkflows:Health</c>.</summary>
internal sealed class HealthOptions
{
    /// <summary>Where the settings are.</summary>
    public const string Section = "ReleaseWorkflows:Health";

    /// <summary>With fewer bytes free where the data lie, readiness says <c>Degraded</c>, with status 200. Default: 256 MB; 0: never.</summary>
    [System.ComponentModel.DataAnnotations.Range(0, long.MaxValue)]
    public long LowDiskBytes { get; set; } = 256L * 1024 * 1024;
}

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: it can do its work, which needs a database that takes commits and has the schema
/// that this program knows, and loops that work in the background; and it says when the disk gets full.
/// </summary>
internal static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Registers the checks.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddOptions<HealthOptions>().BindConfiguration(HealthOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHealthChecks()
            .AddCheck<DatabaseCheck>("database", timeout: Patience)
            .AddCheck<SchemaCheck>("schema", timeout: Patience)
            .AddCheck<LoopCheck>("loops")
            .AddCheck<DiskCheck>("disk");
        return services;
    }

    /// <summary>Maps both addresses, open to everybody.</summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    // Why something is not well is in the log; the address is open to everybody.
    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new Answer(report.Status, report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status)), ApiJson.Options);

    private sealed record Answer(HealthStatus Status, IReadOnlyDictionary<string, HealthStatus> Checks);

    private sealed class DatabaseCheck(DatabaseStatus database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await database.EnsureWritableAsync(cancellationToken);
                return database.FindConcern() is { } concern ? HealthCheckResult.Degraded(concern) : HealthCheckResult.Healthy();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                return HealthCheckResult.Unhealthy("The database takes no commit.", exception);
            }
        }
    }

    private sealed class SchemaCheck(DatabaseStatus database) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                return Task.FromResult(database.HasKnownSchema()
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy("Another version of this program has changed the schema while this one runs. Stop one of them."));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                return Task.FromResult(HealthCheckResult.Unhealthy("The schema cannot be read.", exception));
            }
        }
    }

    private sealed class LoopCheck(BackgroundLoops loops) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var unwell = loops.All.Where(loop => loop.State is not (LoopState.Working or LoopState.NotStarted)).ToList();
            return Task.FromResult(unwell.Count == 0
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy(string.Join(" ", unwell.Select(loop => $"The loop {loop.Name} is {loop.State}: {loop.LastError ?? "it says nothing"}."))));
        }
    }

    private sealed class DiskCheck(DataFolder data, IOptions<HealthOptions> options) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                var free = new DriveInfo(data.Path).AvailableFreeSpace;
                return Task.FromResult(free >= options.Value.LowDiskBytes
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Degraded($"The disk with {data.Path} has {free:N0} bytes left. Free some space before commits are refused."));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return Task.FromResult(HealthCheckResult.Unhealthy($"The disk with {data.Path} cannot be looked at.", exception));
            }
        }
    }
}

using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Hosting;

/// <summary>How many requests one account, or one address without account, may send: <c>ReleaseWorkflows:RateLimit</c>.</summary>
internal sealed class RateLimitOptions
{
    /// <summary>Where the settings are.</summary>
    public const string Section = "ReleaseWorkflows:RateLimit";

    /// <summary>Requests per second for a long time. Default: 1,000. 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 1_000;

    /// <summary>Requests at once after a pause. Default: 2,000.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 2_000;
}

/// <summary>Keeps one client's runaway loop from taking the server from all others.</summary>
internal static class RateLimits
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Registers the limit.</summary>
    public static IServiceCollection AddRateLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitOptions>>((limiter, limits) =>
        {
            limiter.GlobalLimiter = Create(limits.Value);
            limiter.OnRejected = (rejected, _) => new ValueTask(Reject(rejected).ExecuteAsync(rejected.HttpContext));
        });
        return services;
    }

    private static PartitionedRateLimiter<HttpContext> Create(RateLimitOptions limits)
    {
        var options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.Burst,
            TokensPerPeriod = limits.RequestsPerSecond,
            ReplenishmentPeriod = Period,
            QueueLimit = 0,
        };
        // By account, or by address where there is none. Made once: this is asked with every request.
        Func<(string? Account, IPAddress? Address), TokenBucketRateLimiterOptions> optionsOf = _ => options;
        return PartitionedRateLimiter.Create<HttpContext, (string? Account, IPAddress? Address)>(context =>

            // Health must be told even to whoever asks too often.
            limits.RequestsPerSecond == 0 || context.Request.Path.StartsWithSegments("/health")
                ? RateLimitPartition.GetNoLimiter<(string?, IPAddress?)>(default)
                : RateLimitPartition.GetTokenBucketLimiter(
                    CurrentActor.FindAccount(context) is { } account ? (account.Id.Value, null) : (null, context.Connection.RemoteIpAddress), optionsOf));
    }

    private static Problem Reject(OnRejectedContext rejected) =>
        new(StatusCodes.Status429TooManyRequests, "too-fast", "You send more requests than the server takes from one client. Nothing was done; send this one again a little later.")
        {
            RetryAfter = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Period,
        };
}

using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Telemetry;

/// <summary>
/// Registers metrics and traces. <c>/metrics</c> is always there; a collector gets both by OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one.
/// </summary>
internal static class TelemetryRegistration
{
    /// <summary>The variable, or setting, that names a collector.</summary>
    public const string CollectorSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>True: everybody may read <c>/metrics</c>. Default: false, administrators only.</summary>
    public const string OpenSetting = "ReleaseWorkflows:Metrics:IsOpen";

    /// <summary>Adds telemetry.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<ServerTelemetry>();
        services.AddSingleton<PrometheusMetrics>();
        if (configuration[CollectorSetting] is { Length: > 0 } collector)
        {
            if (!Uri.TryCreate(collector, UriKind.Absolute, out var address))
            {
                throw new Hosting.StartException($"{CollectorSetting} must be an address such as http://localhost:4317; it is “{collector}”.");
            }

            services.AddSingleton(_ => new CollectorExport(address));
            services.AddHostedService(provider => provider.GetRequiredService<CollectorExport>());
        }

        return services;
    }

    /// <summary>Maps <c>/metrics</c>.</summary>
    public static void MapMetrics(this WebApplication app)
    {
        // It listens from the start, not from the first question on.
        var metrics = app.Services.GetRequiredService<PrometheusMetrics>();
        _ = app.Services.GetRequiredService<BacklogMetrics>();
        var isOpen = app.Configuration.GetValue<bool>(OpenSetting);
        app.MapGet("/metrics", async (HttpContext context, IOutboxAdministration outbox) =>
        {
            if (!isOpen && CurrentActor.Find(context)?.May(Permission.ManagePlatform, default) != true)
            {
                return CurrentActor.Find(context) is null
                    ? new Problem(StatusCodes.Status401Unauthorized, "unauthorized", "Send the API key of an administrator: Authorization: ApiKey <key>.")
                    : (IResult)new Problem(StatusCodes.Status403Forbidden, "forbidden", "Only an administrator of the platform reads its metrics.");
            }

            var backlog = await outbox.CountAsync(context.RequestAborted);
            return TypedResults.Text(metrics.Write() + FormattableString.Invariant($"""
                # HELP releaseworkflows_outbox_pending Messages that wait for their turn or their next attempt.
                # TYPE releaseworkflows_outbox_pending gauge
                releaseworkflows_outbox_pending {backlog.Pending}
                # HELP releaseworkflows_outbox_dead Messages that were given up and wait for somebody to send them again.
                # TYPE releaseworkflows_outbox_dead gauge
                releaseworkflows_outbox_dead {backlog.Dead}

                """), PrometheusMetrics.ContentType);
        }).ExcludeFromDescription();
    }

    /// <summary>Sends traces and measurements to a collector, from the start of the server to its end.</summary>
    private sealed class CollectorExport(Uri address) : IHostedService, IDisposable
    {
        private TracerProvider? _traces;
        private MeterProvider? _metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var resource = ResourceBuilder.CreateDefault().AddService("release-workflows", serviceVersion: typeof(TelemetryRegistration).Assembly.GetName().Version?.ToString());
            _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
                .AddSource(ServerTelemetry.SourceName, ServerTelemetry.SourceName + ".*", "Microsoft.AspNetCore").AddOtlpExporter(options => options.Endpoint = address).Build();
            _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
                .AddMeter("ReleaseWorkflows.*", "Microsoft.AspNetCore.Hosting", "System.Runtime").AddOtlpExporter(options => options.Endpoint = address).Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Dispose();
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            _traces?.Dispose();
            _metrics?.Dispose();
            (_traces, _metrics) = (null, null);
        }
    }
}

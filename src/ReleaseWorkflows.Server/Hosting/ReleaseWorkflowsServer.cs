using Elsa.Workflows;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Persistence;
using ReleaseWorkflows.Runtime.AspNetCore.Email;
using ReleaseWorkflows.Runtime.AspNetCore.Http;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Access.External;
using ReleaseWorkflows.Server.Api;
using ReleaseWorkflows.Server.Api.ApiKeys;
using ReleaseWorkflows.Server.Api.Apps;
using ReleaseWorkflows.Server.Api.Audit;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Effects;
using ReleaseWorkflows.Server.Api.MiniPrograms;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Releases;
using ReleaseWorkflows.Server.Api.SignIn;
using ReleaseWorkflows.Server.Api.Users;
using ReleaseWorkflows.Server.Api.Versions;
using ReleaseWorkflows.Server.Api.Workflows;
using ReleaseWorkflows.Server.Api.Workspaces;
using ReleaseWorkflows.Server.Delivery;
using ReleaseWorkflows.Server.Demo;
using ReleaseWorkflows.Server.Engine;
using ReleaseWorkflows.Server.FrontEnd;
using ReleaseWorkflows.Server.Maintenance;
using ReleaseWorkflows.Server.Packages;
using ReleaseWorkflows.Server.Portal;
using ReleaseWorkflows.Server.StudioApi;
using ReleaseWorkflows.Server.Telemetry;

namespace ReleaseWorkflows.Server.Hosting;

/// <summary>The whole server: what it consists of, what a request passes through, and in which order it starts.</summary>
internal static class ReleaseWorkflowsServer
{
    private const string DefaultUrl = "http://localhost:5080";

    /// <summary>
    /// Puts the server together and prepares it, the one beside the other: what a request passes through and the database have nothing to do with each other, and
    /// both take a good part of the start.
    /// </summary>
    /// <param name="args">Settings as <c>--Name=value</c>.</param>
    /// <returns>A server that only has to be run.</returns>
    public static async Task<WebApplication> BuildPreparedAsync(string[] args)
    {
        var app = BuildServices(args, configure: null);
        try
        {
            var preparation = Task.Run(() => app.PrepareAsync());
            try
            {
                UsePipeline(app);
                MapEndpoints(app);
            }
            finally
            {
                await preparation;
            }

            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts the server together; nothing is opened yet.</summary>
    /// <param name="args">Settings as <c>--Name=value</c>.</param>
    /// <param name="configure">Changes services or settings before the server is built, for tests.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var app = BuildServices(args, configure);
        UsePipeline(app);
        MapEndpoints(app);
        return app;
    }

    /// <summary>
    /// Everything that has to be done before the first request: check the settings, open and migrate the database, make the demo data.
    /// </summary>
    public static async Task PrepareAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        app.Services.GetRequiredService<DataFolder>().Create();
        await app.Services.GetRequiredService<DatabaseInitializer>().InitializeAsync(cancellationToken);
        if (app.Environment.IsDevelopment())
        {
            await app.Services.GetRequiredService<DemoData>().SeedAsync(cancellationToken);
        }

        await app.Services.GetRequiredService<DeliveryLoader>().LoadAsync(cancellationToken);
        await app.Services.GetRequiredService<SignInAttempts>().RestoreAsync(cancellationToken);
        app.Lifetime.ApplicationStarted.Register(() => StartMessage.Write(app));
    }

    private static WebApplication BuildServices(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.AddStructuredLogs();
        if (!HasAddress(builder.Configuration))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        AddServices(builder);
        configure?.Invoke(builder);
        var app = builder.Build();
        ReleaseActivityLooks.Apply(app.Services.GetRequiredService<IActivityRegistry>());
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var configuration = builder.Configuration;
        var data = DataFolder.Resolve(configuration, builder.Environment.ContentRootPath, Environment.CurrentDirectory);

        services.AddSingleton(data);
        services.AddSingleton(Console.Out);
        services.AddStopTimeout();
        services.TryAddSingleton(TimeProvider.System);
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.AddDataProtection().SetApplicationName("ReleaseWorkflows").PersistKeysToFileSystem(new DirectoryInfo(data.Combine("keys")));

        services.AddPersistence(options =>
        {
            configuration.GetSection("ReleaseWorkflows:Database").Bind(options);
            options.DataDirectory = data.Path;
        });
        services.AddPackageFiles((options, _) => options.Directory = data.Combine("packages"));
        services.AddWorkflows(Path.GetFullPath(configuration["ReleaseWorkflows:WorkflowsDirectory"] ?? "workflows", builder.Environment.ContentRootPath));
        services.AddSingleton<IHttpWorkflowInterceptor, IdempotentWorkflowRequests>();
        services.AddPlatformStudioApi();
        services.AddReleases();
        services.AddWorkflowEmail();
        services.AddOptions<EmailOptions>().BindConfiguration("ReleaseWorkflows:Email")
            .PostConfigure(options => options.PickupDirectory = data.Combine(options.PickupDirectory is { Length: > 0 } folder ? folder : "mail"));
        services.AddSingleton<DemoData>();

        services.AddAccess();
        services.AddPortal();
        services.AddRateLimits();
        services.AddFrontEnd(builder.Environment.ContentRootPath);
        services.AddFrameworkProblems();
        services.AddHealth();
        services.AddTelemetry(configuration);
        services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHostedService<RetentionLoop>();
        services.AddOpenApiDescription();
    }

    private static void UsePipeline(WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseFrontEnd();
        app.UseFrameworkProblems();
        app.UseAccess();
        app.UseRateLimiter();
        app.UsePageLimits();
        app.UseAntiforgery();
        app.UseWorkflowHttpEndpoints();
    }

    private static void MapEndpoints(WebApplication app)
    {
        app.MapHealth();
        app.MapOpenApi();
        app.MapMetrics();
        app.MapStudioApi();
        app.MapPortal();
        app.MapExternalSignIn();

        var api = app.MapGroup("/api").RequireAuthorization();
        api.MapSignIn();
        api.MapMiniPrograms();
        api.MapVersions();
        api.MapApps();
        api.MapWorkflows();
        api.MapWorkspaces();
        api.MapApiKeys();
        api.MapUsers();
        api.MapAudit();
        api.MapReleases();
        api.MapRequests();
        api.MapEffects();
        api.MapDelivery();
    }

    // Every usual way to name an address counts; a default of our own must not override any of them.
    private static bool HasAddress(ConfigurationManager configuration) =>
        configuration["urls"] is not null
        || configuration["http_ports"] is not null
        || configuration["https_ports"] is not null
        || configuration.GetSection("Kestrel:Endpoints").Exists();
}

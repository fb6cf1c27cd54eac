using Elsa.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>Registers and maps the HTTP endpoints of workflows.</summary>
public static class HttpServices
{
    /// <summary>
    /// Adds what workflows need for HTTP in both directions: endpoints and their answers, and requests that workflows send. The host adds
    /// the engine (<c>AddWorkflowRuntime</c>) and a database. An <see cref="IHttpWorkflowInterceptor"/> registered before or after replaces the
    /// default one.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options; they are checked when the host starts.</param>
    public static IServiceCollection AddWorkflowHttp(this IServiceCollection services, Action<WorkflowHttpOptions>? configure = null)
    {
        services.AddOptions<WorkflowHttpOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkflowHttpOptions>, WorkflowHttpOptionsValidation>());
        if (configure is not null)
            services.Configure(configure);

        services.Configure<WorkflowRuntimeOptions>(runtime => runtime
            .AddActivity<HttpEndpoint>().AddActivity<WriteHttpResponse>().AddActivity<WriteFileHttpResponse>()
            .AddActivity<SendHttpRequest>().AddActivity<FlowSendHttpRequest>().AddActivity<DownloadHttpFile>());
        services.AddOptions<OutgoingHttpOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OutgoingHttpOptions>, OutgoingHttpOptionsValidation>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OutgoingHttpClient>();
        services.TryAddSingleton<IOutgoingHttp, OutgoingHttp>();
        services.AddOutsideWorkHandler<OutgoingHttpHandler>();
        services.AddRouting();
        services.AddAuthorization();
        services.AddHttpContextAccessor();
        services.TryAddSingleton<HttpRouteTable>();
        services.TryAddSingleton<HttpEndpointFinder>();
        services.TryAddSingleton<IHttpWorkflowInterceptor, PlainInterceptor>();
        services.TryAddScoped<HttpExchange>();
        services.TryAddScoped<UnitOfWorkDecision>();
        services.AddWorkflowTypeAlias<HttpHeaders>("HttpHeaders").AddWorkflowTypeAlias<HttpFile>("HttpFile").AddWorkflowTypeAlias<HttpFile>("FormFile")
            .AddWorkflowTypeAlias<HttpRequestSnapshot>("HttpRequest").AddWorkflowTypeAlias<HttpResponseSnapshot>("HttpResponseMessage")
           .AddWorkflowTypeAlias<System.Net.HttpStatusCode>("HttpStatusCode")
            .AddWorkflowTypeAlias<IDictionary<string, object>>("RouteData");
        return services;
    }

    /// <summary>
    /// Answers requests below the base path by running workflows. Place it after authentication. A request below the base path that no workflow
    /// answers gets 404 or 405 here; if the base path is the root, it is passed on instead of 404.
    /// </summary>
    public static IApplicationBuilder UseWorkflowHttpEndpoints(this IApplicationBuilder app) => app.UseMiddleware<HttpWorkflowMiddleware>();
}

using ReleaseWorkflows.Activities.Hosting;
using ReleaseWorkflows.Activities.Prepare;
using ReleaseWorkflows.Runtime;
using ReleaseWorkflows.Runtime.AspNetCore.Http;
using ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.OutsideWork;

namespace ReleaseWorkflows.Server.Engine;

/// <summary>Registers the embedded engine with the activities of releases.</summary>
internal static class WorkflowRegistration
{
    /// <summary>
    /// Adds the engine. When the server starts it publishes every definition below <paramref name="definitionsFolder"/> that is new or has
    /// changed; one that cannot be used is named in the log with file, node and reason, and the others load.
    /// </summary>
    public static IServiceCollection AddWorkflows(this IServiceCollection services, string definitionsFolder)
    {
        services.AddWorkflowRuntime(options =>
        {
            options.DefinitionsFolder = definitionsFolder;
            options.AddActivitiesFrom<PrepareRelease>();
        });
        services.AddWorkflowHttp(options => options.Challenge = "ApiKey, Bearer");
        services.AddOptions<OutgoingHttpOptions>().BindConfiguration("ReleaseWorkflows:OutgoingHttp");
        services.AddOptions<JournalRetentionOptions>().BindConfiguration("ReleaseWorkflows:JournalRetention");
        services.AddOptions<OutsideWorkOptions>().BindConfiguration("ReleaseWorkflows:OutsideWork");
        services.AddScoped<IWorkflowHost, EmbeddedWorkflowHost>();
        return services;
    }
}

using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Activities.Rehearsal;
using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities;

/// <summary>Registers what the activities of releases need.</summary>
public static class ActivityRegistration
{
    /// <summary>
    /// Adds the domain's services and those of the activities. The host supplies the stores, <c>IWorkflowHost</c>, <c>ICurrentActor</c>,
    /// <c>IReleaseReplies</c> and <c>IDryRun</c>, and registers the activities of this assembly with its engine.
    /// </summary>
    public static IServiceCollection AddReleaseActivities(this IServiceCollection services) => services
        .AddScoped<ReleaseService>()
        .AddScoped<TesterService>()
        .AddScoped<CommandInProgress>()
        .AddScoped<ReleaseCommandService>()
        .AddScoped<WorkflowRestart>()
        .AddScoped<ReleaseRehearsal>()
        .AddScoped<ReleaseLauncher>();
}

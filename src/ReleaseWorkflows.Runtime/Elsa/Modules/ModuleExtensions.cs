using System.Reflection;
using Elsa.Features.Services;
using Elsa.Scheduling.Features;
using Elsa.Workflows;
using Elsa.Workflows.Features;
using Elsa.Workflows.Management.Features;
using Elsa.Workflows.Runtime.Features;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime;
using ReleaseWorkflows.Runtime.Expressions;

namespace Elsa.Extensions;

/// <summary>Puts the engine into a host the way Elsa's guides do. The host supplies the stores (<see cref="WorkflowRuntimeServices.AddWorkflowRuntime"/>).</summary>
public static class ModuleExtensions
{
    /// <summary>Adds the engine.</summary>
    public static IModule AddElsa(this IServiceCollection services, Action<IModule>? configure = null)
    {
        services.AddWorkflowRuntime();
        return services.ConfigureElsa(configure);
    }

    /// <summary>Sets the engine up further.</summary>
    public static IModule ConfigureElsa(this IServiceCollection services, Action<IModule>? configure = null)
    {
        var module = new ElsaModule(services);
        configure?.Invoke(module);
        return module;
    }

    /// <summary>Sets up how workflows are run.</summary>
    public static IModule UseWorkflows(this IModule configuration, Action<WorkflowsFeature>? configure = null)
    {
        configure?.Invoke(new WorkflowsFeature(configuration));
        return configuration;
    }

    /// <summary>Sets up flowcharts.</summary>
    public static IModule UseFlowchart(this IModule configuration, Action<FlowchartFeature>? configure = null)
    {
        configure?.Invoke(new FlowchartFeature(configuration));
        return configuration;
    }

    /// <summary>Sets up what definitions may use.</summary>
    public static IModule UseWorkflowManagement(this IModule module, Action<WorkflowManagementFeature>? configure = null)
    {
        configure?.Invoke(new WorkflowManagementFeature(module));
        return module;
    }

    /// <summary>Sets up workflows written in code.</summary>
    public static IModule UseWorkflowRuntime(this IModule module, Action<WorkflowRuntimeFeature>? configure = null)
    {
        configure?.Invoke(new WorkflowRuntimeFeature(module));
        return module;
    }

    /// <summary>Sets up timers. They are part of the engine.</summary>
    public static IModule UseScheduling(this IModule module, Action<SchedulingFeature>? configure = null)
    {
        configure?.Invoke(new SchedulingFeature(module));
        return module;
    }

    /// <summary>Lets definitions use the public activity classes of the assembly of a type.</summary>
    public static IModule AddActivitiesFrom<TMarkerType>(this IModule module) =>
        module.UseWorkflowManagement(static management => management.AddActivitiesFrom<TMarkerType>());

    /// <summary>Lets definitions use an activity class.</summary>
    public static IModule AddActivity<T>(this IModule module)
        where T : IActivity => module.UseWorkflowManagement(static management => management.AddActivity<T>());

    /// <summary>Takes an activity class out again, also a built-in one.</summary>
    public static IModule RemoveActivity<T>(this IModule module)
        where T : IActivity => module.UseWorkflowManagement(static management => management.RemoveActivity<T>());

    /// <summary>Adds a workflow that is written in code.</summary>
    public static IModule AddWorkflow<T>(this IModule module)
        where T : IWorkflow => module.UseWorkflowRuntime(static runtime => runtime.AddWorkflow<T>());

    /// <summary>Adds the public workflows of the assembly of a type that are written in code.</summary>
    public static IModule AddWorkflowsFrom<TMarker>(this IModule module) => module.AddWorkflowsFrom(typeof(TMarker).Assembly);

    /// <summary>Adds the public workflows of an assembly that are written in code.</summary>
    public static IModule AddWorkflowsFrom(this IModule module, Assembly assembly)
    {
        module.Services.Configure<WorkflowRuntimeOptions>(options => options.AddWorkflowsFrom(assembly));
        return module;
    }

    /// <summary>Makes a type known to definitions by its class name.</summary>
    /// <param name="module">The registration.</param>
    /// <param name="category">Group of the type picker; types have none here.</param>
    public static IModule AddVariableType<T>(this IModule module, string category) => module.AddVariableTypeAndAlias<T>(typeof(T).Name, category);

    /// <summary>Makes a type known to definitions by a name.</summary>
    /// <param name="module">The registration.</param>
    /// <param name="alias">The name.</param>
    /// <param name="category">Group of the type picker; types have none here.</param>
    public static IModule AddVariableTypeAndAlias<T>(this IModule module, string alias, string category) => module.AddTypeAlias<T>(alias);

    /// <summary>Makes a type known to definitions by a name.</summary>
    public static IModule AddTypeAlias<T>(this IModule module, string alias)
    {
        module.Services.AddWorkflowTypeAlias<T>(alias);
        return module;
    }
}

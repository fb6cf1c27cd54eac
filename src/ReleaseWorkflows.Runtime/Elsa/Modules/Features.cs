using Elsa.Features.Services;
using Elsa.Workflows.Activities.Flowchart.Models;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime;

namespace Elsa.Features.Abstractions
{
    /// <summary>Settings of a part of the engine.</summary>
    public abstract class FeatureBase
    {
        /// <summary>Creates the settings.</summary>
        protected FeatureBase(IModule module) => Module = module;

        /// <summary>The registration they belong to.</summary>
        public IModule Module { get; }

        /// <summary>The services of the host.</summary>
        public IServiceCollection Services => Module.Services;

        internal void Configure(Action<WorkflowRuntimeOptions> configure) => Services.Configure(configure);
    }
}

namespace Elsa.Workflows.Features
{
    /// <summary>Settings of how workflows are run.</summary>
    public class WorkflowsFeature(IModule module) : Elsa.Features.Abstractions.FeatureBase(module)
    {
        /// <summary>Says what an incident does to the instances of workflows that name no strategy.</summary>
        public WorkflowsFeature WithIncidentStrategy<T>()
            where T : IIncidentStrategy
        {
            Configure(static options => options.DefaultIncidentStrategy = typeof(T));
            return this;
        }
    }

    /// <summary>Settings of flowcharts.</summary>
    public class FlowchartFeature(IModule module) : Elsa.Features.Abstractions.FeatureBase(module)
    {
        /// <summary>Flowcharts of new instances are moved on by tokens.</summary>
        public FlowchartFeature UseTokenBasedExecution()
        {
            Configure(static options => options.FlowchartMode = FlowchartExecutionMode.TokenBased);
            return this;
        }

        /// <summary>Flowcharts of new instances are moved on by counting arrivals. This is the default.</summary>
        public FlowchartFeature UseCounterBasedExecution()
        {
            Configure(static options => options.FlowchartMode = FlowchartExecutionMode.CounterBased);
            return this;
        }
    }
}

namespace Elsa.Workflows.Management.Features
{
    /// <summary>Settings of what definitions may use.</summary>
    public class WorkflowManagementFeature(IModule module) : Elsa.Features.Abstractions.FeatureBase(module)
    {
        /// <summary>Lets definitions use the public activity classes of the assembly of a type.</summary>
        public WorkflowManagementFeature AddActivitiesFrom<TMarker>()
        {
            Configure(static options => options.AddActivitiesFrom<TMarker>());
            return this;
        }

        /// <summary>Lets definitions use an activity class.</summary>
        public WorkflowManagementFeature AddActivity<T>()
            where T : IActivity
        {
            Configure(static options => options.AddActivity<T>());
            return this;
        }

        /// <summary>Takes an activity class out again.</summary>
        public WorkflowManagementFeature RemoveActivity<T>()
            where T : IActivity
        {
            Configure(static options => options.RemoveActivity<T>());
            return this;
        }
    }
}

namespace Elsa.Workflows.Runtime.Features
{
    /// <summary>Settings of what runs without being asked: workflows written in code.</summary>
    public class WorkflowRuntimeFeature(IModule module) : Elsa.Features.Abstractions.FeatureBase(module)
    {
        /// <summary>Adds a workflow that is written in code.</summary>
        public WorkflowRuntimeFeature AddWorkflow<T>()
            where T : IWorkflow
        {
            Configure(static options => options.AddWorkflow<T>());
            return this;
        }

        /// <summary>Adds the public workflows of the assembly of a type that are written in code.</summary>
        public WorkflowRuntimeFeature AddWorkflowsFrom<TMarker>()
        {
            Configure(static options => options.AddWorkflowsFrom<TMarker>());
            return this;
        }
    }
}

namespace Elsa.Scheduling.Features
{
    /// <summary>Settings of timers. Timers are rows of the database and need none.</summary>
    public class SchedulingFeature(IModule module) : Elsa.Features.Abstractions.FeatureBase(module);
}

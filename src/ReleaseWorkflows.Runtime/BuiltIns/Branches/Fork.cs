using System.ComponentModel;
using System.Runtime.CompilerServices;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Signals;
using ReleaseWorkflows.Runtime.BuiltIns.Loops;

namespace Elsa.Workflows
{
    /// <summary>When an activity with several branches completes.</summary>
    public enum ForkJoinMode
    {
        /// <summary>When all branches have completed.</summary>
        WaitAll,

        /// <summary>When the first branch has completed; the others are cancelled.</summary>
        WaitAny,
    }
}

namespace Elsa.Workflows.Activities
{
    /// <summary>Runs several branches at once.</summary>
    [Activity("Elsa", "Control Flow", "Branch execution into multiple branches.")]
    [Browsable(false)]
    public class Fork : Activity
    {
        private const string Open = "OpenBranches";

        /// <summary>Creates the activity.</summary>
        public Fork([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : base(source, line) => OnSignalReceived<BreakSignal>(LoopState.OnPassingBreak);

        /// <summary>When the activity completes. Default: when all branches have.</summary>
        [Input(Description = "Controls when this activity yields control back to its parent activity.")]
        public ForkJoinMode JoinMode { get; set; } = ForkJoinMode.WaitAll;

        /// <summary>The branches.</summary>
        public ICollection<IActivity> Branches { get; set; } = [];

        /// <inheritdoc />
        protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
        {
            if (Branches.Count == 0)
            {
                await context.CompleteActivityAsync();
                return;
            }

            context.SetProperty(Open, Branches.Count);
            await context.ScheduleActivities(Branches, OnBranchCompletedAsync);
        }

        private async ValueTask OnBranchCompletedAsync(ActivityCompletedContext context)
        {
            var fork = context.TargetContext;
            var open = fork.UpdateProperty<int>(Open, static count => count - 1);
            if (open == 0 || JoinMode == ForkJoinMode.WaitAny || LoopState.IsBreaking(fork))
                await fork.CompleteActivityAsync();
        }
    }

    /// <summary>Runs all its activities at once and completes when all have.</summary>
    [Activity("Elsa", "Workflows", "Execute a set of activities in parallel.")]
    [Browsable(false)]
    public class Parallel : Container
    {
        private const string Open = "OpenBranches";

        /// <summary>Creates the activity.</summary>
        public Parallel([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : base(source, line)
        {
        }

        /// <summary>Creates the activity with what it runs.</summary>
        public Parallel(params IActivity[] activities)
            : this() => Activities = [.. activities];

        /// <inheritdoc />
        protected override async ValueTask ScheduleChildrenAsync(ActivityExecutionContext context)
        {
            if (Activities.Count == 0)
            {
                await context.CompleteActivityAsync();
                return;
            }

            context.SetProperty(Open, Activities.Count);
            await context.ScheduleActivities(Activities, OnChildCompletedAsync);
        }

        private async ValueTask OnChildCompletedAsync(ActivityCompletedContext context)
        {
            if (context.TargetContext.UpdateProperty<int>(Open, static count => count - 1) == 0)
                await context.CompleteActivityAsync();
        }
    }
}

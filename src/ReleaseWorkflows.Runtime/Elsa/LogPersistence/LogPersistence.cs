using Elsa.Workflows.LogPersistence;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime;

namespace Elsa.Workflows.LogPersistence
{
    /// <summary>Whether a value is kept in the record of an activity's execution.</summary>
    public enum LogPersistenceMode
    {
        /// <summary>As the activity says, else as the workflow says, else as the settings say.</summary>
        Inherit,

        /// <summary>It is kept.</summary>
        Include,

        /// <summary>It is not kept.</summary>
        Exclude,
    }

    /// <summary>What a strategy is told when it is asked.</summary>
    /// <param name="CancellationToken">Ends the work.</param>
    public record LogPersistenceStrategyContext(CancellationToken CancellationToken);

    /// <summary>Decides whether a value is kept. A definition names the class of the strategy.</summary>
    public interface ILogPersistenceStrategy
    {
        /// <summary>The decision.</summary>
        Task<LogPersistenceMode> GetPersistenceModeAsync(LogPersistenceStrategyContext context);
    }
}

namespace Elsa.Workflows.LogPersistence.Strategies
{
    /// <summary>The value is kept.</summary>
    public class Include : ILogPersistenceStrategy
    {
        /// <inheritdoc />
        public Task<LogPersistenceMode> GetPersistenceModeAsync(LogPersistenceStrategyContext context) => Task.FromResult(LogPersistenceMode.Include);
    }

    /// <summary>The value is not kept.</summary>
    public class Exclude : ILogPersistenceStrategy
    {
        /// <inheritdoc />
        public Task<LogPersistenceMode> GetPersistenceModeAsync(LogPersistenceStrategyContext context) => Task.FromResult(LogPersistenceMode.Exclude);
    }

    /// <summary>As what is around it says.</summary>
    public class Inherit : ILogPersistenceStrategy
    {
        /// <inheritdoc />
        public Task<LogPersistenceMode> GetPersistenceModeAsync(LogPersistenceStrategyContext context) => Task.FromResult(LogPersistenceMode.Inherit);
    }

    /// <summary>As the settings of the engine say.</summary>
    public class Configuration(IOptions<WorkflowRuntimeOptions> options) : ILogPersistenceStrategy
    {
        /// <inheritdoc />
        public Task<LogPersistenceMode> GetPersistenceModeAsync(LogPersistenceStrategyContext context) =>
            Task.FromResult(options.Value.LogPersistenceMode);
    }
}

namespace Elsa.Workflows.Runtime
{
    /// <summary>What the record of one execution keeps, value by value.</summary>
    public class ActivityLogPersistenceModeMap
    {
        /// <summary>By name of the input. An input that is not named is kept.</summary>
        public IDictionary<string, LogPersistenceMode> Inputs { get; set; } = new Dictionary<string, LogPersistenceMode>();

        /// <summary>By name of the output. An output that is not named is kept.</summary>
        public IDictionary<string, LogPersistenceMode> Outputs { get; set; } = new Dictionary<string, LogPersistenceMode>();

        /// <summary>Journal data and properties of the activity.</summary>
        public LogPersistenceMode InternalState { get; set; }
    }

    /// <summary>What the records of executions keep.</summary>
    public static class ActivityExecutionContextExtensions
    {
        /// <summary>True if something was decided about the record of the execution.</summary>
        public static bool HasLogPersistenceModeMap(this ActivityExecutionContext context) => context.LogPersistence is not null;

        /// <summary>What the record of the execution keeps: everything, unless something was decided.</summary>
        public static ActivityLogPersistenceModeMap GetLogPersistenceModeMap(this ActivityExecutionContext context) =>
            context.LogPersistence ?? new ActivityLogPersistenceModeMap { InternalState = LogPersistenceMode.Include };

        /// <summary>Decides what the record of the execution keeps.</summary>
        public static void SetLogPersistenceModeMap(this ActivityExecutionContext context, ActivityLogPersistenceModeMap map) =>
            context.LogPersistence = map;
    }
}

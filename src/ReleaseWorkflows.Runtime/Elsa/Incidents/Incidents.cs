using Elsa.Workflows.State;

namespace Elsa.Workflows.State
{
    /// <summary>An exception as it is recorded.</summary>
    /// <param name="Type">Full name of its class.</param>
    /// <param name="Message">Its message.</param>
    /// <param name="StackTrace">Where it was thrown.</param>
    /// <param name="InnerException">What caused it.</param>
    public record ExceptionState(string? Type, string Message, string? StackTrace, ExceptionState? InnerException)
    {
        /// <summary>Records an exception, with at most eight causes.</summary>
        public static ExceptionState? FromException(Exception? exception) => FromException(exception, 8);

        private static ExceptionState? FromException(Exception? exception, int depth) =>
            exception is null || depth == 0
                ? null
                : new ExceptionState(
                    exception.GetType().FullName,
                    Told(exception, static told => told.Message) ?? exception.GetType().Name,
                    Told(exception, static told => told.StackTrace),
                    FromException(exception.InnerException, depth - 1));

        // Exceptions may have code of their own here, which must not hide them.
        private static string? Told(Exception exception, Func<Exception, string?> tell)
        {
            try
            {
                return tell(exception);
            }
            catch (Exception second) when (second is not OutOfMemoryException)
            {
                return null;
            }
        }
    }
}

namespace Elsa.Workflows.Models
{
    /// <summary>Something that went wrong in an instance.</summary>
    /// <param name="ActivityId">Activity that failed.</param>
    /// <param name="ActivityNodeId">Its node id.</param>
    /// <param name="ActivityType">Its type.</param>
    /// <param name="Message">What went wrong, for people.</param>
    /// <param name="Exception">The exception, if there was one.</param>
    /// <param name="Timestamp">When.</param>
    /// <param name="ActivityInstanceId">Execution that failed.</param>
    public record ActivityIncident(
        string ActivityId,
        string ActivityNodeId,
        string ActivityType,
        string Message,
        ExceptionState? Exception,
        DateTimeOffset Timestamp,
        string? ActivityInstanceId = null);
}

namespace Elsa.Workflows
{
    /// <summary>Decides what an incident does to the instance.</summary>
    public interface IIncidentStrategy
    {
        /// <summary>Called once for each incident, after it was recorded.</summary>
        void HandleIncident(ActivityExecutionContext context);
    }
}

namespace Elsa.Workflows.IncidentStrategies
{
    /// <summary>The instance is faulted; nothing further runs.</summary>
    public sealed class FaultStrategy : IIncidentStrategy
    {
        /// <inheritdoc />
        public void HandleIncident(ActivityExecutionContext context) =>
            context.WorkflowExecutionContext.SubStatus = WorkflowSubStatus.Faulted;
    }

    /// <summary>Other branches go on; the instance faults only when they have nothing left to do.</summary>
    public sealed class ContinueWithIncidentsStrategy : IIncidentStrategy
    {
        /// <inheritdoc />
        public void HandleIncident(ActivityExecutionContext context)
        {
        }
    }
}

namespace Elsa.Workflows.Options
{
    /// <summary>Settings about incidents.</summary>
    public class IncidentOptions
    {
        /// <summary>Strategy of workflows that name none. Default: <see cref="IncidentStrategies.FaultStrategy"/>.</summary>
        public Type DefaultIncidentStrategy { get; set; } = typeof(IncidentStrategies.FaultStrategy);
    }
}

namespace Elsa.Workflows.Exceptions
{
    /// <summary>A failure raised on purpose by a workflow.</summary>
    public class FaultException : Exception
    {
        /// <summary>Creates the exception.</summary>
        /// <param name="code">Code, free.</param>
        /// <param name="category">Category, free.</param>
        /// <param name="faultType">Kind, for example System or Business.</param>
        /// <param name="message">A sentence for people.</param>
        /// <param name="innerException">The cause.</param>
        public FaultException(string code, string category, string faultType, string? message, Exception? innerException = null)
            : base(message, innerException)
        {
            Code = code;
            Category = category;
            Type = faultType;
        }

        /// <summary>Code, free.</summary>
        public string Code { get; }

        /// <summary>Category, free.</summary>
        public string Category { get; }

        /// <summary>Kind, for example System or Business.</summary>
        public string Type { get; }
    }

    /// <summary>An input of an activity could not be evaluated.</summary>
    public class InputEvaluationException : Exception
    {
        /// <summary>Creates the exception.</summary>
        public InputEvaluationException(string inputName, string message, Exception? innerException = null)
            : base(message, innerException) => InputName = inputName;

        /// <summary>Name of the input.</summary>
        public string InputName { get; }
    }
}

namespace Elsa.Workflows.Activities.Flowchart.Models
{
    /// <summary>The names an activity completes with. Connections from these exits are followed.</summary>
    /// <param name="Names">The names; null stands for the exit without a name.</param>
    public record Outcomes(params string?[] Names)
    {
        /// <summary>What an activity completes with that names nothing: Done, and the exit without a name.</summary>
        public static readonly Outcomes Default = new(null, "Done");

        /// <summary>No exit is followed.</summary>
        public static readonly Outcomes Empty = new();
    }

    /// <summary>A point of a drawn line.</summary>
    /// <param name="X">Horizontal position.</param>
    /// <param name="Y">Vertical position.</param>
    public record Position(double X, double Y);

    /// <summary>One end of a connection.</summary>
    public class Endpoint
    {
        /// <summary>Creates an empty end, to be filled by a reader.</summary>
        public Endpoint()
        {
        }

        /// <summary>Creates an end.</summary>
        public Endpoint(IActivity activity, string? port = null)
        {
            Activity = activity;
            Port = port;
        }

        /// <summary>The activity.</summary>
        public IActivity Activity { get; set; } = null!;

        /// <summary>The exit, or entry, of the activity; null: the one without a name.</summary>
        public string? Port { get; set; }
    }

    /// <summary>A line from an exit of one activity to another activity of the same flowchart.</summary>
    public record Connection
    {
        /// <summary>Creates an empty connection, to be filled by a reader.</summary>
        public Connection()
        {
        }

        /// <summary>Creates a connection.</summary>
        public Connection(Endpoint source, Endpoint target)
        {
            Source = source;
            Target = target;
        }

        /// <summary>Creates a connection from the exit without a name.</summary>
        public Connection(IActivity source, IActivity target)
            : this(new Endpoint(source), new Endpoint(target))
        {
        }

        /// <summary>Where it begins.</summary>
        public Endpoint Source { get; set; } = null!;

        /// <summary>Where it ends.</summary>
        public Endpoint Target { get; set; } = null!;

        /// <summary>How it is drawn.</summary>
        public ICollection<Position> Vertices { get; set; } = [];
    }

    /// <summary>What a join waits for.</summary>
    public enum FlowJoinMode
    {
        /// <summary>All branches, and all have to be taken.</summary>
        WaitAll,

        /// <summary>All branches that are still under way.</summary>
        WaitAllActive,

        /// <summary>The first branch; the others are cancelled.</summary>
        WaitAny,
    }

    /// <summary>How flowcharts are moved on.</summary>
    public enum FlowchartExecutionMode
    {
        /// <summary>By counting arrivals: what several connections lead to waits until each has brought one, followed or not.</summary>
        CounterBased,

        /// <summary>By tokens on the connections that are followed, and the merge mode of what they lead to.</summary>
        TokenBased,
    }

    /// <summary>How an activity treats several arrivals in the token-based mode; the custom property <c>mergeMode</c>.</summary>
    public enum MergeMode
    {
        /// <summary>As Stream.</summary>
        None,

        /// <summary>Runs when nothing more is on its way.</summary>
        Stream,

        /// <summary>Waits for all forward branches.</summary>
        Merge,

        /// <summary>Waits for all branches.</summary>
        Converge,

        /// <summary>Runs once per arrival.</summary>
        Cascade,

        /// <summary>Runs for the first arrival.</summary>
        Race,
    }
}

namespace Elsa.Workflows.Activities.Flowchart.Contracts
{
    /// <summary>An activity that joins branches of a flowchart in its own way.</summary>
    public interface IJoinNode : IActivity;
}

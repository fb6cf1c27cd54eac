namespace Elsa.Workflows.Activities.Flowchart.Attributes;

/// <summary>Names the outcomes of an activity, which become its exits in a flowchart.</summary>
[AttributeUsage(AttributeTargets.Class)]
public class FlowNodeAttribute : Attribute
{
    /// <summary>Names the outcomes.</summary>
    public FlowNodeAttribute(params string[] outcomes) => Outcomes = outcomes;

    /// <summary>The outcomes, in the order they are drawn.</summary>
    public ICollection<string> Outcomes { get; }
}

using Elsa.Extensions;
using Elsa.Scheduling.Activities;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Runtime.Activities;
using ReleaseWorkflows.Runtime.BuiltIns.Flowcharts;

namespace ReleaseWorkflows.Runtime.Definitions.Validation;

/// <summary>What a flowchart is told: steps that are never reached, circles that cannot run or that nothing slows down.</summary>
internal static class FlowchartValidation
{
    public static void Check(Flowchart flowchart, List<DefinitionFinding> findings)
    {
        if (flowchart.Activities.Count == 0)
            return;

        var graph = flowchart.GraphFromStart();

        // Where an activity could not be read, its connections are missing too, and what is behind them would be told of for nothing.
        if (findings.TrueForAll(static finding => finding.Severity != FindingSeverity.Error))
            CheckReach(flowchart, graph, findings);
        CheckCircles(graph, findings);
    }

    // A flowchart begins at its start, or at any activity that can start the workflow.
    private static void CheckReach(Flowchart flowchart, FlowGraph graph, List<DefinitionFinding> findings)
    {
        var reached = graph.ReachableFrom(
            Enumerable.Range(0, graph.Activities.Count).Where(position => graph.Activities[position].GetCanStartWorkflow()).Prepend(graph.Start));
        for (var position = 0; position < graph.Activities.Count; position++)
        {
            if (!reached.Contains(position))
            {
                findings.Add(DefinitionReader.Warning(
                    graph.Activities[position].Id, $"No connection leads here from where the flowchart '{flowchart.Id}' starts; it never runs."));
            }
        }
    }

    private static void CheckCircles(FlowGraph graph, List<DefinitionFinding> findings)
    {
        foreach (var edge in graph.Edges)
        {
            if (edge.IsBackward && !edge.IsValid)
            {
                findings.Add(DefinitionReader.Warning(
                    graph.Activities[edge.Source].Id,
                    $"The connection back to '{graph.Activities[edge.Target].Id}' closes a circle that can be entered elsewhere; following it fails."));
            }
        }

        foreach (var loop in graph.Loops)
        {
            if (!loop.Body.Any(position => MayWait(graph.Activities[position])))
            {
                findings.Add(DefinitionReader.Warning(
                    graph.Activities[loop.Header].Id,
                    "The circle that begins here has nothing in it that waits; it has to come to its end within one burst."));
            }
        }
    }

    // Activities from elsewhere are given the benefit of the doubt.
    private static bool MayWait(IActivity activity) =>
        activity.GetType().Assembly != typeof(Flowchart).Assembly
        || activity is Delay or ITrigger or RunTask or ChildWorkflowActivity or BulkDispatchWorkflows
        || (activity is Activity { Node: { } node } && node.Children.Any(static child => MayWait(child.Activity)));
}

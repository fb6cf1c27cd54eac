using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;

namespace ReleaseWorkflows.Runtime.Tests;

/// <summary>An activity as a project would write it against Elsa: nothing here names this engine.</summary>
[Activity("Acme", "Approvals", "Waits for a decision.", DisplayName = "Await decision")]
[FlowNode("Approved", "Rejected")]
public class AwaitDecision : Activity<string>
{
    [Input(Description = "Order id", UIHint = InputUIHints.SingleLine)]
    public Input<string> OrderId { get; set; } = null!;

    protected override void Execute(ActivityExecutionContext context) =>
        context.CreateBookmark(new CreateBookmarkArgs
        {
            Stimulus = new DecisionStimulus(OrderId.Get(context)),
            Callback = OnDecided,
            IncludeActivityInstanceId = false,
        });

    private async ValueTask OnDecided(ActivityExecutionContext context)
    {
        var answer = context.GetWorkflowInput<string>("Answer");
        Result.Set(context, answer);
        await context.CompleteActivityWithOutcomesAsync(answer == "yes" ? "Approved" : "Rejected");
    }
}

public record DecisionStimulus(string OrderId);

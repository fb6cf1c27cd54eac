using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Domain.Releases;

namespace Acme.Activities;

[Activity("Acme", "Releases", "Asks whether the release notes say enough.", DisplayName = "Check release notes")]
[FlowNode("Good", "Too short")]
public sealed class CheckReleaseNotes : Activity
{
    [Input(Description = "How many characters the release notes need at least.", DefaultValue = 20)]
    public Input<int> MinimumLength { get; set; } = new(20);

    [Output(Description = "How many characters they have.")]
    public Output<int> Length { get; set; } = null!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var id = new ReleaseId(context.WorkflowExecutionContext.CorrelationId!);
        var release = await context.GetRequiredService<IReleaseStore>().FindAsync(id, context.CancellationToken);
        var length = release!.BasicInformation.ReleaseNotes?.Length ?? 0;
        context.Set(Length, length);
        await context.CompleteActivityWithOutcomesAsync(length >= MinimumLength.Get(context) ? "Good" : "Too short");
    }
}

using System.Globalization;
using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.GoLive;

/// <summary>
/// Raises a rollout to the next step of a schedule (T17, T18), once a person has set the first percentage. While the rollout is held or the target
/// frozen it raises nothing and says so, for the definition to try again later.
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Raises the percentage of users to the next step of a schedule.", DisplayName = "Raise percentage")]
[FlowNode("Raised", "Completed", "Waiting")]
public sealed class RaisePercentage : Activity
{
    /// <summary>Creates the activity.</summary>
    public RaisePercentage([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>The percentages of the schedule, rising, with commas between them.</summary>
    [Input(Description = "The percentages of the schedule, separated by commas: 1, 5, 20, 50, 100. The first one above the present percentage is set.", UIHint = InputUIHints.SingleLine)]
    public Input<string> Steps { get; set; } = null!;

    /// <summary>The percentage afterwards; 100 once everyone has the version.</summary>
    [Output(Description = "The percentage of users afterwards.")]
    public Output<int> Percentage { get; set; } = null!;

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var release = await context.LoadReleaseAsync();
        var steps = Read(Steps.GetOrDefault(context) ?? "");
        var next = steps.FirstOrDefault(step => step > (release.Percentage ?? 0), 100);
        var result = release.Status == ReleaseStatus.FullRelease
            ? ReleaseResult.Accept(release, null)
            : await context.Releases().ExecuteAsync(release.Id, new RaiseAutomatically(next), Actor.System, context.CancellationToken);
        var outcome = result switch
        {
            { IsRefused: false, Release.Status: ReleaseStatus.FullRelease } => "Completed",
            { IsRefused: false } => "Raised",
            { Refusal.Code: RefusalCodes.Held or RefusalCodes.Frozen } => "Waiting",
            _ => throw new ReleaseStepRefusedException(ReleaseCommands.RaiseAutomatically, result.Refusal!),
        };
        if (!result.IsRefused)
        {
            await context.ShowStandAsync(result);
        }

        context.Set(Percentage, outcome == "Completed" ? 100 : result.Release?.Percentage ?? release.Percentage ?? 0);
        await context.CompleteActivityWithOutcomesAsync(outcome);
    }

    private static List<int> Read(string text)
    {
        var steps = new List<int>();
        foreach (var word in text.Split([',', ';', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var step) || step is < 1 or > 100 || (steps.Count > 0 && step <= steps[^1]))
            {
                throw new FormatException($"“{text}” is no schedule: write rising percentages from 1 to 100 with commas between them, for example 1, 5, 20, 50, 100.");
            }

            steps.Add(step);
        }

        return steps;
    }
}

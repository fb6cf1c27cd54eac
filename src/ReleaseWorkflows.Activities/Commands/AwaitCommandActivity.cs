using Elsa.Workflows;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Commands;

/// <summary>
/// Waits for commands to the release. The domain decides on each; a refused one changes nothing and the activity waits on, an accepted
/// one ends the activity with the outcome that <see cref="Outcome"/> names, or keeps it waiting.
/// </summary>
public abstract class AwaitCommandActivity : Activity
{
    /// <inheritdoc/>
    protected AwaitCommandActivity(string? source, int? line)
        : base(source, line)
    {
    }

    /// <summary>Names of the commands that the activity waits for.</summary>
    protected abstract IReadOnlyList<string> Commands { get; }

    /// <summary>The outcome after an accepted command, or null to wait for the next one.</summary>
    protected abstract string? Outcome(ReleaseResult result, ActivityExecutionContext context);

    /// <summary>
    /// What happens before the waiting begins; an outcome ends the activity at once. By default nothing.
    /// </summary>
    protected virtual ValueTask<string?> BeginAsync(ActivityExecutionContext context) => ValueTask.FromResult<string?>(null);

    /// <inheritdoc/>
    protected sealed override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (await BeginAsync(context) is { } outcome)
        {
            await context.CompleteActivityWithOutcomesAsync(outcome);
            return;
        }

        context.CreateBookmark(new CreateBookmarkArgs
        {
            BookmarkName = ReleaseCommandStimulus.BookmarkName,
            Stimulus = new ReleaseCommandStimulus(context.ReleaseId().Value, Commands),
            Callback = OnCommandAsync,
            // The bookmark survives a command after which the activity waits on; completing the activity removes it.
            AutoBurn = false,
            AutoComplete = false,
            IncludeActivityInstanceId = false,
        });
    }

    private async ValueTask OnCommandAsync(ActivityExecutionContext context)
    {
        var result = await context.GetRequiredService<CommandInProgress>().ExecuteAsync(context.Releases(), Commands, context.CancellationToken);

        // A release moves on by commands to the release alone: whoever resumes the bookmark directly finds it waiting on.
        if (result is not { IsRefused: false })
        {
            return;
        }

        await context.ShowStandAsync(result);
        if (Outcome(result, context) is { } outcome)
        {
            await context.CompleteActivityWithOutcomesAsync(outcome);
        }
    }
}

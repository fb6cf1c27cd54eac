using System.Text.Json;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.OutsideWork;

/// <summary>What activities need for work outside the process.</summary>
public static class OutsideWorkExtensions
{
    /// <summary>
    /// Asks for work outside the process, and waits for its result. Nothing happens before the burst has committed.
    /// </summary>
    /// <param name="context">The execution.</param>
    /// <param name="kind">Kind of work; a registered <see cref="IOutsideWorkHandler"/> does it.</param>
    /// <param name="request">What to do; kept as JSON with the instance until it is done.</param>
    /// <param name="callback">A method of the activity class, run with the result; see <see cref="GetOutsideWorkResult"/>.</param>
    /// <param name="addressee">Whom the work has to reach, for example a host. One that is slow leaves places to others. Null: there is no such thing.</param>
    public static void RequestOutsideWork<T>(
        this ActivityExecutionContext context, string kind, T request, ExecuteActivityDelegate callback, string? addressee = null) =>
        context.CreateBookmark(new CreateBookmarkArgs
        {
            Stimulus = new OutsideWorkStimulus(kind, JsonSerializer.Serialize(request, JsonValues.Options), addressee),
            Callback = callback,
            IncludeActivityInstanceId = true,
        });

    /// <summary>The result of the work, inside the callback.</summary>
    /// <exception cref="InvalidOperationException">The callback was not run by the end of outside work.</exception>
    public static OutsideWorkResult GetOutsideWorkResult(this ActivityExecutionContext context) =>
        context.TryGetWorkflowInput<OutsideWorkResult>(OutsideWorkResult.InputName, out var result)
            ? result
            : throw new InvalidOperationException("There is no result here: the activity was not resumed by the end of outside work.");
}

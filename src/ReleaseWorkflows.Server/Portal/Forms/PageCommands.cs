using Microsoft.AspNetCore.Components;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Portal.Forms;

/// <summary>
/// Carries out the command of a form as the API does (<see cref="CommandEndpoint"/>): one unit of work of the signed-in person, once per key of the form,
/// so that a second click repeats the first answer. <see cref="PostedForm"/> tells the whole story.
/// </summary>
internal sealed class PageCommands(IHttpContextAccessor request, IUnitOfWorkRunner units, PostedForm form, PageNotices notices, NavigationManager navigation)
{
    /// <summary>Carries the work out and, if it is accepted, goes to a page that says so.</summary>
    /// <param name="work">The work, with the services of its unit of work. It runs again from the start after a lost race; read the form before.</param>
    /// <param name="notice">What was done, in a sentence.</param>
    /// <param name="next">The page to go to. Default: the page of the form, at its present address.</param>
    /// <returns>When the work was refused: the page shows itself again, with <see cref="PostedForm.Problem"/> in it.</returns>
    public Task SendAsync(Func<IServiceProvider, CancellationToken, Task<CommandResponse>> work, string notice, string? next = null) =>
        SendToAsync(work, notice, _ => next);

    /// <summary>As <see cref="SendAsync"/>, where the answer says where to go; null for the page of the form.</summary>
    public async Task SendToAsync(Func<IServiceProvider, CancellationToken, Task<CommandResponse>> work, string notice, Func<CommandResponse, string?> next)
    {
        var response = await RunAsync(work);
        if (response.Problem is null)
        {
            var context = request.HttpContext!;
            notices.Leave(context, notice);
            navigation.NavigateTo(next(response) ?? context.Request.Path + context.Request.QueryString);
        }
    }

    /// <summary>Carries the work out, for pages that show what came of it themselves, such as a secret that is shown once.</summary>
    /// <returns>The answer. A refusal is in <see cref="PostedForm.Problem"/> already.</returns>
    public async Task<CommandResponse> RunAsync(Func<IServiceProvider, CancellationToken, Task<CommandResponse>> work)
    {
        var context = request.HttpContext!;
        var cancellationToken = context.RequestAborted;
        var actor = CurrentActor.Of(context);
        var response = form.Key is { } value
            ? await CommandEndpoint.RunOnceAsync(units, actor, new IdempotencyKey(value, await form.HashAsync(cancellationToken)), work, cancellationToken)
            : await units.RunAsync(
                async (services, stop) =>
                {
                    var answer = await work(services, stop);
                    return new UnitOfWorkResult<CommandResponse>(answer, answer.IsCommitted);
                },
                cancellationToken);
        if (response.Problem is { } problem)
        {
            form.Refuse(problem.Code == CommandEndpoint.KeyReused ? SentBefore : problem);
        }

        return response;
    }

    // Somebody went back in the browser to a form that was accepted, and changed it. The page now carries a new key.
    private static Problem SentBefore => new(
        StatusCodes.Status409Conflict,
        CommandEndpoint.KeyReused,
        "This form was sent and accepted before, with other contents. Nothing was done now. Look at how things stand, then send it again if you still want to.");
}

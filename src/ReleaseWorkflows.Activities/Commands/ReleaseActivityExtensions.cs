using Elsa.Workflows;
using ReleaseWorkflows.Activities.Hosting;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Commands;

/// <summary>How an activity reaches its release.</summary>
internal static class ReleaseActivityExtensions
{
    /// <summary>The release that the instance carries: its correlation id.</summary>
    /// <exception cref="InvalidOperationException">The instance was started without a release.</exception>
    public static ReleaseId ReleaseId(this ActivityExecutionContext context) =>
        context.WorkflowExecutionContext.CorrelationId is { Length: > 0 } id
            ? new ReleaseId(id)
            : throw new InvalidOperationException("This workflow carries no release. It is started by creating a release, not by itself.");

    /// <summary>The domain.</summary>
    public static ReleaseService Releases(this ActivityExecutionContext context) => context.GetRequiredService<ReleaseService>();

    /// <summary>The release as it is in this unit of work.</summary>
    public static async ValueTask<Release> LoadReleaseAsync(this ActivityExecutionContext context)
    {
        var id = context.ReleaseId();
        return await context.GetRequiredService<IReleaseStore>().FindAsync(id, context.CancellationToken)
            ?? throw new InvalidOperationException($"Release {id} does not exist.");
    }

    /// <summary>
    /// A step that the platform takes by itself. If the rules forbid it, the definition asks for something it must not: the step fails
    /// with the domain's sentence, which becomes the incident that an admin reads.
    /// </summary>
    public static async ValueTask<Release> TakeStepAsync(this ActivityExecutionContext context, ReleaseCommand step)
    {
        var result = await context.Releases().ExecuteAsync(context.ReleaseId(), step, Actor.System, context.CancellationToken);
        if (result.IsRefused)
        {
            throw new ReleaseStepRefusedException(step.Name, result.Refusal);
        }

        await context.ShowStandAsync(result);
        return result.Release;
    }

    /// <summary>
    /// Lets the name of the instance say where the release stands, for lists of instances; and that of the release it took the place of, whose
    /// instance has ended and can no longer say so itself (T22).
    /// </summary>
    public static async ValueTask ShowStandAsync(this ActivityExecutionContext context, ReleaseResult result)
    {
        context.WorkflowExecutionContext.Name = ReleaseInstanceName.Of(result.Release!);
        if (result.Superseded is { WorkflowInstanceId: { } instance } superseded)
        {
            await context.GetRequiredService<IWorkflowHost>().RenameEndedAsync(instance, ReleaseInstanceName.Of(superseded), context.CancellationToken);
        }
    }
}

/// <summary>What a workflow instance that carries a release is called: mini program, version, app, environment and where the release stands.</summary>
public static class ReleaseInstanceName
{
    /// <summary>The name, for example <c>coffee 1.0.0 → superapp-a Production · Under Review</c>.</summary>
    public static string Of(Release release) => $"{release.Key} · {ReleaseDecider.Words(release.Status)}";
}

/// <summary>The rules forbid a step that a workflow definition asks for. The release stays as it is.</summary>
public sealed class ReleaseStepRefusedException : Exception
{
    /// <summary>Creates the exception for a refused step.</summary>
    public ReleaseStepRefusedException(string step, Refusal refusal)
        : base($"The rules of releases forbid “{step}” here: {refusal.Message}")
    {
        Step = step;
        Code = refusal.Code;
    }

    /// <summary>Name of the step.</summary>
    public string Step { get; }

    /// <summary>Code of the refusal.</summary>
    public string Code { get; }
}

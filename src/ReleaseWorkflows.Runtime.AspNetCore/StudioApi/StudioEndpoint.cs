using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi;

/// <summary>What every request passes through: caller, permission, handler, answer.</summary>
internal static class StudioEndpoint
{
    /// <summary>Name of the parameter whose value is the definition that a permission is asked for.</summary>
    private const string DefinitionId = "definitionId";

    /// <summary>Answers requests to one line of the table.</summary>
    public static RequestDelegate For(StudioRoute route) => async context =>
    {
        KeepEmpty(context);
        var answer = await AnswerAsync(context, route);
        await answer.WriteAsync(context);
    };

    /// <summary>Answers requests to addresses below the prefix that are not in the table: 404 without a body, for every method.</summary>
    public static Task UnknownAsync(HttpContext context)
    {
        KeepEmpty(context);
        return StudioAnswer.NotFound.WriteAsync(context);
    }

    private static async Task<StudioAnswer> AnswerAsync(HttpContext context, StudioRoute route)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<StudioApiOptions>>().Value;
        if (await context.RequestServices.GetRequiredService<IStudioAccess>().FindCallerAsync(context) is not { } caller)
            return StudioAnswer.Empty(StatusCodes.Status401Unauthorized).WithHeader("WWW-Authenticate", options.Challenge);
        if (!caller.May(route.Permission, context.GetRouteValue(DefinitionId) as string))
            return StudioAnswer.Forbidden(route.Permission);

        try
        {
            return await route.Handler(new StudioRequest(context, caller, options));
        }
        catch (BadHttpRequestException exception)
        {
            var errors = new Dictionary<string, IReadOnlyList<string>> { ["generalErrors"] = [exception.Message] };
            return StudioAnswer.Problem(exception.StatusCode, exception.Message, errors);
        }
        catch (ConcurrencyConflictException)
        {
            // Every repetition was lost too. Studio tells people what a 400 says, and nothing of a 409.
            return StudioAnswer.Invalid("Others changed the same thing at the same time, so nothing was done. Try again.");
        }
    }

    // A host that puts pages over statuses without a body must leave these alone: clients of Elsa expect them empty.
    private static void KeepEmpty(HttpContext context)
    {
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            pages.Enabled = false;
    }
}

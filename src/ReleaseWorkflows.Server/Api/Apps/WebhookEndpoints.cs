using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;
using ReleaseWorkflows.Server.Delivery;

namespace ReleaseWorkflows.Server.Api.Apps;

/// <summary><c>/api/apps/{key}/webhook</c>: where a super app hears who has which version. The secret is shown once.</summary>
internal static class WebhookEndpoints
{
    /// <summary>Adds the endpoints below the apps.</summary>
    public static void MapWebhooks(this IEndpointRouteBuilder apps)
    {
        apps.MapPut("/{key}/webhook", SetAsync).WithSummary("Sets the address of the app's webhook, with a new secret that is shown once.").Produces<WebhookAnswer>();
        apps.MapDelete("/{key}/webhook", RemoveAsync).WithSummary("Removes the app's webhook.");
    }

    private static async Task<IResult> SetAsync(HttpContext context, string key, WebhookSecrets secrets, CancellationToken cancellationToken)
    {
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var url = input.Text("url", 2_000);
        if (AppWebhook.ProblemOf(url) is { } problem && url.Length > 0)
        {
            input.Add("url", problem);
        }

        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        var secret = WebhookSignature.NewSecret();
        return await AppChange.RunAsync(context, key, app => app with { Webhook = new AppWebhook(url, secrets.Close(secret)) }, app =>
            CommandResponse.Ok(new WebhookAnswer(url, secret), app.Revision).Remembering(new WebhookAnswer(url, null)));
    }

    private static Task<IResult> RemoveAsync(HttpContext context, string key) =>
        AppChange.RunAsync(context, key, app => app with { Webhook = null }, _ => CommandResponse.NoContent());
}

/// <summary>A webhook as an answer.</summary>
/// <param name="Url">Where notices go.</param>
/// <param name="Secret">What they are signed with; shown once, null when a repeat of the request is answered.</param>
internal sealed record WebhookAnswer(string Url, string? Secret);

using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Live;

/// <summary>
/// Lets viewers in. Who they are is asked at the negotiation, which carries their credentials; what follows is let in by the connection token that
/// the negotiation answered, since a browser cannot send an API key with a web socket. The token is secret, good for one connection and,
/// unused, for a minute; a page of another site cannot read it, so a session cookie alone opens nothing.
/// </summary>
internal sealed class HubGate(TimeProvider time)
{
    /// <summary>How long a token is good that nothing was heard of. A long poll speaks up sooner.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, Ticket> _tickets = new(StringComparer.Ordinal);

    /// <summary>Whose connection it is; null if it did not come through the gate.</summary>
    public static StudioCaller? CallerOf(HubCallerContext context) => context.GetHttpContext()?.Features.Get<StudioCaller>();

    /// <summary>Wraps the endpoints of the hub.</summary>
    public static RequestDelegate Guard(RequestDelegate hub) => context =>
    {
        var gate = context.RequestServices.GetRequiredService<HubGate>();
        return context.Request.Path.Value?.EndsWith("/negotiate", StringComparison.OrdinalIgnoreCase) == true
            ? gate.NegotiateAsync(context, hub)
            : gate.ConnectAsync(context, hub);
    };

    private async Task NegotiateAsync(HttpContext context, RequestDelegate hub)
    {
        if (await context.RequestServices.GetRequiredService<IStudioAccess>().FindCallerAsync(context) is not { } caller)
        {
            context.Response.Headers.WWWAuthenticate = context.RequestServices.GetRequiredService<IOptions<StudioApiOptions>>().Value.Challenge;
            await StudioAnswer.Empty(StatusCodes.Status401Unauthorized).WriteAsync(context);
            return;
        }

        if (!caller.May(StudioPermissions.ReadWorkflowInstances, null))
        {
            await StudioAnswer.Forbidden(StudioPermissions.ReadWorkflowInstances).WriteAsync(context);
            return;
        }

        // The token stands in the answer and nowhere else.
        var body = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            await hub(context);
        }
        finally
        {
            context.Response.Body = body;
        }

        if (TokenOf(answer) is { } token)
            Admit(token, caller);
        await body.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length), context.RequestAborted);
    }

    private async Task ConnectAsync(HttpContext context, RequestDelegate hub)
    {
        if (context.Request.Query["id"].ToString() is not { Length: > 0 } token
            || !_tickets.TryGetValue(token, out var ticket)
            || ticket.GoodUntil < time.GetUtcNow())
        {
            await StudioAnswer.Empty(StatusCodes.Status401Unauthorized).WriteAsync(context);
            return;
        }

        _tickets[token] = ticket with { GoodUntil = time.GetUtcNow() + Patience };
        context.Features.Set(ticket.Caller);
        await hub(context);
    }

    private void Admit(string token, StudioCaller caller)
    {
        var now = time.GetUtcNow();
        foreach (var (old, ticket) in _tickets)
        {
            if (ticket.GoodUntil < now)
                _tickets.TryRemove(old, out _);
        }

        _tickets[token] = new Ticket(caller, now + Patience);
    }

    private static string? TokenOf(MemoryStream answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.GetBuffer().AsMemory(0, (int)answer.Length));
            // The first version of the protocol knows the connection's id alone.
            return document.RootElement.TryGetProperty("connectionToken", out var token) ? token.GetString()
                : document.RootElement.TryGetProperty("connectionId", out var id) ? id.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Ticket(StudioCaller Caller, DateTimeOffset GoodUntil);
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Portal.Live;

namespace ReleaseWorkflows.Server.Portal.Forms;

/// <summary>
/// Forms that came when the session of their sender was over: nothing was done, and what was typed waits here until the sender has signed in again and the
/// page shows it. In memory, for a quarter of an hour, at most 200 of them; a cookie names the one of this browser. Files are not kept.
/// </summary>
internal sealed class KeptForms(TimeProvider clock)
{
    private const string Cookie = "release-workflows-kept";
    private const int MostKept = 200;
    private const int MaximumBytes = 256 * 1024;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, Kept> _forms = new();

    /// <summary>Keeps the form of a request, if one of our pages sent it and it is not too long.</summary>
    public async Task KeepAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method) || !request.HasFormContentType || request.ContentLength is not <= MaximumBytes || !SameOrigin.ComesFromHere(request))
        {
            return;
        }

        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            // Not a form after all: there is nothing to keep.
            return;
        }

        if (form[PostedForm.NameField].Count == 0)
        {
            return;
        }

        Forget();
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var fields = new FormCollection(form.ToDictionary(field => field.Key, field => field.Value));
        _forms[id] = new Kept(request.Path, fields, await Sessions.FindFormerAccountAsync(context, context.RequestAborted), clock.GetUtcNow());
        context.Response.Cookies.Append(Cookie, id, OptionsFor(context));
    }

    /// <summary>The form that this browser had sent to this page, once; null if there is none, or if somebody else has signed in.</summary>
    public IFormCollection? Take(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method)
            || context.Request.Cookies[Cookie] is not { Length: > 0 } id
            || context.Response.HasStarted
            || LiveHub.IsFetch(context.Request)
            || !_forms.TryGetValue(id, out var kept)
            || kept.Page != context.Request.Path
            || !_forms.TryRemove(id, out _))
        {
            return null;
        }

        context.Response.Cookies.Delete(Cookie, OptionsFor(context));
        var isSender = kept.Account is not { } account || CurrentActor.FindAccount(context)?.Id == account;
        return isSender && clock.GetUtcNow() - kept.At <= Lifetime ? kept.Fields : null;
    }

    private static CookieOptions OptionsFor(HttpContext context) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        Path = "/",
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        MaxAge = Lifetime,
    };

    private void Forget()
    {
        var oldest = clock.GetUtcNow() - Lifetime;
        foreach (var (id, _) in _forms.OrderByDescending(form => form.Value.At).Where((form, place) => place >= MostKept - 1 || form.Value.At < oldest).ToList())
        {
            _forms.TryRemove(id, out _);
        }
    }

    private sealed record Kept(PathString Page, IFormCollection Fields, UserId? Account, DateTimeOffset At);
}

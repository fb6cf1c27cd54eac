using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Notifications;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.Apps;

/// <summary><c>/api/apps/{key}/notifications</c>: which e-mails applicants get beside those on decisions, and in which words (A29).</summary>
internal static class NotificationEndpoints
{
    /// <summary>Adds the endpoints below the apps.</summary>
    public static void MapNotifications(this IEndpointRouteBuilder apps)
    {
        apps.MapGet("/{key}/notifications", ReadAsync).WithSummary("Reads which e-mails applicants get, and in which words.").Produces<NotificationAnswer>();
        apps.MapPut("/{key}/notifications", ReplaceAsync).WithSummary("Replaces which e-mails applicants get, and in which words.").Produces<NotificationAnswer>();
    }

    private static async Task<IResult> ReadAsync(string key, ITargetAppStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(new AppKey(key), cancellationToken) is { } app ? CommandResponse.Ok(NotificationAnswer.Of(app), app.Revision) : AppEndpoints.NotFound(key);

    private static async Task<IResult> ReplaceAsync(HttpContext context, string key, CancellationToken cancellationToken)
    {
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var settings = Read(input);
        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        return await AppChange.RunAsync(
            context, key, app => app with { Notifications = settings }, static app => CommandResponse.Ok(NotificationAnswer.Of(app), app.Revision));
    }

    private static NotificationSettings Read(RequestReader input)
    {
        var kinds = new List<NotificationKind>();
        var words = input.OptionalTexts("kinds") ?? [];
        for (var index = 0; index < words.Length; index++)
        {
            if (Parse(words[index]) is not { } kind)
            {
                input.Add($"kinds[{index}]", $"“{words[index]}” is no kind; there are {string.Join(", ", Enum.GetNames<NotificationKind>())}.");
            }
            else if (kinds.Contains(kind))
            {
                input.Add($"kinds[{index}]", $"{kind} is listed twice.");
            }
            else
            {
                kinds.Add(kind);
            }
        }

        var templates = new Dictionary<NotificationKind, NotificationTemplate>();
        if (input.OptionalPart("templates") is { } part)
        {
            foreach (var name in part.Names())
            {
                if (Parse(name) is not { } kind)
                {
                    part.Add(name, $"There is no such kind; there are {string.Join(", ", Enum.GetNames<NotificationKind>())}.");
                }
                else if (part.Part(name) is { } fields)
                {
                    var template = new NotificationTemplate(fields.Text("subject", 10_000), fields.Text("text", 100_000));
                    fields.AddAll(template.Problems());
                    templates[kind] = template;
                }
            }
        }

        return new NotificationSettings(kinds, templates);
    }

    private static NotificationKind? Parse(string word) =>
        Enum.GetNames<NotificationKind>().Contains(word, StringComparer.Ordinal) ? Enum.Parse<NotificationKind>(word) : null;
}

/// <summary>How an app speaks to applicants, as an answer.</summary>
/// <param name="Kinds">What is told beside decisions.</param>
/// <param name="Templates">Words of its own by kind.</param>
/// <param name="Names">What may stand in braces in a template.</param>
internal sealed record NotificationAnswer(
    IReadOnlyList<NotificationKind> Kinds, IReadOnlyDictionary<NotificationKind, NotificationTemplate> Templates, IReadOnlyList<string> Names)
{
    /// <summary>The settings of an app.</summary>
    public static NotificationAnswer Of(TargetApp app) => new(app.Notifications.Kinds, app.Notifications.Templates, NotificationTemplate.Names);
}

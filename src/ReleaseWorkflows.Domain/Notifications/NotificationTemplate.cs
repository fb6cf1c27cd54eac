using System.Text.RegularExpressions;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Domain.Notifications;

/// <summary>
/// The words of an e-mail, as an app wants them. Names in double braces stand for facts of the release: <c>{{applicant}}</c>; see <see cref="Names"/>.
/// </summary>
/// <param name="Subject">One line, 1 to 200 characters.</param>
/// <param name="Text">Plain text, 1 to 10,000 characters.</param>
public sealed partial record NotificationTemplate(string Subject, string Text)
{
    /// <summary>What may stand in braces.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["applicant", "miniProgram", "version", "app", "environment", "actor", "event", "reason", "category", "percentage", "releaseId"];

    /// <summary>Everything that is wrong with the template, by field; empty if all is well.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Problems()
    {
        var problems = new Dictionary<string, IReadOnlyList<string>>();
        Check("subject", Subject, 200);
        Check("text", Text, 10_000);
        if (!problems.ContainsKey("subject") && Subject.Any(char.IsControl))
        {
            problems["subject"] = ["Write subject in one line."];
        }

        return problems;

        void Check(string field, string value, int maximum)
        {
            if (string.IsNullOrWhiteSpace(value) || value.Length > maximum)
            {
                problems[field] = [$"Give {field} 1 to {maximum} characters."];
            }
            else if (Placeholder().Matches(value).Select(match => match.Groups[1].Value).FirstOrDefault(name => !Names.Contains(name, StringComparer.Ordinal)) is { } unknown)
            {
                problems[field] = [$"There is nothing called “{unknown}”; there are {string.Join(", ", Names)}."];
            }
        }
    }

    /// <summary>The e-mail about an event. What a name stands for is put in as it is; it is plain text, and subjects lose their line breaks.</summary>
    public EmailMessage Fill(Release release, ReleaseEvent happened, string address)
    {
        var facts = FactsOf(release, happened);
        return new EmailMessage(address, FillIn(Subject).ReplaceLineEndings(" "), FillIn(Text));

        string FillIn(string text) => Placeholder().Replace(text, match => facts[match.Groups[1].Value]);
    }

    /// <summary>The e-mail with made-up facts, for whoever words it.</summary>
    public EmailMessage Preview()
    {
        return new EmailMessage("dora@example.com", FillIn(Subject).ReplaceLineEndings(" "), FillIn(Text));

        static string FillIn(string text) => Placeholder().Replace(text, match => Examples.GetValueOrDefault(match.Groups[1].Value, match.Value));
    }

    private static readonly Dictionary<string, string> Examples = new(StringComparer.Ordinal)
    {
        ["applicant"] = "Dora Developer",
        ["miniProgram"] = "Coffee",
        ["version"] = "1.2.0",
        ["app"] = "superapp-a",
        ["environment"] = "Production",
        ["actor"] = "Rita Reviewer",
        ["event"] = "Released to 10 % of the users.",
        ["reason"] = "The privacy notice is missing.",
        ["category"] = "Details",
        ["percentage"] = "10",
        ["releaseId"] = "0198c0ffee0000000000000000000000",
    };

    private static Dictionary<string, string> FactsOf(Release release, ReleaseEvent happened) => new(StringComparer.Ordinal)
    {
        ["applicant"] = release.Request?.ApplicantName ?? "",
        ["miniProgram"] = release.BasicInformation.Name,
        ["version"] = release.Key.Version.Value,
        ["app"] = release.Key.App.Value,
        ["environment"] = release.Key.Environment.ToString(),
        ["actor"] = happened.ByName,
        ["event"] = ReleaseLogText.Of(happened),
        ["reason"] = happened switch
        {
            RequestRejected e => e.Reason,
            RequestApproved e => e.Comment ?? "",
            RequestExpired e => e.Reason,
            RolloutHeld e => e.Reason,
            ReleaseCanceled e => e.Reason ?? "",
            TakenOffline e => e.Reason,
            _ => "",
        },
        ["category"] = happened is RequestRejected rejected ? rejected.Category.ToString() : "",
        ["percentage"] = happened is PercentageRaised raised ? raised.Percentage.ToString(System.Globalization.CultureInfo.InvariantCulture) : "",
        ["releaseId"] = release.Id.Value,
    };

    [GeneratedRegex(@"\{\{\s*([A-Za-z]+)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}

/// <summary>How an app speaks to applicants.</summary>
/// <param name="Kinds">What is told beside decisions. Default: nothing.</param>
/// <param name="Templates">Words of its own by kind; where it has none, the platform's are used.</param>
public sealed record NotificationSettings(
    IReadOnlyList<NotificationKind> Kinds, IReadOnlyDictionary<NotificationKind, NotificationTemplate> Templates)
{
    /// <summary>Decisions only, in the platform's words.</summary>
    public static NotificationSettings Default { get; } = new([], new Dictionary<NotificationKind, NotificationTemplate>());

    private static readonly NotificationTemplate Progress = new(
        "{{miniProgram}} {{version}} for {{app}} {{environment}}",
        "Hello {{applicant}},\n\n{{event}}\n\nRelease {{releaseId}}\n");

    /// <summary>The e-mail about an event; null if the app does not want it told.</summary>
    public EmailMessage? EmailFor(Release release, ReleaseEvent happened, string address)
    {
        if (NotificationKinds.Of(happened) is not { } kind || !(NotificationKinds.Always.Contains(kind) || Kinds.Contains(kind)))
        {
            return null;
        }

        if (Templates.TryGetValue(kind, out var template))
        {
            return template.Fill(release, happened, address);
        }

        return NotificationKinds.Always.Contains(kind)
            ? DecisionEmail.For(release, release.Request!, address)
            : Progress.Fill(release, happened, address);
    }
}

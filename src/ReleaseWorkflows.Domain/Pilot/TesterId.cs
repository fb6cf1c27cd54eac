using System.Text.RegularExpressions;

namespace ReleaseWorkflows.Domain.Pilot;

/// <summary>Reads the ids of testers, whether typed in, sent as JSON or imported from a file.</summary>
public static partial class TesterId
{
    private const int MaxUserIdLength = 64;
    private const int MaxEmailLength = 254;

    /// <summary>Reads one id. White space around it does not count.</summary>
    /// <param name="raw">What was given.</param>
    /// <param name="kind">How the target app names its testers.</param>
    /// <param name="id">The id in the one form it is stored and compared in; e-mail addresses become lower case.</param>
    /// <param name="reason">If it is none: a sentence that says what would be one; else empty.</param>
    /// <returns>True if <paramref name="raw"/> is an id of this kind.</returns>
    public static bool TryRead(string raw, TesterIdKind kind, out string id, out string reason)
    {
        var text = raw.Trim();
        (id, reason) = kind switch
        {
            TesterIdKind.UserId => (text, DescribeUserId(text)),
            TesterIdKind.Email => (text.ToLowerInvariant(), DescribeEmail(text)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of tester id."),
        };
        return reason.Length == 0;
    }

    private static string DescribeUserId(string text) => text switch
    {
        "" => "The user ID is missing.",
        { Length: > MaxUserIdLength } => $"A user ID has at most {MaxUserIdLength} characters; this one has {text.Length}.",
        _ when UserIdPattern().IsMatch(text) => "",
        _ => $"A user ID has only letters (A to Z), digits and _ - . @ : but this one has {DescribeFirstOther(text)}.",
    };

    // What cannot be seen, or looks like an ordinary letter of another script, is only found by its number.
    private static string DescribeFirstOther(string text)
    {
        var other = text.EnumerateRunes().First(rune => !UserIdPattern().IsMatch(rune.ToString()));
        return other.Value switch
        {
            ' ' => "a space",
            > ' ' and < 0x7F => other.ToString(),
            _ => $"the character U+{other.Value:X4}",
        };
    }

    private static string DescribeEmail(string text) => text switch
    {
        "" => "The e-mail address is missing.",
        { Length: > MaxEmailLength } => $"An e-mail address has at most {MaxEmailLength} characters; this one has {text.Length}.",
        _ when EmailPattern().IsMatch(text) => "",
        _ => "This is not an e-mail address, such as ana@example.com.",
    };

    [GeneratedRegex(@"\A[A-Za-z0-9_.@:-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserIdPattern();

    // Plausible, not exhaustive: only a delivered message proves an address. Local part of at most 64, labels of at most 63 characters.
    [GeneratedRegex(
        @"\A(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex EmailPattern();
}

namespace ReleaseWorkflows.Domain.Apps;

/// <summary>
/// A time in which nothing goes live in Production of an app: a period, or days of every week. Releases are prepared, reviewed and
/// tried as ever, and may be held or canceled; more users get nothing new (T17 to T19).
/// </summary>
/// <param name="Name">What people read, for example <c>Weekend</c>; 1 to 100 characters.</param>
/// <param name="From">Beginning of a period; null for days of the week.</param>
/// <param name="Until">Its end, which is no longer frozen.</param>
/// <param name="Days">Days of the week, each from midnight to midnight; null for a period.</param>
/// <param name="TimeZone">Where the days begin: an IANA name such as <c>Europe/Berlin</c>. Default: UTC. Without meaning for a period.</param>
public sealed record FreezeWindow(
    string Name, DateTimeOffset? From = null, DateTimeOffset? Until = null, IReadOnlyList<DayOfWeek>? Days = null, string? TimeZone = null)
{
    /// <summary>When the freeze ends that holds at <paramref name="now"/>; null if none holds.</summary>
    public DateTimeOffset? EndIfActive(DateTimeOffset now)
    {
        if (Days is null)
        {
            return From <= now && now < Until ? Until : null;
        }

        var zone = TimeZone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
        var day = TimeZoneInfo.ConvertTime(now, zone).Date;
        if (!Days.Contains(day.DayOfWeek))
        {
            return null;
        }

        // At most to the end of the week: a freeze of all seven days has no end.
        for (var count = 0; count < 7 && Days.Contains(day.DayOfWeek); count++)
        {
            day = day.AddDays(1);
        }

        // Where the clock skips midnight, the day begins an hour later.
        var midnight = zone.IsInvalidTime(day) ? day.AddHours(1) : day;
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    /// <summary>Everything that is wrong with the window, in sentences; empty if all is well.</summary>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 100)
        {
            yield return "Give the freeze a name of 1 to 100 characters.";
        }

        if (Days is null == (From is null || Until is null) || (Days is not null && (From is not null || Until is not null)))
        {
            yield return "A freeze has either from and until, or days.";
        }

        if (From >= Until)
        {
            yield return "until lies after from.";
        }

        if (Days is { Count: 0 } || Days?.Distinct().Count() != Days?.Count)
        {
            yield return "days names each day of the week at most once, and at least one.";
        }

        if (TimeZone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
        {
            yield return $"“{TimeZone}” is no time zone; write an IANA name such as Europe/Berlin.";
        }
    }
}

/// <summary>A freeze that holds now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Until">When it ends.</param>
public sealed record ActiveFreeze(string Name, DateTimeOffset Until);

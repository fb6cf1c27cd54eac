using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace ReleaseWorkflows.Runtime.BuiltIns.Timing;

/// <summary>
/// A cron expression of six fields: second, minute, hour, day of month, month, day of week. Times are UTC. When both kinds of day are
/// given, both have to fit.
/// </summary>
/// <remarks>
/// <para>A field is <c>*</c> or a list, separated by commas, of numbers, ranges <c>a-b</c> (which may go round the end: <c>22-2</c>) and steps
/// <c>*/n</c>, <c>a/n</c>, <c>a-b/n</c>. Months and days of the week also have their English names of three letters; Sunday is 0 and 7.</para>
/// <para>Day of month: <c>?</c> any, <c>L</c> the last, <c>L-n</c> n days before it, <c>nW</c> the working day nearest to the nth, <c>LW</c> the
/// last working day. Day of week: <c>?</c> any, <c>nL</c> the last of the month, <c>n#k</c> the kth of the month.</para>
/// </remarks>
internal sealed class CronSchedule
{
    private const int SearchedYears = 50;

    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly ulong _seconds;
    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _months;
    private readonly List<Func<DateOnly, bool>> _daysOfMonth = [];
    private readonly List<Func<DateOnly, bool>> _daysOfWeek = [];

    private CronSchedule(string[] fields)
    {
        _seconds = Simple("second", fields[0], 0, 59, []);
        _minutes = Simple("minute", fields[1], 0, 59, []);
        _hours = Simple("hour", fields[2], 0, 23, []);
        _months = Simple("month", fields[4], 1, 12, Months);
        ReadDaysOfMonth(fields[3]);
        ReadDaysOfWeek(fields[5]);
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="schedule">The schedule, if the expression is right.</param>
    /// <param name="error">Otherwise a sentence that says which field is wrong.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CronSchedule? schedule, [NotNullWhen(false)] out string? error)
    {
        (schedule, error) = (null, null);
        var fields = (text ?? "").Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 6)
        {
            error = string.Create(
                CultureInfo.InvariantCulture,
                $"The cron expression '{text}' has {fields.Length} fields; it needs six: second, minute, hour, day of month, month, day of week.");
            return false;
        }

        try
        {
            schedule = new CronSchedule(fields);
            return true;
        }
        catch (FormatException exception)
        {
            error = $"The cron expression '{text}' cannot be read: {exception.Message}";
            return false;
        }
    }

    /// <exception cref="FormatException">The expression is wrong; the message says where.</exception>
    public static CronSchedule Parse(string? text) => TryParse(text, out var schedule, out var error) ? schedule : throw new FormatException(error);

    /// <summary>The first time after a given one; null if there is none within 50 years.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset time)
    {
        var earliest = time.ToUniversalTime().AddTicks(TimeSpan.TicksPerSecond - (time.Ticks % TimeSpan.TicksPerSecond));
        var date = DateOnly.FromDateTime(earliest.DateTime);
        var from = TimeOnly.FromDateTime(earliest.DateTime);

        for (var month = new DateOnly(date.Year, date.Month, 1); month.Year <= date.Year + SearchedYears; month = month.AddMonths(1))
        {
            if ((_months & (1UL << month.Month)) == 0)
                continue;

            var firstDay = month.Year == date.Year && month.Month == date.Month ? date : month;
            for (var day = firstDay; day.Month == month.Month; day = day.AddDays(1))
            {
                if (Fits(day) && NextIn(day == date ? from : TimeOnly.MinValue) is { } found)
                    return new DateTimeOffset(day.ToDateTime(found), TimeSpan.Zero);
            }
        }

        return null;
    }

    private bool Fits(DateOnly day) => _daysOfMonth.Exists(fits => fits(day)) && _daysOfWeek.Exists(fits => fits(day));

    private TimeOnly? NextIn(TimeOnly from)
    {
        for (var hour = NextBit(_hours, from.Hour); hour >= 0; hour = NextBit(_hours, hour + 1))
        {
            var firstMinute = hour == from.Hour ? from.Minute : 0;
            for (var minute = NextBit(_minutes, firstMinute); minute >= 0; minute = NextBit(_minutes, minute + 1))
            {
                var firstSecond = hour == from.Hour && minute == from.Minute ? from.Second : 0;
                if (NextBit(_seconds, firstSecond) is >= 0 and var second)
                    return new TimeOnly(hour, minute, second);
            }
        }

        return null;
    }

    private static int NextBit(ulong bits, int from)
    {
        var rest = from > 63 ? 0 : bits >> from << from;
        return rest == 0 ? -1 : BitOperations.TrailingZeroCount(rest);
    }

    private void ReadDaysOfMonth(string field)
    {
        foreach (var part in field.ToUpperInvariant().Split(','))
        {
            if (part is "L")
            {
                _daysOfMonth.Add(static day => day.Day == LengthOfMonth(day));
            }
            else if (part is "LW")
            {
                _daysOfMonth.Add(static day => day == NearestWorkingDay(day, LengthOfMonth(day)));
            }
            else if (part.StartsWith("L-", StringComparison.Ordinal))
            {
                var before = Number("day of month", part[2..], 0, 30, []);
                _daysOfMonth.Add(day => day.Day == LengthOfMonth(day) - before);
            }
            else if (part.EndsWith('W'))
            {
                var nearTo = Number("day of month", part[..^1], 1, 31, []);
                _daysOfMonth.Add(day => nearTo <= LengthOfMonth(day) && day == NearestWorkingDay(day, nearTo));
            }
            else
            {
                var days = Simple("day of month", part == "?" ? "*" : part, 1, 31, []);
                _daysOfMonth.Add(day => (days & (1UL << day.Day)) != 0);
            }
        }
    }

    private void ReadDaysOfWeek(string field)
    {
        foreach (var part in field.ToUpperInvariant().Split(','))
        {
            if (part.Split('#') is [var name, var number])
            {
                var weekday = Number("day of week", name, 0, 7, Days) % 7;
                var nth = Number("day of week", number, 1, 5, []);
                _daysOfWeek.Add(day => (int)day.DayOfWeek == weekday && (day.Day - 1) / 7 == nth - 1);
            }
            else if (part.Length > 1 && part.EndsWith('L'))
            {
                var weekday = Number("day of week", part[..^1], 0, 7, Days) % 7;
                _daysOfWeek.Add(day => (int)day.DayOfWeek == weekday && day.Day > LengthOfMonth(day) - 7);
            }
            else
            {
                var days = Simple("day of week", part == "?" ? "*" : part, 0, 7, Days);
                if ((days & (1UL << 7)) != 0)
                    days |= 1;
                _daysOfWeek.Add(day => (days & (1UL << (int)day.DayOfWeek)) != 0);
            }
        }
    }

    private static int LengthOfMonth(DateOnly day) => DateTime.DaysInMonth(day.Year, day.Month);

    // A Saturday gives way to the Friday before, a Sunday to the Monday after, but never into another month.
    private static DateOnly NearestWorkingDay(DateOnly month, int dayOfMonth)
    {
        var day = new DateOnly(month.Year, month.Month, dayOfMonth);
        return day.DayOfWeek switch
        {
            DayOfWeek.Saturday => dayOfMonth == 1 ? day.AddDays(2) : day.AddDays(-1),
            DayOfWeek.Sunday => dayOfMonth == LengthOfMonth(month) ? day.AddDays(-2) : day.AddDays(1),
            _ => day,
        };
    }

    private static ulong Simple(string field, string text, int min, int max, string[] names)
    {
        var bits = 0UL;
        foreach (var part in text.ToUpperInvariant().Split(','))
        {
            var halves = part.Split('/');
            if (halves.Length > 2)
                throw new FormatException($"'{part}' in the field '{field}' has more than one step.");

            var step = halves.Length == 2 ? Number(field, halves[1], 1, max, []) : 1;
            var (first, last) = Range(field, halves[0], min, max, names, isOpen: halves.Length == 2);
            var end = last >= first ? last : last + (max - min + 1);
            for (var value = first; value <= end; value += step)
                bits |= 1UL << (value > max ? value - (max - min + 1) : value);
        }

        return bits;
    }

    private static (int First, int Last) Range(string field, string text, int min, int max, string[] names, bool isOpen)
    {
        if (text == "*")
            return (min, max);

        var ends = text.Split('-');
        if (ends.Length > 2)
            throw new FormatException($"'{text}' in the field '{field}' is no range.");

        var first = Number(field, ends[0], min, max, names);
        return (first, ends.Length == 2 ? Number(field, ends[1], min, max, names) : isOpen ? max : first);
    }

    private static int Number(string field, string text, int min, int max, string[] names)
    {
        if (Array.IndexOf(names, text) is >= 0 and var position)
            return position + (names.Length == 12 ? 1 : 0);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;

        throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{text}' in the field '{field}' is not between {min} and {max}."));
    }
}

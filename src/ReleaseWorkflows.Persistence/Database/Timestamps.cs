namespace ReleaseWorkflows.Persistence.Database;

/// <summary>Times are stored as whole microseconds since 1970-01-01 UTC: they sort and index as numbers, and fit a JavaScript number.</summary>
internal static class Timestamps
{
    public static long ToMicroseconds(this DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToTime(long microseconds) =>
        new(DateTimeOffset.UnixEpoch.UtcTicks + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}

namespace ReleaseWorkflows.Domain.Rollout;

/// <summary>A percentage told in people: “about 24,000 of 120,000 users”.</summary>
public static class AudienceShare
{
    /// <summary>How many people a percentage is, in three significant digits, since the number of users is a rough one; at least one.</summary>
    /// <param name="audience">The users that there are; 1 or more.</param>
    /// <param name="percentage">0 to 100.</param>
    public static long Of(int audience, int percentage)
    {
        var share = Math.Max(1, audience * (percentage / 100.0));
        var unit = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(share)) - 2));
        return (long)(Math.Round(share / unit, MidpointRounding.AwayFromZero) * unit);
    }
}

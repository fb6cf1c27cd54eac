using System.ComponentModel.DataAnnotations;

namespace ReleaseWorkflows.Server.Access;

/// <summary>Settings of signing in: <c>ReleaseWorkflows:Access</c>.</summary>
internal sealed class AccessOptions
{
    /// <summary>Where the settings are.</summary>
    public const string Section = "ReleaseWorkflows:Access";

    /// <summary>How long a token of <c>POST /api/sign-in</c> is good. Default: 12 hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a browser stays signed in when it is not used. Default: 12 hours.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "90.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan SessionIdleTime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a browser stays signed in however much it is used. Default: 14 days.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "365.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>Rounds of PBKDF2 with SHA-512 for a new password; hashes with fewer are made anew when their owners sign in. Default: 210,000, about a tenth of a second.</summary>
    [Range(1_000, 10_000_000)]
    public int PasswordIterations { get; set; } = 210_000;

    /// <summary>Attempts to sign in to one account within <see cref="AttemptWindow"/>. Default: 10.</summary>
    [Range(1, 1_000)]
    public int MaximumAttempts { get; set; } = 10;

    /// <summary>Failed attempts to sign in from one address of the network within <see cref="AttemptWindow"/>, to whichever accounts. Default: 100.</summary>
    [Range(1, 1_000_000)]
    public int MaximumAttemptsPerClient { get; set; } = 100;

    /// <summary>How long a failed attempt counts. Default: 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan AttemptWindow { get; set; } = TimeSpan.FromMinutes(15);
}

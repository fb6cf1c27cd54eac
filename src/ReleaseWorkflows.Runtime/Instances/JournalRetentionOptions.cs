using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>
/// How long the journal and the executions of an ended instance are kept. The instance itself, with its inputs, outputs, variables and incidents, stays.
/// </summary>
public sealed class JournalRetentionOptions
{
    /// <summary>How long after the end of the instance. Default: 365 days. Zero: for ever. Otherwise 1 hour or more.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How often the server looks for what has to go. Default: 1 hour; 1 minute to 1 day.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Bursts removed in one commit. Default: 200, which holds others up for a few milliseconds; 1 to 1,000.
    /// </summary>
    public int BatchSize { get; set; } = 200;
}

/// <summary>Refuses settings that cannot work.</summary>
internal sealed class JournalRetentionOptionsValidation : IValidateOptions<JournalRetentionOptions>
{
    public ValidateOptionsResult Validate(string? name, JournalRetentionOptions options)
    {
        var complaints = new List<string>();
        if (options.KeepFor != TimeSpan.Zero && options.KeepFor < TimeSpan.FromHours(1))
            complaints.Add($"{nameof(options.KeepFor)} is {options.KeepFor}; it has to be zero (for ever) or at least 1 hour.");
        if (options.Interval < TimeSpan.FromMinutes(1) || options.Interval > TimeSpan.FromDays(1))
            complaints.Add($"{nameof(options.Interval)} is {options.Interval}; it has to be between 1 minute and 1 day.");
        if (options.BatchSize is < 1 or > 1000)
            complaints.Add($"{nameof(options.BatchSize)} is {options.BatchSize}; it has to be 1 to 1,000.");

        return complaints.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(complaints);
    }
}

using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime.OutsideWork;

/// <summary>Settings of the loop that does outside work. Checked when the host starts.</summary>
public sealed class OutsideWorkOptions
{
    /// <summary>True if jobs are done in this process. Default: true.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Most jobs of one kind that are done at the same time; those of one addressee take at most half of them, rounded up. Default: 8; 1 to 256.</summary>
    [Range(1, 256)]
    public int Parallelism { get; set; } = 8;

    /// <summary>
    /// Longest time of one attempt. Default: 2 minutes; 1 second to 1 hour. An attempt that a crash ended is repeated a minute later than that.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Attempts after which a job that failed is given up. Default: 5; 1 to 100.</summary>
    [Range(1, 100)]
    public int MaximumAttempts { get; set; } = 5;

    /// <summary>Pause after the first failure; each further one doubles it, up to an hour, with up to a fifth of chance. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time between two looks for due jobs, in case a wake-up call was lost. Default: 30 seconds; 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a claimed job is left alone: the attempt, and time to hand its result over.</summary>
    internal TimeSpan Lease => TimeLimit + TimeSpan.FromMinutes(1);
}

/// <summary>Refuses settings that cannot work, all at once.</summary>
internal sealed class OutsideWorkOptionsValidation : IValidateOptions<OutsideWorkOptions>
{
    public ValidateOptionsResult Validate(string? name, OutsideWorkOptions options)
    {
        var results = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(results.Select(result => $"{nameof(OutsideWorkOptions)}: {result.ErrorMessage}"));
    }
}

using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>Bounds of one evaluation of a JavaScript expression. A script that reaches one of them ends with an error that names it.</summary>
public sealed class JavaScriptOptions
{
    /// <summary>Longest time an evaluation may take. Default: 5 seconds; at most 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:05:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most statements an evaluation may execute, turns of loops and calls of functions counted as one each. Default: 100,000.</summary>
    [Range(1, 100_000_000)]
    public int MaxStatements { get; set; } = 100_000;

    /// <summary>Most calls of the script's own functions inside each other. Default: 64.</summary>
    [Range(1, 512)]
    public int MaxRecursionDepth { get; set; } = 64;

    /// <summary>
    /// Most bytes an evaluation may allocate, counted at each turn of a loop and each call of a function. What is freed again counts
    /// too, so this bounds work rather than footprint. Default: 256 MB.
    /// </summary>
    [Range(1_000_000, 16_000_000_000)]
    public long MaxAllocatedBytes { get; set; } = 256_000_000;

    /// <summary>Most items of an array that is processed as a whole (joined, mapped, returned …). Default: 1,000,000.</summary>
    [Range(1, 100_000_000)]
    public int MaxArrayLength { get; set; } = 1_000_000;

    /// <summary>Longest script in characters. Default: 32,768.</summary>
    [Range(1, 131_072)]
    public int MaxScriptLength { get; set; } = 32_768;

    /// <summary>How many parsed scripts are kept for reuse. Default: 1,000.</summary>
    [Range(1, 100_000)]
    public int CachedScripts { get; set; } = 1_000;
}

/// <summary>Checks the bounds and complains about all that are wrong at once.</summary>
internal sealed class JavaScriptOptionsValidation : IValidateOptions<JavaScriptOptions>
{
    public ValidateOptionsResult Validate(string? name, JavaScriptOptions options)
    {
        var results = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(results.Select(result => $"{nameof(JavaScriptOptions)}: {result.ErrorMessage}"));
    }
}

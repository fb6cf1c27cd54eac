using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>How workflows are reached over HTTP. Checked at the start of the host.</summary>
public sealed class WorkflowHttpOptions : IValidatableObject
{
    /// <summary>Address under which all endpoints of workflows lie; <c>/</c> for the root. Default: <c>/workflows</c>.</summary>
    [Required]
    public string BasePath { get; set; } = "/workflows";

    /// <summary>Largest body, in bytes, of endpoints that set no limit of their own. Default: 1 MB.</summary>
    [Range(1, long.MaxValue)]
    public long RequestSizeLimit { get; set; } = 1024 * 1024;

    /// <summary>Largest body, in bytes, that an endpoint can allow. Default: 30 MB, like the web server itself.</summary>
    [Range(1, long.MaxValue)]
    public long MaxRequestSizeLimit { get; set; } = 30 * 1024 * 1024;

    /// <summary>Longest time to the answer, of endpoints that set no limit of their own. Default: one minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Most levels of nesting of a JSON body. Default: 64.</summary>
    [Range(1, 512)]
    public int MaxJsonDepth { get; set; } = 64;

    /// <summary>What <c>WWW-Authenticate</c> says to callers that are not signed in. Default: <c>Bearer</c>.</summary>
    [Required]
    public string Challenge { get; set; } = "Bearer";

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!BasePath.StartsWith('/') || (BasePath.Length > 1 && BasePath.EndsWith('/')))
            yield return new ValidationResult($"BasePath is '{BasePath}'; it has to begin with a slash and not to end with one.", [nameof(BasePath)]);
        if (RequestSizeLimit > MaxRequestSizeLimit)
            yield return new ValidationResult("RequestSizeLimit is larger than MaxRequestSizeLimit.", [nameof(RequestSizeLimit)]);
    }
}

/// <summary>Checks the options and complains about all that are wrong at once.</summary>
internal sealed class WorkflowHttpOptionsValidation : IValidateOptions<WorkflowHttpOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkflowHttpOptions options)
    {
        var results = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(results.Select(result => $"{nameof(WorkflowHttpOptions)}: {result.ErrorMessage}"));
    }
}

using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.OutsideWork;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;

/// <summary>What workflows may call over HTTP, and how much they may take from there. Checked at the start of the host.</summary>
public sealed class OutgoingHttpOptions
{
    /// <summary>
    /// Hosts that may have private, loopback or link-local addresses: <c>metrics.internal</c>, <c>localhost:8080</c> for one port only, or
    /// <c>*.internal</c> for all hosts below a name. Default: none; workflows call public addresses only.
    /// </summary>
    public IList<string> AllowedPrivateHosts { get; } = [];

    /// <summary>Largest answer in bytes, after decompression. Default: 1 MB; 1 byte to 100 MB.</summary>
    [Range(1, 100 * 1024 * 1024)]
    public int ResponseSizeLimit { get; set; } = 1024 * 1024;

    /// <summary>Largest downloaded file in bytes. Default: 20 MB; 1 byte to 100 MB.</summary>
    [Range(1, 100 * 1024 * 1024)]
    public int DownloadSizeLimit { get; set; } = 20 * 1024 * 1024;

    /// <summary>Longest time from the first byte sent to the last one received, redirects included. Default: 30 seconds; 0.1 seconds to 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most redirects that are followed. Default: 5; 0 to 20.</summary>
    [Range(0, 20)]
    public int MaximumRedirects { get; set; } = 5;
}

/// <summary>Refuses settings that cannot work, all at once.</summary>
internal sealed class OutgoingHttpOptionsValidation(IOptions<OutsideWorkOptions> outsideWork) : IValidateOptions<OutgoingHttpOptions>
{
    public ValidateOptionsResult Validate(string? name, OutgoingHttpOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var complaints = results.Select(result => $"{nameof(OutgoingHttpOptions)}: {result.ErrorMessage}").ToList();
        complaints.AddRange(options.AllowedPrivateHosts.Where(host => !AllowedHosts.IsWellFormed(host)).Select(host =>
            $"{nameof(OutgoingHttpOptions)}: '{host}' in {nameof(options.AllowedPrivateHosts)} is no host name, with or without a port."));
        if (options.TimeLimit > outsideWork.Value.TimeLimit)
        {
            complaints.Add(
                $"{nameof(OutgoingHttpOptions)}: {nameof(options.TimeLimit)} is {options.TimeLimit}, but outside work ends after {outsideWork.Value.TimeLimit}.");
        }

        return complaints.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(complaints);
    }
}

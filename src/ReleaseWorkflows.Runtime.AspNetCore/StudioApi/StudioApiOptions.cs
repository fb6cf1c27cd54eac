using System.ComponentModel.DataAnnotations;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi;

/// <summary>Settings of Elsa's HTTP API. Checked when the host starts.</summary>
public sealed class StudioApiOptions
{
    /// <summary>Address under which the API lies. Studio looks for the hub beside it: <c>/elsa/hubs</c>. Default: <c>/elsa/api</c>.</summary>
    [Required, RegularExpression("(/[A-Za-z0-9_.-]+)+", ErrorMessage = "Prefix has to begin with a slash and not to end with one.")]
    public string Prefix { get; set; } = "/elsa/api";

    /// <summary>Largest body in bytes, uploaded files included. Default: 16 MB; at most 256 MB.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Most entries of a page. A request for more gets this many. Default: 1,000; at most 10,000.</summary>
    [Range(1, 10_000)]
    public int MaxPageSize { get; set; } = 1_000;

    /// <summary>What <c>WWW-Authenticate</c> says to callers that are not signed in. Default: <c>Bearer</c>.</summary>
    [Required]
    public string Challenge { get; set; } = "Bearer";
}

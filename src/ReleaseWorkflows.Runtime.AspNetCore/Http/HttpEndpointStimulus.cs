using Elsa.Workflows.Attributes;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>What an HTTP endpoint waits for: one address and one method. Triggers and bookmarks are found by these two.</summary>
/// <param name="Path">The address as template, in lower case, beginning with a slash.</param>
/// <param name="Method">The method, in lower case.</param>
public sealed record HttpEndpointStimulus(string Path, string Method)
{
    /// <summary>The type name of the activity, which names the stimulus.</summary>
    public const string Name = "Elsa.HttpEndpoint";

    /// <summary>The address as the definition writes it, where the case of parameters and constraints counts.</summary>
    [ExcludeFromHash]
    public string? Template { get; init; }

    /// <summary>What is checked before the workflow runs.</summary>
    [ExcludeFromHash]
    public EndpointSettings? Settings { get; init; }
}

/// <summary>What is checked before the workflow of an endpoint runs.</summary>
/// <param name="Authorize">The caller has to be signed in.</param>
/// <param name="Policy">The policy the caller has to meet; null: that of the host.</param>
/// <param name="RequestTimeout">Longest time to the answer; null: that of the host.</param>
/// <param name="RequestSizeLimit">Largest body in bytes; null: that of the host.</param>
/// <param name="HandlesRequestTooLarge">True if the workflow wants to answer a body that is too large.</param>
public sealed record EndpointSettings(bool Authorize, string? Policy, TimeSpan? RequestTimeout, long? RequestSizeLimit, bool HandlesRequestTooLarge)
{
    /// <summary>Nothing is asked for.</summary>
    public static EndpointSettings None { get; } = new(false, null, null, null, false);
}

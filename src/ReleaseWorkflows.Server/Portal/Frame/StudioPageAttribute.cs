namespace ReleaseWorkflows.Server.Portal.Frame;

/// <summary>
/// A page that hosts Elsa Studio. It gets Studio's base address instead of the style sheets of the portal, a narrow navigation, and the rules of content
/// security that Studio needs.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class StudioPageAttribute : Attribute
{
    /// <summary>True if the endpoint is such a page.</summary>
    public static bool IsOn(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<StudioPageAttribute>() is not null;
}

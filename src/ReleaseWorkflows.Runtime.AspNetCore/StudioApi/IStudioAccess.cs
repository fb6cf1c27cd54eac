using Microsoft.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Instances;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi;

/// <summary>Tells the API who calls. Implemented by the host over its own accounts and roles.</summary>
public interface IStudioAccess
{
    /// <summary>The caller of a request; null if it carries no valid credentials (401).</summary>
    ValueTask<StudioCaller?> FindCallerAsync(HttpContext context);
}

/// <summary>Who calls, and what the caller may do. Made for one request and asked many times in it, once per row of a list.</summary>
/// <param name="id">Id of the account.</param>
/// <param name="name">Its name, kept with what it changes.</param>
public abstract class StudioCaller(string id, string name)
{
    /// <summary>Id of the account.</summary>
    public string Id { get; } = id;

    /// <summary>Its name, kept with what it changes.</summary>
    public string Name { get; } = name;

    /// <summary>Stands for a definition that does not exist yet, where the permission to make one is asked for.</summary>
    public const string NewDefinition = "*new*";

    /// <summary>Definitions that lists leave out for this caller. None by default.</summary>
    public virtual IReadOnlyCollection<string> HiddenDefinitionIds => [];

    /// <summary>
    /// Whose instances the caller sees, among those of the definitions that <see cref="May"/> shows. Null, the default: all of them.
    /// </summary>
    public virtual InstanceOwners? VisibleInstances => null;

    /// <summary>True if the caller may do something.</summary>
    /// <param name="permission">One of <see cref="StudioPermissions"/>.</param>
    /// <param name="definitionId">
    /// The definition concerned, or that of the instance concerned. Null: anything at all, as a list asks before it is filtered.
    /// </param>
    public abstract bool May(string permission, string? definitionId);
}

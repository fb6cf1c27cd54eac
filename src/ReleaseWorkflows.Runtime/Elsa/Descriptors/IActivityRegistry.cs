using Elsa.Workflows.Models;

namespace Elsa.Workflows;

/// <summary>The activity types that definitions may use.</summary>
public interface IActivityRegistry
{
    /// <summary>Adds a type.</summary>
    void Register(ActivityDescriptor descriptor);

    /// <summary>Adds an activity class.</summary>
    Task RegisterAsync(Type activityType, CancellationToken cancellationToken = default);

    /// <summary>Adds activity classes.</summary>
    Task RegisterAsync(IEnumerable<Type> activityTypes, CancellationToken cancellationToken = default);

    /// <summary>All types.</summary>
    IEnumerable<ActivityDescriptor> ListAll();

    /// <summary>The newest version of a type, or null.</summary>
    ActivityDescriptor? Find(string type);

    /// <summary>A version of a type, or null.</summary>
    ActivityDescriptor? Find(string type, int version);

    /// <summary>The first type that fits, or null.</summary>
    ActivityDescriptor? Find(Func<ActivityDescriptor, bool> predicate);

    /// <summary>All types that fit.</summary>
    IEnumerable<ActivityDescriptor> FindMany(Func<ActivityDescriptor, bool> predicate);
}

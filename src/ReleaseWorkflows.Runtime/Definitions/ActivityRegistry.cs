using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>The activity types that definitions may use, by name and version.</summary>
internal sealed class ActivityRegistry : IActivityRegistry
{
    private readonly ConcurrentDictionary<string, ImmutableSortedDictionary<int, ActivityDescriptor>> _types = new(StringComparer.OrdinalIgnoreCase);

    public void Register(ActivityDescriptor descriptor) =>
        _types.AddOrUpdate(
            descriptor.TypeName,
            static (_, added) => ImmutableSortedDictionary<int, ActivityDescriptor>.Empty.Add(added.Version, added),
            static (_, versions, added) => versions.SetItem(added.Version, added),
            descriptor);

    public Task RegisterAsync(Type activityType, CancellationToken cancellationToken = default)
    {
        Register(ActivityDescriber.Describe(activityType));
        return Task.CompletedTask;
    }

    public async Task RegisterAsync(IEnumerable<Type> activityTypes, CancellationToken cancellationToken = default)
    {
        foreach (var type in activityTypes)
            await RegisterAsync(type, cancellationToken);
    }

    public void Register(IEnumerable<Type> activityTypes)
    {
        foreach (var type in activityTypes)
            Register(ActivityDescriber.Describe(type));
    }

    public IEnumerable<ActivityDescriptor> ListAll() => _types.Values.SelectMany(static versions => versions.Values);

    public ActivityDescriptor? Find(string type) =>
        _types.TryGetValue(type, out var versions) ? versions[versions.Keys.Max()] : null;

    public ActivityDescriptor? Find(string type, int version) =>
        _types.TryGetValue(type, out var versions) ? versions.GetValueOrDefault(version) : null;

    public ActivityDescriptor? Find(Func<ActivityDescriptor, bool> predicate) => ListAll().FirstOrDefault(predicate);

    public IEnumerable<ActivityDescriptor> FindMany(Func<ActivityDescriptor, bool> predicate) => ListAll().Where(predicate);

    /// <summary>The activity classes of an assembly: public, concrete, not open generic.</summary>
    public static IEnumerable<Type> ActivitiesOf(Assembly assembly) =>
        assembly.GetExportedTypes().Where(static type =>
            type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false } && type.IsAssignableTo(typeof(IActivity)));
}

using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Activities;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>
/// Finds the activities an activity holds: in properties, in lists, and in lists of objects that hold one each (the cases of a switch).
/// </summary>
internal static class ActivityChildren
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Holders = new();

    public static IEnumerable<(string Port, IActivity Activity)> Of(IActivity activity)
    {
        foreach (var property in Holders.GetOrAdd(activity.GetType(), FindHolders))
        {
            switch (property.GetValue(activity))
            {
                case IActivity child:
                    yield return (property.Name, child);
                    break;
                case IEnumerable<IActivity> children:
                    foreach (var child in children)
                        yield return (property.Name, child);
                    break;
                case IEnumerable items:
                    foreach (var item in items)
                    {
                        foreach (var holder in Holders.GetOrAdd(item.GetType(), FindHolders))
                        {
                            if (holder.GetValue(item) is IActivity child)
                                yield return (property.Name, child);
                        }
                    }

                    break;
            }
        }
    }

    /// <summary>True if the property holds activities and nothing else.</summary>
    public static bool IsActivityList(Type type) => type.IsAssignableTo(typeof(IEnumerable<IActivity>));

    private static PropertyInfo[] FindHolders(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(static property => property.GetIndexParameters().Length == 0 && Holds(property.PropertyType) && !IsReference(property)),
    ];

    // Where a flowchart starts is one of its activities, not a further one.
    private static bool IsReference(PropertyInfo property) =>
        property.DeclaringType == typeof(Flowchart) && property.Name == nameof(Flowchart.Start);

    private static bool Holds(Type type)
    {
        if (type.IsAssignableTo(typeof(IActivity)) || IsActivityList(type))
            return true;
        if (!type.IsGenericType || type == typeof(string) || !type.IsAssignableTo(typeof(IEnumerable)))
            return false;

        return type.GetGenericArguments() is [{ IsClass: true } item] && item != typeof(string) && item != typeof(object)
            && item.GetProperties(BindingFlags.Instance | BindingFlags.Public)
                .Any(static property => property.PropertyType == typeof(IActivity) || property.PropertyType.IsAssignableTo(typeof(Activity)));
    }
}

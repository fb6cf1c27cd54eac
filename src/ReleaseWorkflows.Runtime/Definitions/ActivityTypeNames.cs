using System.Collections.Concurrent;
using System.Reflection;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>The names by which definitions know activity classes.</summary>
internal static class ActivityTypeNames
{
    private static readonly ConcurrentDictionary<Type, (string, int)> Names = new();
    private static readonly ConcurrentDictionary<Type, bool> SignalOverrides = new();

    /// <summary>Type name and version of an activity class.</summary>
    public static (string Name, int Version) Of(Type activityType) => Names.GetOrAdd(activityType, static type =>
    {
        var attribute = type.GetCustomAttribute<ActivityAttribute>(inherit: false);
        return ($"{attribute?.Namespace ?? type.Namespace}.{attribute?.Type ?? ClassName(type)}", attribute?.Version ?? 1);
    });

    /// <summary>Name of a class as people write it: <c>ForEach&lt;String&gt;</c>.</summary>
    public static string ClassName(Type type)
    {
        if (!type.IsGenericType)
            return type.Name;

        var name = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
        return $"{name}<{string.Join(",", type.GetGenericArguments().Select(ClassName))}>";
    }

    /// <summary>True if the class overrides a method that receives signals.</summary>
    public static bool OverridesSignals(Type activityType) => SignalOverrides.GetOrAdd(activityType, static type =>
    {
        for (var current = type; current is not null && current != typeof(Activity); current = current.BaseType)
        {
            const BindingFlags Declared = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            if (current.GetMethods(Declared).Any(static method => method.IsVirtual && method.Name is "OnSignalReceived" or "OnSignalReceivedAsync"))
                return true;
        }

        return false;
    });
}

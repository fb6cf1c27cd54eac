using System.Collections;
using System.Collections.ObjectModel;

namespace ReleaseWorkflows.Runtime.Expressions;

/// <summary>Conversions to arrays, lists and sets, item by item.</summary>
internal static class Collections
{
    private static readonly HashSet<Type> ListShapes =
    [
        typeof(IEnumerable<>), typeof(ICollection<>), typeof(IList<>), typeof(List<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>),
        typeof(ISet<>), typeof(HashSet<>), typeof(Collection<>),
    ];

    /// <summary>True for the collection types a converter can fill. Bytes and text are single values.</summary>
    public static bool IsCollection(Type type) => ItemType(type) is not null;

    /// <summary>True for a value whose items count one by one: not text, not bytes, not a dictionary.</summary>
    public static bool IsSequence(object value) => value is IEnumerable and not string and not byte[] and not IDictionary and not IDictionary<string, object?>;

    public static Conversion Wrap(object value, Type type)
    {
        var item = ValueConverter.Convert(value, ItemType(type)!);
        return item.IsSuccess ? Conversion.Of(Fill(type, [item.Value])) : item;
    }

    public static Conversion ConvertItems(IEnumerable values, Type type)
    {
        var itemType = ItemType(type)!;
        var items = new List<object?>();
        foreach (var value in values)
        {
            var item = ValueConverter.Convert(value, itemType);
            if (!item.IsSuccess)
                return Conversion.Failed($"Item {items.Count}: {item.Error}");
            items.Add(item.Value);
        }

        return Conversion.Of(Fill(type, items));
    }

    private static Type? ItemType(Type type)
    {
        if (type.IsArray)
            return type == typeof(byte[]) || type.GetArrayRank() != 1 ? null : type.GetElementType();
        if (type == typeof(IEnumerable) || type == typeof(ICollection) || type == typeof(IList))
            return typeof(object);
        return type.IsGenericType && ListShapes.Contains(type.GetGenericTypeDefinition()) ? type.GetGenericArguments()[0] : null;
    }

    private static object Fill(Type type, List<object?> items)
    {
        var itemType = ItemType(type)!;
        var array = Array.CreateInstance(itemType, items.Count);
        for (var index = 0; index < items.Count; index++)
            array.SetValue(items[index], index);
        if (type.IsInstanceOfType(array) && !IsGrowable(type))
            return array;

        var definition = type.GetGenericTypeDefinition();
        var concrete = definition == typeof(ISet<>) || definition == typeof(HashSet<>) ? typeof(HashSet<>)
            : definition == typeof(Collection<>) ? typeof(Collection<>)
            : typeof(List<>);
        var closed = concrete.MakeGenericType(itemType);
        return concrete == typeof(Collection<>)
            ? Activator.CreateInstance(closed, Activator.CreateInstance(typeof(List<>).MakeGenericType(itemType), array))!
            : Activator.CreateInstance(closed, array)!;
    }

    // An array is an IList too, but one that throws on Add; whoever asks for a list may want to add.
    private static bool IsGrowable(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() is var shape && (shape == typeof(IList<>) || shape == typeof(ICollection<>));
}

using System.Text.Json;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>Converts values, with a short cut for the common case that nothing is to be done.</summary>
internal static class Values
{
    public static T? To<T>(object? value) => value is T typed ? typed : (T?)To(value, typeof(T));

    public static object? To(object? value, Type type)
    {
        if (value is null)
            return null;
        if (type.IsInstanceOfType(value))
            return value;

        return value is JsonElement element
            ? element.Deserialize(type, JsonSerializerOptions.Web)
            : JsonSerializer.SerializeToElement(value).Deserialize(type, JsonSerializerOptions.Web);
    }
}

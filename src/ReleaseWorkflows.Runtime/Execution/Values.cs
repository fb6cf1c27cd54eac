using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>Converts values, with a short cut for the common case that nothing is to be done.</summary>
internal static class Values
{
    /// <exception cref="ValueConversionException">The value cannot be converted.</exception>
    public static T? To<T>(object? value) => value switch
    {
        null => default,
        T typed => typed,
        _ => ValueConverter.ConvertOrThrow<T>(value),
    };

    /// <exception cref="ValueConversionException">The value cannot be converted.</exception>
    public static object? To(object? value, Type type) =>
        value is null || type.IsInstanceOfType(value) ? value : ValueConverter.Convert(value, type).GetValueOrThrow();
}

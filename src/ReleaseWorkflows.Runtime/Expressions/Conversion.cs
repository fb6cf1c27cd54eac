namespace ReleaseWorkflows.Runtime.Expressions;

/// <summary>What became of a conversion: the converted value, or a sentence that says why there is none.</summary>
/// <param name="Value">The converted value; null if the conversion failed or null is the result.</param>
/// <param name="Error">Why the conversion failed, for people; null if it succeeded.</param>
public readonly record struct Conversion(object? Value, string? Error)
{
    /// <summary>True if <see cref="Value"/> is the result.</summary>
    public bool IsSuccess => Error is null;

    /// <summary>The converted value.</summary>
    /// <exception cref="ValueConversionException">The conversion failed.</exception>
    public object? GetValueOrThrow() => Error is null ? Value : throw new ValueConversionException(Error);

    /// <summary>A conversion that succeeded.</summary>
    public static Conversion Of(object? value) => new(value, null);

    /// <summary>A conversion that failed for the reason given.</summary>
    public static Conversion Failed(string error) => new(null, error);
}

/// <summary>A value could not be converted to the type that was asked for. The message says which value and why.</summary>
public sealed class ValueConversionException : Exception
{
    /// <summary>Creates the exception without details.</summary>
    public ValueConversionException()
    {
    }

    /// <summary>Creates the exception with the reason.</summary>
    public ValueConversionException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the reason and what caused it.</summary>
    public ValueConversionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>Tells values that instances may share from those each instance needs its own copy of.</summary>
internal static class ImmutableTypes
{
    public static bool Contains(object? value) =>
        value is null or string or bool or decimal or DateTime or DateTimeOffset or TimeSpan or Guid or DateOnly or TimeOnly or Uri or Type
        || value.GetType().IsPrimitive
        || value.GetType().IsEnum;
}

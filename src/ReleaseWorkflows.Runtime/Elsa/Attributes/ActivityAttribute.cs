namespace Elsa.Workflows.Attributes;

/// <summary>Describes an activity class: its type name in definitions and how the palette shows it.</summary>
/// <remarks>
/// The type name is <c>{Namespace ?? namespace of the class}.{Type ?? name of the class}</c>. Set the namespace, so that moving the
/// class does not change the name that stored definitions use.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public class ActivityAttribute : Attribute
{
    /// <summary>Describes an activity with all defaults.</summary>
    public ActivityAttribute()
    {
    }

    /// <summary>Describes an activity by namespace, category and description.</summary>
    public ActivityAttribute(string @namespace, string? category, string? description = null)
    {
        Namespace = @namespace;
        Category = category;
        Description = description;
    }

    /// <summary>Describes an activity by namespace and description; the category is the namespace.</summary>
    public ActivityAttribute(string @namespace, string? description = null)
    {
        Namespace = @namespace;
        Description = description;
        Category = @namespace;
    }

    /// <summary>Describes an activity by namespace, type and version.</summary>
    public ActivityAttribute(string @namespace, string? type, int version = 1, string? description = null, string? category = null)
    {
        Namespace = @namespace;
        Type = type;
        Version = version;
        Description = description;
        Category = category;
    }

    /// <summary>First part of the type name. Default: the namespace of the class.</summary>
    public string? Namespace { get; set; }

    /// <summary>Last part of the type name. Default: the name of the class.</summary>
    public string? Type { get; set; }

    /// <summary>Version of the activity type. Default: 1.</summary>
    public int Version { get; set; } = 1;

    /// <summary>What the activity does, in a sentence.</summary>
    public string? Description { get; set; }

    /// <summary>Name shown to people. Default: the type in words.</summary>
    public string? DisplayName { get; set; }

    /// <summary>Group of the palette.</summary>
    public string? Category { get; set; }

    /// <summary>Kind of the activity. Default: action.</summary>
    public ActivityKind Kind { get; set; } = ActivityKind.Action;

    /// <summary>True if the activity runs outside the burst by default.</summary>
    public bool RunAsynchronously { get; set; }
}

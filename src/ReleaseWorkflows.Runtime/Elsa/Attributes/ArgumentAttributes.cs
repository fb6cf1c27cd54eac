namespace Elsa.Workflows.Attributes;

/// <summary>Describes an input property of an activity.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public class InputAttribute : Attribute
{
    /// <summary>Name of the input. Default: the name of the property.</summary>
    public string? Name { get; set; }

    /// <summary>Editor to show; see <c>InputUIHints</c>. Default: by type.</summary>
    public string? UIHint { get; set; }

    /// <summary>Name shown to people. Default: the name in words.</summary>
    public string? DisplayName { get; set; }

    /// <summary>What the input is for.</summary>
    public string? Description { get; set; }

    /// <summary>Tab of the editor.</summary>
    public string? Category { get; set; }

    /// <summary>Choices or settings of the editor.</summary>
    public object? Options { get; set; }

    /// <summary>Position in the editor.</summary>
    public float Order { get; set; }

    /// <summary>Value shown for a new activity.</summary>
    public object? DefaultValue { get; set; }

    /// <summary>A class that computes <see cref="DefaultValue"/>.</summary>
    public Type? DefaultValueProvider { get; set; }

    /// <summary>Syntax preselected in the editor. Default: Literal.</summary>
    public string? DefaultSyntax { get; set; }

    /// <summary>Syntaxes offered by the editor.</summary>
    public string[]? SupportedSyntaxes { get; set; }

    /// <summary>True if the editor shows the value but does not change it.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>False hides the input. Default: true.</summary>
    public bool IsBrowsable { get; set; } = true;

    /// <summary>False leaves the evaluation to the activity. Default: true.</summary>
    public bool AutoEvaluate { get; set; } = true;

    /// <summary>A class that evaluates the input in its own way.</summary>
    public Type? EvaluatorType { get; set; }

    /// <summary>False keeps the value out of records. Default: true.</summary>
    public bool IsSerializable { get; set; } = true;

    /// <summary>True if the value may name a secret; such values are kept out of records.</summary>
    public bool CanContainSecrets { get; set; }

    /// <summary>A class that supplies the choices of the editor.</summary>
    public Type? UIHandler { get; set; }

    /// <summary>Classes that supply the choices of the editor.</summary>
    public Type[]? UIHandlers { get; set; }
}

/// <summary>Describes an output property of an activity, or the result of an activity class.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Method | AttributeTargets.ReturnValue)]
public class OutputAttribute : Attribute
{
    /// <summary>Name of the output. Default: the name of the property.</summary>
    public string? Name { get; set; }

    /// <summary>Name shown to people.</summary>
    public string? DisplayName { get; set; }

    /// <summary>What the output holds.</summary>
    public string? Description { get; set; }

    /// <summary>False hides the output. Default: true.</summary>
    public bool IsBrowsable { get; set; } = true;

    /// <summary>False keeps the value out of records and state. Default: true.</summary>
    public bool IsSerializable { get; set; } = true;
}

/// <summary>Marks a property that holds an activity, drawn inside this one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public class PortAttribute : Attribute
{
    /// <summary>Marks a port.</summary>
    public PortAttribute(string? name = null) => Name = name;

    /// <summary>Marks a port with a name for people.</summary>
    public PortAttribute(string? name, string? displayName)
    {
        Name = name;
        DisplayName = displayName;
    }

    /// <summary>Name of the port. Default: the name of the property.</summary>
    public string? Name { get; set; }

    /// <summary>Name shown to people.</summary>
    public string? DisplayName { get; set; }
}

/// <summary>Leaves a property of a stimulus out of its hash, so that it does not decide what the stimulus matches.</summary>
[AttributeUsage(AttributeTargets.Property)]
public class ExcludeFromHashAttribute : Attribute;

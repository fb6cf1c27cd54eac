using System.Reflection;
using System.Text.Json.Serialization;

namespace Elsa.Workflows.Models;

/// <summary>What is known about an activity type: how it is found, shown and filled.</summary>
public class ActivityDescriptor
{
    /// <summary>Name used in definitions.</summary>
    public string TypeName { get; set; } = null!;

    /// <summary>First part of the name.</summary>
    public string Namespace { get; set; } = null!;

    /// <summary>Last part of the name.</summary>
    public string Name { get; set; } = null!;

    /// <summary>Version of the type.</summary>
    public int Version { get; set; } = 1;

    /// <summary>The class.</summary>
    [JsonIgnore]
    public Type ClrType { get; set; } = null!;

    /// <summary>Group of the palette.</summary>
    public string Category { get; set; } = null!;

    /// <summary>Name shown to people.</summary>
    public string? DisplayName { get; set; }

    /// <summary>What the activity does.</summary>
    public string? Description { get; set; }

    /// <summary>Kind of the activity.</summary>
    public ActivityKind Kind { get; set; }

    /// <summary>True if the activity runs outside the burst by default.</summary>
    public bool RunAsynchronously { get; set; }

    /// <summary>True if the palette shows it.</summary>
    public bool IsBrowsable { get; set; } = true;

    /// <summary>True if flowcharts begin at it.</summary>
    public bool IsStart { get; set; }

    /// <summary>True if it ends its flowchart.</summary>
    public bool IsTerminal { get; set; }

    /// <summary>True if it holds other activities.</summary>
    public bool IsContainer { get; set; }

    /// <summary>Its inputs.</summary>
    public ICollection<InputDescriptor> Inputs { get; set; } = [];

    /// <summary>Its outputs.</summary>
    public ICollection<OutputDescriptor> Outputs { get; set; } = [];

    /// <summary>Its exits and embedded activities.</summary>
    public ICollection<Port> Ports { get; set; } = [];

    /// <summary>Free data.</summary>
    public IDictionary<string, object> CustomProperties { get; set; } = new Dictionary<string, object>();

    /// <summary>Members that a new activity of the type gets, by name.</summary>
    public IDictionary<string, object> ConstructionProperties { get; set; } = new Dictionary<string, object>();

    /// <summary>Attributes of the class.</summary>
    [JsonIgnore]
    public ICollection<Attribute> Attributes { get; set; } = [];

    /// <summary>Creates an activity of the type.</summary>
    [JsonIgnore]
    internal Func<IActivity> Create { get; set; } = null!;
}

/// <summary>What inputs and outputs have in common.</summary>
public abstract class PropertyDescriptor
{
    /// <summary>Name of the property.</summary>
    public string Name { get; set; } = null!;

    /// <summary>Type of the value.</summary>
    public Type Type { get; set; } = null!;

    /// <summary>Name shown to people.</summary>
    public string? DisplayName { get; set; }

    /// <summary>What it is for.</summary>
    public string? Description { get; set; }

    /// <summary>Position.</summary>
    public float Order { get; set; }

    /// <summary>True if it is shown.</summary>
    public bool? IsBrowsable { get; set; }

    /// <summary>True if the value may be recorded.</summary>
    public bool? IsSerializable { get; set; }

    /// <summary>True if the member is described by data, not by a property of the class.</summary>
    public bool IsSynthetic { get; set; }

    /// <summary>The property.</summary>
    [JsonIgnore]
    public PropertyInfo? PropertyInfo { get; set; }

    /// <summary>Reads the property of an activity.</summary>
    [JsonIgnore]
    public Func<IActivity, object?> ValueGetter { get; set; } = null!;

    /// <summary>Writes the property of an activity.</summary>
    [JsonIgnore]
    public Action<IActivity, object?> ValueSetter { get; set; } = null!;
}

/// <summary>Describes an input of an activity type.</summary>
public class InputDescriptor : PropertyDescriptor
{
    /// <summary>True if the property is an <c>Input&lt;T&gt;</c>; false if it is a plain property.</summary>
    public bool IsWrapped { get; set; }

    /// <summary>Editor to show.</summary>
    public string UIHint { get; set; } = null!;

    /// <summary>Tab of the editor.</summary>
    public string? Category { get; set; }

    /// <summary>Value shown for a new activity.</summary>
    public object? DefaultValue { get; set; }

    /// <summary>Syntax preselected in the editor.</summary>
    public string? DefaultSyntax { get; set; }

    /// <summary>True if the editor does not change it.</summary>
    public bool? IsReadOnly { get; set; }

    /// <summary>True if the value may name a secret.</summary>
    public bool IsSensitive { get; set; }

    /// <summary>True if a definition without it is refused: the property carries <c>[Required]</c>.</summary>
    [JsonIgnore]
    internal bool IsRequired { get; set; }

    /// <summary>False if the activity evaluates the input itself.</summary>
    public bool AutoEvaluate { get; set; } = true;

    /// <summary>A class that evaluates the input in its own way.</summary>
    public Type? EvaluatorType { get; set; }

    /// <summary>Choices and settings of the editor, by name.</summary>
    public IDictionary<string, object>? UISpecifications { get; set; }

    /// <summary>Choices given with the attribute.</summary>
    public object? Options { get; set; }

    /// <summary>Classes that supply the choices of the editor.</summary>
    [JsonIgnore]
    public IReadOnlyList<Type> UIHandlers { get; set; } = [];
}

/// <summary>Describes an output of an activity type.</summary>
public class OutputDescriptor : PropertyDescriptor;

/// <summary>How a port is drawn.</summary>
public enum PortType
{
    /// <summary>An activity inside this one.</summary>
    Embedded,

    /// <summary>An exit of this one.</summary>
    Flow,
}

/// <summary>An exit of an activity, or a place for an activity inside it.</summary>
public class Port
{
    /// <summary>Name of the port; of an exit, the outcome.</summary>
    public string Name { get; set; } = null!;

    /// <summary>Name shown to people.</summary>
    public string? DisplayName { get; set; }

    /// <summary>How it is drawn.</summary>
    public PortType Type { get; set; }

    /// <summary>True if it is shown.</summary>
    public bool? IsBrowsable { get; set; } = true;
}

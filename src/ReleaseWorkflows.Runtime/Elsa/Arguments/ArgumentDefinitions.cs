namespace Elsa.Workflows.Models;

/// <summary>Declares an input or output of a workflow.</summary>
public abstract class ArgumentDefinition
{
    /// <summary>Creates an empty declaration.</summary>
    protected ArgumentDefinition()
    {
    }

    /// <summary>Type of the value.</summary>
    public Type Type { get; set; } = typeof(object);

    /// <summary>Name of the argument.</summary>
    public string Name { get; set; } = null!;

    /// <summary>Name shown to people.</summary>
    public string DisplayName { get; set; } = null!;

    /// <summary>What the argument is for.</summary>
    public string Description { get; set; } = null!;

    /// <summary>Group it is shown in.</summary>
    public string Category { get; set; } = null!;
}

/// <summary>Declares an input of a workflow.</summary>
public class InputDefinition : ArgumentDefinition
{
    /// <summary>Editor to show; see <c>InputUIHints</c>.</summary>
    public string UIHint { get; set; } = null!;

    /// <summary>Where the value is kept between bursts. Null and the workflow drivers: in the instance's state.</summary>
    public Type? StorageDriverType { get; set; }
}

/// <summary>Declares an output of a workflow.</summary>
public class OutputDefinition : ArgumentDefinition;

/// <summary>An input of a workflow with its value.</summary>
/// <param name="Name">Name of the input.</param>
/// <param name="Value">Its value.</param>
public record WorkflowInput(string Name, object? Value);

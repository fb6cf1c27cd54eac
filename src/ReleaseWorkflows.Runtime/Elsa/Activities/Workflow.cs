using System.ComponentModel;
using System.Runtime.CompilerServices;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Workflows.Activities;

/// <summary>A workflow: the activity around all others. One object per definition version, shared by its instances.</summary>
[Activity("Elsa", "Workflows", "A workflow: runs its root activity.")]
[Browsable(false)]
public class Workflow : Composite<object>
{
    /// <summary>Creates a workflow around an activity.</summary>
    public Workflow(IActivity root)
        : this() => Root = root;

    /// <summary>Creates an empty workflow.</summary>
    public Workflow([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
        Type = "Elsa.Workflow";
        Id = "Workflow1";
    }

    /// <summary>Which version this is.</summary>
    public WorkflowIdentity Identity { get; set; } = new("", 1, "");

    /// <summary>Whether the version was in use when it was compiled.</summary>
    public WorkflowPublication Publication { get; set; } = new(true, true);

    /// <summary>What people are told about it.</summary>
    public WorkflowMetadata WorkflowMetadata { get; set; } = new();

    /// <summary>Settings.</summary>
    public WorkflowOptions Options { get; set; } = new();

    /// <summary>Declared inputs.</summary>
    public ICollection<InputDefinition> Inputs { get; set; } = [];

    /// <summary>Declared outputs.</summary>
    public ICollection<OutputDefinition> Outputs { get; set; } = [];

    /// <summary>Exits of the workflow when it is used as an activity.</summary>
    public ICollection<string> Outcomes { get; set; } = [];

    /// <summary>True if it is not edited in Studio.</summary>
    public bool IsReadonly { get; set; }

    /// <summary>True if lists leave it out.</summary>
    public bool IsSystem { get; set; }

    /// <summary>Names the version.</summary>
    public WorkflowDefinitionHandle DefinitionHandle => WorkflowDefinitionHandle.ByDefinitionVersionId(Identity.Id);

    /// <summary>Creates a workflow around an activity.</summary>
    public static Workflow FromActivity(IActivity root) => root as Workflow ?? new Workflow(root);

    /// <summary>The compiled workflow, once it was run in memory.</summary>
    internal WorkflowGraph? CompiledGraph { get; set; }

    /// <summary>The output with this name, or null.</summary>
    internal OutputDefinition? FindOutput(string? name)
    {
        foreach (var output in Outputs)
        {
            if (output.Name == name)
                return output;
        }

        return null;
    }
}

using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>An input of one activity that is set, ready to be evaluated.</summary>
/// <param name="Descriptor">What is known about it.</param>
/// <param name="Input">Its expression.</param>
/// <param name="ReferenceId">Where its value is put.</param>
internal sealed record InputBinding(InputDescriptor Descriptor, Input Input, string ReferenceId);

/// <summary>An output of one activity that is bound.</summary>
/// <param name="Descriptor">What is known about it.</param>
/// <param name="Output">Where it is bound to.</param>
internal sealed record OutputBinding(OutputDescriptor Descriptor, Output Output);

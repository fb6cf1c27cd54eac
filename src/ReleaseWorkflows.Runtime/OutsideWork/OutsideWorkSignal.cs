using ReleaseWorkflows.Runtime.Resumption;

namespace ReleaseWorkflows.Runtime.OutsideWork;

/// <summary>Wakes the loop that does outside work when a unit of work has stored a job.</summary>
internal sealed class OutsideWorkSignal : WakeSignal;

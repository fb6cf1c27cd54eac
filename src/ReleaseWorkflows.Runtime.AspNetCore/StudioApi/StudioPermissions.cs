namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi;

/// <summary>What the addresses of Elsa's API need, under the names an Elsa server gives them.</summary>
public static class StudioPermissions
{
    /// <summary>See definitions.</summary>
    public const string ReadWorkflowDefinitions = "read:workflow-definitions";

    /// <summary>Save drafts, import, revert.</summary>
    public const string WriteWorkflowDefinitions = "write:workflow-definitions";

    /// <summary>Publish.</summary>
    public const string PublishWorkflowDefinitions = "publish:workflow-definitions";

    /// <summary>Take a published version out of use.</summary>
    public const string RetractWorkflowDefinitions = "retract:workflow-definitions";

    /// <summary>Delete definitions and versions.</summary>
    public const string DeleteWorkflowDefinitions = "delete:workflow-definitions";

    /// <summary>Start instances.</summary>
    public const string ExecuteWorkflowDefinitions = "exec:workflow-definitions";

    /// <summary>See instances, their journal and variables.</summary>
    public const string ReadWorkflowInstances = "read:workflow-instances";

    /// <summary>Change instances: variables, retry, import.</summary>
    public const string WriteWorkflowInstances = "write:workflow-instances";

    /// <summary>Cancel instances.</summary>
    public const string CancelWorkflowInstances = "cancel:workflow-instances";

    /// <summary>Delete instances.</summary>
    public const string DeleteWorkflowInstances = "delete:workflow-instances";

    /// <summary>See executions of activities.</summary>
    public const string ReadActivityExecution = "read:activity-execution";

    /// <summary>Publish events and report tasks.</summary>
    public const string TriggerEvent = "trigger:event";

    /// <summary>See the state of the engine itself.</summary>
    public const string ReadRuntime = "read:workflow-runtime";

    /// <summary>See activity types.</summary>
    public const string ReadActivityDescriptors = "read:activity-descriptors";

    /// <summary>See the choices of an activity's input.</summary>
    public const string ReadActivityDescriptorsOptions = "read:activity-descriptors-options";

    /// <summary>See expression syntaxes.</summary>
    public const string ReadExpressionDescriptors = "read:expression-descriptors";

    /// <summary>See types of variables.</summary>
    public const string ReadVariableDescriptors = "read:variable-descriptors";

    /// <summary>See storage drivers.</summary>
    public const string ReadStorageDrivers = "read:storage-drivers";

    /// <summary>See commit strategies.</summary>
    public const string ReadCommitStrategies = "read:commit-strategies";

    /// <summary>See incident strategies.</summary>
    public const string ReadIncidentStrategies = "read:incident-strategies";

    /// <summary>See log persistence strategies.</summary>
    public const string ReadLogPersistenceStrategies = "read:log-persistence-strategies";

    /// <summary>See activation strategies.</summary>
    public const string ReadActivationStrategies = "read:workflow-activation-strategies";

    /// <summary>See converters of outputs.</summary>
    public const string ReadOutputConverters = "read:output-converters";

    /// <summary>See what the server can do.</summary>
    public const string ReadInstalledFeatures = "read:installed-features";

    /// <summary>Run an activity as a test.</summary>
    public const string ExecuteTests = "exec:tests";
}

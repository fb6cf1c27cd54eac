using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Definitions;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Descriptors;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Features;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi;

/// <summary>Answers one kind of request.</summary>
internal delegate Task<StudioAnswer> StudioHandler(StudioRequest request);

/// <summary>One line of the table of addresses.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Pattern">Address below the prefix. A parameter <c>{definitionId}</c> is the definition the permission is asked for.</param>
/// <param name="Permission">What the caller needs: one of <see cref="StudioPermissions"/>.</param>
/// <param name="Handler">What answers.</param>
internal sealed record StudioRoute(string Method, string Pattern, string Permission, StudioHandler Handler);

/// <summary>
/// Elsa's HTTP API, as Elsa Studio and other clients of Elsa use it: every address, what it needs and what answers.
/// </summary>
/// <remarks>
/// Life of a request (<see cref="StudioEndpoint"/>): who calls (401) → may the caller, also for the definition in the address (403) → the
/// handler reads the request and collects what is wrong with it (400, all at once) → it works, in a unit of work if it changes something →
/// its answer is written in Elsa's shapes (<see cref="StudioAnswer"/>, <see cref="StudioJson"/>). What is not in the table is 404: Studio
/// repeats a request that was answered with 5xx for 14 seconds, so an unknown address must never be one.
/// A resource is a folder with one static class of handlers per file.
/// </remarks>
internal static class StudioRoutes
{
    /// <summary>The table.</summary>
    public static IReadOnlyList<StudioRoute> All { get; } =
    [
        // What the server can do.
        Get("/features/installed", StudioPermissions.ReadInstalledFeatures, FeatureEndpoints.ListAsync),
        Get("/features/installed/{fullName}", StudioPermissions.ReadInstalledFeatures, FeatureEndpoints.FindAsync),
        Get("/package/version", StudioPermissions.ReadInstalledFeatures, FeatureEndpoints.VersionAsync),
        Get("/resilience/strategies", StudioPermissions.ReadInstalledFeatures, FeatureEndpoints.ListResilienceStrategiesAsync),

        // What definitions are made of.
        Get("/descriptors/activities", StudioPermissions.ReadActivityDescriptors, ActivityTypeEndpoints.ListAsync),
        Get("/descriptors/activities/{type}", StudioPermissions.ReadActivityDescriptors, ActivityTypeEndpoints.FindAsync),
        Post("/descriptors/activities/{type}/options/{input}", StudioPermissions.ReadActivityDescriptorsOptions, ActivityTypeEndpoints.ListOptionsAsync),
        Get("/descriptors/expression-descriptors", StudioPermissions.ReadExpressionDescriptors, SyntaxEndpoints.ListSyntaxesAsync),
        Get("/descriptors/variables", StudioPermissions.ReadVariableDescriptors, SyntaxEndpoints.ListTypesAsync),
        Get("/descriptors/storage-drivers", StudioPermissions.ReadStorageDrivers, StrategyEndpoints.ListStorageDriversAsync),
        Get("/descriptors/incident-strategies", StudioPermissions.ReadIncidentStrategies, StrategyEndpoints.ListIncidentStrategiesAsync),
        Get("/descriptors/workflow-activation-strategies", StudioPermissions.ReadActivationStrategies, StrategyEndpoints.ListActivationStrategiesAsync),
        Get("/descriptors/log-persistence-strategies", StudioPermissions.ReadLogPersistenceStrategies, StrategyEndpoints.ListLogPersistenceStrategiesAsync),
        Get("/descriptors/commit-strategies/workflows", StudioPermissions.ReadCommitStrategies, StrategyEndpoints.ListWorkflowCommitStrategiesAsync),
        Get("/descriptors/commit-strategies/activities", StudioPermissions.ReadCommitStrategies, StrategyEndpoints.ListActivityCommitStrategiesAsync),
        Get("/descriptors/output-converters", StudioPermissions.ReadOutputConverters, StrategyEndpoints.ListOutputConvertersAsync),
        Post("/scripting/javascript/type-definitions/{definitionId}", StudioPermissions.ReadWorkflowDefinitions, ScriptTypeEndpoints.DeclareAsync),

        // Definitions and their versions.
        Get("/workflow-definitions", StudioPermissions.ReadWorkflowDefinitions, DefinitionEndpoints.ListAsync),
        Get("/workflow-definitions/query/count", StudioPermissions.ReadWorkflowDefinitions, DefinitionEndpoints.CountAsync),
        Get("/workflow-definitions/validation/is-name-unique", StudioPermissions.ReadWorkflowDefinitions, DefinitionEndpoints.IsNameUniqueAsync),
        Get("/workflow-definitions/many-by-id", StudioPermissions.ReadWorkflowDefinitions, DefinitionEndpoints.FindManyAsync),
        Get("/workflow-definitions/by-id/{id}", StudioPermissions.ReadWorkflowDefinitions, DefinitionEndpoints.FindVersionAsync),
        Get("/workflow-definitions/by-definition-id/{definitionId}", StudioPermissions.ReadWorkflowDefinitions, DefinitionEndpoints.FindAsync),
        Get("/workflow-definitions/{definitionId}", StudioPermissions.ReadWorkflowDefinitions, DefinitionEndpoints.FindAsync),
        Get("/workflow-definitions/{definitionId}/versions", StudioPermissions.ReadWorkflowDefinitions, DefinitionEndpoints.ListVersionsAsync),
        Get("/workflow-definitions/subgraph/{id}", StudioPermissions.ReadWorkflowDefinitions, SubgraphEndpoints.FindAsync),
        Get("/workflow-definitions/subgraph/segments/{id}", StudioPermissions.ReadWorkflowDefinitions, SubgraphEndpoints.FindSegmentsAsync),
        Post("/workflow-definitions", StudioPermissions.WriteWorkflowDefinitions, DefinitionEndpoints.SaveAsync),
        Post("/workflow-definitions/{definitionId}/publish", StudioPermissions.PublishWorkflowDefinitions, DefinitionEndpoints.PublishAsync),
        Post("/workflow-definitions/{definitionId}/retract", StudioPermissions.RetractWorkflowDefinitions, DefinitionEndpoints.RetractAsync),
        Post("/workflow-definitions/{definitionId}/revert/{version}", StudioPermissions.WriteWorkflowDefinitions, DefinitionEndpoints.RevertAsync),
        Delete("/workflow-definitions/{definitionId}", StudioPermissions.DeleteWorkflowDefinitions, DefinitionEndpoints.DeleteAsync),
        Delete("/workflow-definition-versions/{id}", StudioPermissions.DeleteWorkflowDefinitions, DefinitionEndpoints.DeleteVersionAsync),
        Get("/workflow-definitions/{definitionId}/consumers", StudioPermissions.ReadWorkflowDefinitions, DefinitionEndpoints.ListConsumersAsync),
        Post("/workflow-definitions/{definitionId}/update-references", StudioPermissions.PublishWorkflowDefinitions, DefinitionEndpoints.UpdateReferencesAsync),
        Post("/tests/activities", StudioPermissions.ExecuteTests, DefinitionEndpoints.TestActivityAsync),
        Post("/actions/workflow-definitions/reload", StudioPermissions.WriteWorkflowDefinitions, DefinitionEndpoints.ReloadAsync),
        Post("/actions/workflow-definitions/refresh", StudioPermissions.WriteWorkflowDefinitions, DefinitionEndpoints.RefreshAsync),

        // Definitions, many at once and as files.
        Post("/bulk-actions/publish/workflow-definitions/by-definition-ids", StudioPermissions.PublishWorkflowDefinitions, DefinitionBulkEndpoints.PublishAsync),
        Post("/bulk-actions/retract/workflow-definitions/by-definition-ids", StudioPermissions.RetractWorkflowDefinitions, DefinitionBulkEndpoints.RetractAsync),
        Post("/bulk-actions/delete/workflow-definitions/by-definition-id", StudioPermissions.DeleteWorkflowDefinitions, DefinitionBulkEndpoints.DeleteAsync),
        Post("/bulk-actions/delete/workflow-definitions/by-id", StudioPermissions.DeleteWorkflowDefinitions, DefinitionBulkEndpoints.DeleteVersionsAsync),
        Get("/workflow-definitions/{definitionId}/export", StudioPermissions.ReadWorkflowDefinitions, DefinitionFileEndpoints.ExportAsync),
        Post("/bulk-actions/export/workflow-definitions", StudioPermissions.ReadWorkflowDefinitions, DefinitionFileEndpoints.ExportManyAsync),
        Post("/workflow-definitions/import", StudioPermissions.WriteWorkflowDefinitions, DefinitionFileEndpoints.ImportAsync),
        Put("/workflow-definitions/{definitionId}/import", StudioPermissions.WriteWorkflowDefinitions, DefinitionFileEndpoints.ImportAsync),
        Post("/workflow-definitions/import-files", StudioPermissions.WriteWorkflowDefinitions, DefinitionFileEndpoints.ImportFilesAsync),

        // Instances, and what starts and moves them.
        .. InstanceRoutes.All,
    ];

    private static StudioRoute Get(string pattern, string permission, StudioHandler handler) => new("GET", pattern, permission, handler);

    private static StudioRoute Post(string pattern, string permission, StudioHandler handler) => new("POST", pattern, permission, handler);

    private static StudioRoute Put(string pattern, string permission, StudioHandler handler) => new("PUT", pattern, permission, handler);

    private static StudioRoute Delete(string pattern, string permission, StudioHandler handler) => new("DELETE", pattern, permission, handler);
}

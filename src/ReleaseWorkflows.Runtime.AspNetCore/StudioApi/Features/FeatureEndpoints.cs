namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Features;

/// <summary>
/// What the server can do. Studio shows what depends on a feature only if it is listed, and does not survive it if the addresses behind a
/// listed feature are missing.
/// </summary>
internal static class FeatureEndpoints
{
    // The version of Elsa whose API this is.
    private const string Version = "3.8.0";

    private static readonly IReadOnlyList<Feature> Features =
    [
        new("Workflows", "Workflows", "Runs workflows."),
        new("Flowchart", "Flowcharts", "Workflows drawn as activities and connections."),
        new("WorkflowManagement", "Workflow management", "Definitions and their versions."),
        new("WorkflowRuntime", "Workflow runtime", "Instances, bookmarks and triggers."),
        new("Scheduling", "Scheduling", "Timers, delays and cron."),
        new("Http", "HTTP", "HTTP endpoints and requests."),
        new("JavaScript", "JavaScript", "Expressions in JavaScript."),
        new("WorkflowsApi", "Workflows API", "This API."),
        new("RealTimeWorkflowUpdates", "Real-time workflow updates", "Tells viewers of an instance when it moves."),
    ];

    /// <summary>Lists the features.</summary>
    public static Task<StudioAnswer> ListAsync(StudioRequest request) => Task.FromResult(StudioAnswer.Json(new StudioList<Feature>(Features)));

    /// <summary>One feature by its full name.</summary>
    public static Task<StudioAnswer> FindAsync(StudioRequest request)
    {
        var fullName = request.Route("fullName");
        var feature = Features.FirstOrDefault(feature => feature.FullName.Equals(fullName, StringComparison.OrdinalIgnoreCase));
        return Task.FromResult(feature is null ? StudioAnswer.NotFound : StudioAnswer.Json(feature));
    }

    /// <summary>The version of Elsa whose API this is.</summary>
    public static Task<StudioAnswer> VersionAsync(StudioRequest request) =>
        Task.FromResult(StudioAnswer.Json(new { PackageVersion = Version }));

    /// <summary>Named ways to repeat what failed. None are offered for choice.</summary>
    public static Task<StudioAnswer> ListResilienceStrategiesAsync(StudioRequest request) => Task.FromResult(StudioAnswer.Json(new StudioList<Feature>([])));

    private sealed record Feature(string Name, string DisplayName, string Description)
    {
        public string Namespace { get; } = "Elsa";

        public string FullName => $"{Namespace}.{Name}";
    }
}

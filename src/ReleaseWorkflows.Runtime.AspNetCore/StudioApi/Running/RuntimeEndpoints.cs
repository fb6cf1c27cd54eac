namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Running;

/// <summary>How the engine itself is.</summary>
internal static class RuntimeEndpoints
{
    private static readonly string Generation = Guid.NewGuid().ToString("N");

    private static readonly IReadOnlyList<Source> Sources =
        [new("scheduling.trigger", "Running"), new("http.trigger", "Running"), new("internal.outside-work", "Running")];

    /// <summary>Whether the engine takes new work: it does as long as it answers.</summary>
    public static Task<StudioAnswer> StatusAsync(StudioRequest request) => Task.FromResult(StudioAnswer.Json(new
    {
        State = new { Reason = "None", IsAcceptingNewWork = true, GenerationId = Generation },
        Sources,
        ActiveExecutionCycleCount = 0,
    }));

    /// <summary>Stimuli that were given up: none, since a stimulus is delivered in the request that sends it or not at all.</summary>
    public static Task<StudioAnswer> DeadLettersAsync(StudioRequest request) => Task.FromResult(StudioAnswer.Json(new StudioPage<object>([], 0)));

    private sealed record Source(string Name, string State);
}

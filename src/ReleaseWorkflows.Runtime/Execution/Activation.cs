using Elsa.Workflows.ActivationValidators;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>What the activation strategy of a definition asks of the instances that run when another one is to start.</summary>
/// <param name="Key">Key the new instance takes; the store lets one running instance at most have it.</param>
/// <param name="DefinitionId">No instance of this definition may run; null: of any.</param>
/// <param name="CorrelationId">No instance with this correlation id may run; null: with any.</param>
internal sealed record Activation(string Key, string? DefinitionId, string? CorrelationId)
{
    /// <summary>What a strategy asks; null if it asks nothing. Without a correlation id there is nothing to share one with.</summary>
    public static Activation? Of(Type? strategy, string definitionId, string? correlationId) =>
        strategy == typeof(SingletonStrategy) ? new Activation($"definition:{definitionId}", definitionId, null)
        : strategy == typeof(CorrelatedSingletonStrategy) && correlationId is not null
            ? new Activation($"definition:{definitionId}:correlation:{correlationId}", definitionId, correlationId)
        : strategy == typeof(CorrelationStrategy) && correlationId is not null ? new Activation($"correlation:{correlationId}", null, correlationId)
        : null;

    /// <summary>What an instance that took a key asks; null if it took none.</summary>
    public static Activation? OfKey(string? key, string definitionId)
    {
        var ofDefinition = $"definition:{definitionId}";
        var ofCorrelated = $"{ofDefinition}:correlation:";
        const string OfCorrelation = "correlation:";

        return key is null ? null
            : key == ofDefinition ? new Activation(key, definitionId, null)
            : key.StartsWith(ofCorrelated, StringComparison.Ordinal) ? new Activation(key, definitionId, key[ofCorrelated.Length..])
            : key.StartsWith(OfCorrelation, StringComparison.Ordinal) ? new Activation(key, null, key[OfCorrelation.Length..])
            : null;
    }

    /// <summary>True if an instance stands in the way.</summary>
    public bool IsTakenBy(string definitionId, string? correlationId) =>
        (DefinitionId is null || DefinitionId == definitionId) && (CorrelationId is null || CorrelationId == correlationId);
}

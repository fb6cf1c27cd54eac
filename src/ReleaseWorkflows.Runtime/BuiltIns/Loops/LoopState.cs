using System.Collections;
using System.Text.Json;
using Elsa.Expressions.Contracts;
using Elsa.Workflows;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Signals;
using ReleaseWorkflows.Runtime.Execution;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.BuiltIns.Loops;

/// <summary>
/// What loops keep between two rounds, as properties of their execution: whether a break was asked for, and what is still to be gone through.
/// </summary>
/// <remarks>A loop goes through what its inputs said when it began. They are not evaluated again, whatever happens in its rounds.</remarks>
internal static class LoopState
{
    /// <summary>Variable that holds the value of a round.</summary>
    public const string CurrentValue = "CurrentValue";

    /// <summary>Variable that holds the number of a round, from 0.</summary>
    public const string CurrentIndex = "CurrentIndex";

    private const string Breaking = "IsBreaking";
    private const string Items = "Items";

    /// <summary>Takes a break for the loop that receives it.</summary>
    public static void OnBreak(BreakSignal signal, SignalContext context)
    {
        context.ReceiverActivityExecutionContext.SetProperty(Breaking, true);
        context.StopPropagation();
    }

    /// <summary>Takes note of a break that an enclosing loop is meant to hear too.</summary>
    public static void OnPassingBreak(BreakSignal signal, SignalContext context) =>
        context.ReceiverActivityExecutionContext.SetProperty(Breaking, true);

    /// <summary>True if a round asked for a break.</summary>
    public static bool IsBreaking(ActivityExecutionContext loop) => loop.GetProperty<bool>(Breaking);

    /// <summary>The value of an input that is not evaluated by itself; the default of its type if it is unset.</summary>
    public static async ValueTask<T?> EvaluateAsync<T>(ActivityExecutionContext loop, Input<T>? input) =>
        input?.Expression is { } expression
            ? await loop.GetRequiredService<IExpressionEvaluator>().EvaluateAsync<T>(expression, loop.ExpressionExecutionContext)
            : input is null ? default : loop.Get(input);

    /// <summary>The variables of one round.</summary>
    public static ICollection<Variable> Round(int index, object? value) => [new Variable(CurrentIndex, index), new Variable(CurrentValue, value)];

    /// <summary>Keeps the items the loop goes through.</summary>
    public static void Keep(ActivityExecutionContext loop, IReadOnlyList<object?> items) => loop.SetProperty(Items, items.ToArray());

    /// <summary>The items the loop goes through.</summary>
    public static IReadOnlyList<object?> Kept(ActivityExecutionContext loop)
    {
        if (!loop.Properties.TryGetValue(Items, out var kept))
            return [];
        if (kept is object?[] known)
            return known;

        // Restored from the state: read once, then kept for the rest of the burst.
        var items = StateValues.Read((JsonElement)kept, loop.WorkflowExecutionContext.Engine.Types) as object?[] ?? [];
        loop.Properties[Items] = items;
        return items;
    }

    /// <summary>The items of a value: of a list, of JSON text that holds one, of an asynchronous stream; any other value is one item.</summary>
    public static async ValueTask<IReadOnlyList<object?>> ItemsOfAsync(object? source, CancellationToken cancellationToken)
    {
        switch (source)
        {
            case null:
                return [];
            case string text when text.AsSpan().TrimStart().StartsWith("[", StringComparison.Ordinal):
                return ValueConverter.ConvertOrThrow<object?[]>(text) ?? [];
            case string or byte[] or IDictionary or IDictionary<string, object?>:
                return [source];
            case JsonElement element:
                return element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(JsonValues.ToClr)] : [JsonValues.ToClr(element)];
            case IAsyncEnumerable<object?> stream:
                var items = new List<object?>();
                await foreach (var item in stream.WithCancellation(cancellationToken))
                    items.Add(item);
                return items;
            case IEnumerable list:
                return [.. list.Cast<object?>()];
            default:
                return [source];
        }
    }
}

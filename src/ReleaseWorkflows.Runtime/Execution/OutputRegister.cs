using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>
/// The last value of each output of each activity, for expressions that ask for it. It survives suspensions.
/// </summary>
internal sealed class OutputRegister
{
    public const string Result = "Result";

    private Dictionary<(string ActivityId, string Output), object?>? _entries;

    /// <summary>The last main output of any activity.</summary>
    public object? LastResult { get; set; }

    public IReadOnlyDictionary<(string ActivityId, string Output), object?>? Entries => _entries;

    public void Set(string activityId, string output, object? value)
    {
        (_entries ??= [])[(activityId, output)] = value;

        if (output == Result)
            LastResult = value;
    }

    /// <summary>The value of an output; without a name the main one, else any.</summary>
    public object? Find(string activityId, string? output)
    {
        if (_entries is null)
            return null;
        if (_entries.TryGetValue((activityId, output ?? Result), out var exact))
            return exact;

        foreach (var (key, entry) in _entries)
        {
            if (key.ActivityId == activityId && (output is null || string.Equals(key.Output, output, StringComparison.OrdinalIgnoreCase)))
                return entry;
        }

        return null;
    }

    /// <summary>The outputs that were set by an activity.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Of(string activityId)
    {
        if (_entries is null)
            yield break;

        foreach (var (key, entry) in _entries)
        {
            if (key.ActivityId == activityId)
                yield return new(key.Output, entry);
        }
    }

    /// <summary>
    /// The name of an output: that of the property which holds it; for an unbound one, the last word of the C# expression it was named by.
    /// </summary>
    public static string NameOf(ActivityNode node, Output? output, string? expression)
    {
        if (output is not null)
        {
            foreach (var binding in node.Outputs)
            {
                if (ReferenceEquals(binding.Output, output))
                    return binding.Descriptor.Name;
            }
        }

        if (string.IsNullOrEmpty(expression))
            return Result;

        var name = expression.AsSpan().Trim().TrimEnd("!?").Trim();
        var dot = name.LastIndexOf('.');
        return name[(dot + 1)..].Trim().ToString();
    }
}

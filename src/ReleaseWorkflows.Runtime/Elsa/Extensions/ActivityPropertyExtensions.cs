using System.Globalization;
using System.Text.Json;
using Elsa.Workflows;

namespace Elsa.Extensions;

/// <summary>Settings that activities carry in their custom properties and metadata.</summary>
public static class ActivityPropertyExtensions
{
    private const string CanStartWorkflowKey = "canStartWorkflow";
    private const string RunAsynchronouslyKey = "runAsynchronously";
    private const string SourceKey = "source";
    private const string CommitStrategyKey = "commitStrategyName";
    private const string DisplayTextKey = "displayText";
    private const string DescriptionKey = "description";

    /// <summary>True if the workflow may start at this activity.</summary>
    public static bool GetCanStartWorkflow(this IActivity activity) => Flag(activity, CanStartWorkflowKey) ?? false;

    /// <summary>Says whether the workflow may start at this activity.</summary>
    public static void SetCanStartWorkflow(this IActivity activity, bool value) => activity.CustomProperties[CanStartWorkflowKey] = value;

    /// <summary>True if the activity is to run outside the burst; null if it does not say.</summary>
    public static bool? GetRunAsynchronously(this IActivity activity) => Flag(activity, RunAsynchronouslyKey);

    /// <summary>Says whether the activity is to run outside the burst.</summary>
    public static void SetRunAsynchronously(this IActivity activity, bool? value) =>
        Set(activity.CustomProperties, RunAsynchronouslyKey, value);

    /// <summary>File and line the activity was created at.</summary>
    public static string? GetSource(this IActivity activity) => Text(activity.CustomProperties, SourceKey);

    /// <summary>Sets file and line the activity was created at.</summary>
    public static void SetSource(this IActivity activity, string? value) => Set(activity.CustomProperties, SourceKey, value);

    /// <summary>Sets file and line the activity was created at.</summary>
    public static void SetSource(this IActivity activity, string? sourceFile, int? lineNumber)
    {
        if (sourceFile is not null && lineNumber is not null)
            activity.SetSource(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(sourceFile)}:{lineNumber}"));
    }

    /// <summary>Name of the commit strategy.</summary>
    public static string? GetCommitStrategy(this IActivity activity) => Text(activity.CustomProperties, CommitStrategyKey);

    /// <summary>Sets the name of the commit strategy.</summary>
    public static TActivity SetCommitStrategy<TActivity>(this TActivity activity, string? name)
        where TActivity : IActivity
    {
        Set(activity.CustomProperties, CommitStrategyKey, name);
        return activity;
    }

    /// <summary>Text shown on the activity.</summary>
    public static string? GetDisplayText(this IActivity activity) => Text(activity.Metadata, DisplayTextKey);

    /// <summary>Sets the text shown on the activity.</summary>
    public static void SetDisplayText(this IActivity activity, string? value) => Set(activity.Metadata, DisplayTextKey, value);

    /// <summary>Description shown with the activity.</summary>
    public static string? GetDescription(this IActivity activity) => Text(activity.Metadata, DescriptionKey);

    /// <summary>Sets the description shown with the activity.</summary>
    public static void SetDescription(this IActivity activity, string? value) => Set(activity.Metadata, DescriptionKey, value);

    private static bool? Flag(IActivity activity, string key) =>
        !activity.CustomProperties.TryGetValue(key, out var value)
            ? null
            : value switch
            {
                bool flag => flag,
                JsonElement { ValueKind: JsonValueKind.True } => true,
                JsonElement { ValueKind: JsonValueKind.False } => false,
                string or JsonElement { ValueKind: JsonValueKind.String } => bool.TryParse(value.ToString(), out var parsed) && parsed,
                _ => null,
            };

    private static string? Text(IDictionary<string, object> table, string key) =>
        table.TryGetValue(key, out var value) ? value?.ToString() : null;

    private static void Set(IDictionary<string, object> table, string key, object? value)
    {
        if (value is null)
            table.Remove(key);
        else
            table[key] = value;
    }
}

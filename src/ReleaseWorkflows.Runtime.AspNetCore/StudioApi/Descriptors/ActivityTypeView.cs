using System.Collections;
using System.Text.Json.Serialization;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Definitions.Versions;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Descriptors;

/// <summary>An activity type as the palette of an editor sees it.</summary>
internal sealed record ActivityTypeModel(
    string TypeName,
    string ClrType,
    string Namespace,
    string Name,
    int Version,
    string Category,
    string DisplayName,
    string? Description,
    IReadOnlyList<ActivityInputModel> Inputs,
    IReadOnlyList<ActivityOutputModel> Outputs,
    string Kind,
    bool RunAsynchronously,
    IReadOnlyList<ActivityPortModel> Ports,
    IDictionary<string, object> CustomProperties,
    IDictionary<string, object> ConstructionProperties,
    bool IsContainer,
    bool IsBrowsable,
    bool IsStart,
    bool IsTerminal);

/// <summary>An input as an editor sees it.</summary>
internal sealed record ActivityInputModel(
    bool IsWrapped,
    string UiHint,
    string? Category,
    object? DefaultValue,
    string? DefaultSyntax,
    bool IsReadOnly,
    bool IsSensitive,
    bool AutoEvaluate,
    [property: JsonPropertyName("uiSpecifications")] IDictionary<string, object> UiSpecifications,
    string Name,
    string TypeName,
    string DisplayName,
    string? Description,
    float Order,
    bool IsBrowsable,
    bool IsSerializable,
    bool IsSynthetic);

/// <summary>An output as an editor sees it.</summary>
internal sealed record ActivityOutputModel(
    string Name, string TypeName, string DisplayName, string? Description, float Order, bool IsBrowsable, bool IsSerializable, bool IsSynthetic);

/// <summary>A port as an editor sees it.</summary>
internal sealed record ActivityPortModel(string Name, string DisplayName, string Type, bool IsBrowsable);

/// <summary>
/// Shows activity types. Every input gets an editor: Studio does not survive one without, and shows a placeholder for one it does not know.
/// </summary>
internal sealed class ActivityTypeView(TypeAliases types, IServiceProvider services)
{
    /// <summary>What is shown in place of an activity of an unknown type. Editors need its type, the palette does not show it.</summary>
    public static ActivityTypeModel NotFound { get; } = new(
        DefinitionText.NotFoundType, "", "Elsa", "NotFoundActivity", 1, "System", "Not Found Activity", "Stands in for an activity whose type is not known here.",
        [], [], nameof(ActivityKind.Action), false, [], new Dictionary<string, object>(), new Dictionary<string, object>(), false, false, false, false);

    /// <summary>Shows a type.</summary>
    public async Task<ActivityTypeModel> ShowAsync(ActivityDescriptor descriptor, CancellationToken cancellationToken)
    {
        var inputs = new List<ActivityInputModel>();
        foreach (var input in descriptor.Inputs)
            inputs.Add(await ShowAsync(input, null, cancellationToken));

        return new ActivityTypeModel(
            descriptor.TypeName,
            $"{descriptor.ClrType.FullName}, {descriptor.ClrType.Assembly.GetName().Name}",
            descriptor.Namespace ?? "",
            descriptor.Name,
            descriptor.Version,
            descriptor.Category ?? "Miscellaneous",
            descriptor.DisplayName ?? descriptor.Name,
            descriptor.Description,
            inputs,
            [.. descriptor.Outputs.Select(Show)],
            descriptor.Kind.ToString(),
            descriptor.RunAsynchronously,
            [.. descriptor.Ports.Select(static port => new ActivityPortModel(port.Name, port.DisplayName ?? port.Name, port.Type.ToString(), port.IsBrowsable ?? true))],
            descriptor.CustomProperties,
            descriptor.ConstructionProperties,
            descriptor.IsContainer,
            descriptor.IsBrowsable,
            descriptor.IsStart,
            descriptor.IsTerminal);
    }

    /// <summary>The choices and settings of the editor of an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="context">What the editor says about the other inputs of the activity; null if nothing.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<IDictionary<string, object>> SpecifyAsync(InputDescriptor input, object? context, CancellationToken cancellationToken)
    {
        var specifications = new Dictionary<string, object>(input.UISpecifications ?? new Dictionary<string, object>());
        if (input.PropertyInfo is { } property)
        {
            var handlers = input.UIHandlers.Select(type => (IPropertyUIHandler)ActivatorUtilities.GetServiceOrCreateInstance(services, type));
            foreach (var handler in handlers.OrderBy(static handler => handler.Priority))
            {
                foreach (var (name, value) in await handler.GetUIPropertiesAsync(property, context, cancellationToken))
                    specifications[name] = value;
            }
        }

        if (ItemsOf(input) is { Count: > 0 } items)
            AddItems(specifications, input.UIHint, items);
        return specifications;
    }

    private async Task<ActivityInputModel> ShowAsync(InputDescriptor input, object? context, CancellationToken cancellationToken) => new(
        input.IsWrapped,
        string.IsNullOrEmpty(input.UIHint) ? InputUIHints.SingleLine : input.UIHint,
        input.Category,
        input.DefaultValue is Type type ? types.GetAlias(type) : input.DefaultValue,
        input.DefaultSyntax,
        input.IsReadOnly ?? false,
        input.IsSensitive,
        input.AutoEvaluate,
        await SpecifyAsync(input, context, cancellationToken),
        input.Name,
        types.GetAlias(input.Type),
        input.DisplayName ?? input.Name,
        input.Description,
        input.Order,
        input.IsBrowsable ?? true,
        input.IsSerializable ?? true,
        input.IsSynthetic);

    private ActivityOutputModel Show(OutputDescriptor output) => new(
        output.Name,
        types.GetAlias(output.Type),
        output.DisplayName ?? output.Name,
        output.Description,
        output.Order,
        output.IsBrowsable ?? true,
        output.IsSerializable ?? true,
        output.IsSynthetic);

    // The choices an attribute gives, else the names of an enumeration.
    private static List<Choice> ItemsOf(InputDescriptor input)
    {
        if (input.Options is string or null)
        {
            var type = Nullable.GetUnderlyingType(input.Type) ?? input.Type;
            return type.IsEnum ? [.. Enum.GetNames(type).Select(static name => new Choice(name, name))] : [];
        }

        return input.Options is IEnumerable options
            ? [.. options.Cast<object?>().Select(static option => option?.ToString() ?? "").Select(static text => new Choice(text.Length == 0 ? "Default" : text, text))]
            : [];
    }

    private static void AddItems(Dictionary<string, object> specifications, string hint, List<Choice> items)
    {
        var (name, list) = hint switch
        {
            InputUIHints.DropDown => (hint, "selectList"),
            InputUIHints.CheckList => (hint, "checkList"),
            InputUIHints.RadioList => (hint, "radioList"),
            _ => ("", ""),
        };
        if (name.Length > 0 && !specifications.ContainsKey(name))
            specifications[name] = new Dictionary<string, object> { [list] = new Dictionary<string, object> { ["items"] = items, ["isFlagsEnum"] = false } };
    }

    private sealed record Choice(string Text, string Value);
}

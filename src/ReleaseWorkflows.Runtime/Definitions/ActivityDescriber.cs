using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using PropertyDescriptor = Elsa.Workflows.Models.PropertyDescriptor;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>Reads what an activity class says about itself: attributes, inputs, outputs, ports and how to create it.</summary>
internal static class ActivityDescriber
{
    private const BindingFlags AnyConstructor = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <exception cref="InvalidOperationException">The class has no constructor whose parameters all have defaults.</exception>
    public static ActivityDescriptor Describe(Type type)
    {
        var attribute = type.GetCustomAttribute<ActivityAttribute>(inherit: false);
        var (typeName, version) = ActivityTypeNames.Of(type);
        var dot = typeName.LastIndexOf('.');
        var name = attribute?.Type ?? ActivityTypeNames.ClassName(type);
        var properties = type.GetProperties(BindingFlags.Instance | BindingFlags.Public);
        var isTrigger = type.IsAssignableTo(typeof(ITrigger));

        return new ActivityDescriptor
        {
            TypeName = typeName,
            Namespace = dot < 0 ? "" : typeName[..dot],
            Name = name,
            Version = version,
            ClrType = type,
            Category = attribute?.Category ?? attribute?.Namespace ?? LastPart(type.Namespace),
            DisplayName = attribute?.DisplayName ?? type.GetCustomAttribute<DisplayNameAttribute>()?.DisplayName ?? InWords(name),
            Description = attribute?.Description ?? type.GetCustomAttribute<DescriptionAttribute>()?.Description,
            Kind = attribute is { Kind: not ActivityKind.Action } ? attribute.Kind : isTrigger ? ActivityKind.Trigger : ActivityKind.Action,
            RunAsynchronously = attribute?.RunAsynchronously ?? false,
            IsBrowsable = type.GetCustomAttribute<BrowsableAttribute>()?.Browsable ?? true,
            IsStart = type.IsAssignableTo(typeof(IStartNode)),
            IsTerminal = type.IsAssignableTo(typeof(ITerminalNode)),
            IsContainer = type.IsAssignableTo(typeof(IVariableContainer)),
            Inputs = [.. properties.Select(DescribeInput).OfType<InputDescriptor>().OrderBy(static input => input.Order)],
            Outputs = [.. properties.Select(property => DescribeOutput(property, type)).OfType<OutputDescriptor>()],
            Ports = [.. Ports(type, properties)],
            Attributes = [.. type.GetCustomAttributes<Attribute>()],
            Create = Constructor(type),
        };
    }

    /// <summary>A name of several words as people write it: <c>AwaitDecision</c> → <c>Await Decision</c>.</summary>
    public static string InWords(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
                words.Append(' ');
            words.Append(name[i]);
        }

        return words.ToString();
    }

    private static InputDescriptor? DescribeInput(PropertyInfo property)
    {
        var isWrapped = property.PropertyType.IsAssignableTo(typeof(Input));
        var attribute = property.GetCustomAttribute<InputAttribute>();

        if ((!isWrapped && attribute is null) || property.SetMethod is null)
            return null;

        var type = isWrapped && property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[0]
            : isWrapped ? typeof(object)
            : property.PropertyType;
        var handlers = attribute?.UIHandlers ?? [];

        return Fill(property, new InputDescriptor
        {
            Name = attribute?.Name ?? property.Name,
            Type = type,
            IsWrapped = isWrapped,
            DisplayName = attribute?.DisplayName ?? InWords(property.Name),
            Description = attribute?.Description,
            Category = attribute?.Category,
            UIHint = attribute?.UIHint ?? HintFor(type),
            Order = attribute?.Order ?? 0,
            DefaultValue = attribute?.DefaultValue,
            DefaultSyntax = attribute?.DefaultSyntax,
            IsReadOnly = attribute?.IsReadOnly ?? false,
            IsBrowsable = attribute?.IsBrowsable ?? true,
            IsSerializable = attribute?.IsSerializable ?? true,
            IsSensitive = attribute?.CanContainSecrets ?? false,
            IsRequired = property.GetCustomAttribute<RequiredAttribute>() is not null,
            AutoEvaluate = attribute?.AutoEvaluate ?? true,
            EvaluatorType = attribute?.EvaluatorType,
            Options = attribute?.Options,
            UISpecifications = attribute is { UIHint: InputUIHints.CodeEditor, Options: string language }
                ? new Dictionary<string, object> { [InputUIHints.CodeEditor] = new Dictionary<string, object> { ["language"] = language } }
                : null,
            UIHandlers = attribute?.UIHandler is { } handler ? [handler, .. handlers] : handlers,
        });
    }

    private static OutputDescriptor? DescribeOutput(PropertyInfo property, Type activityType)
    {
        if (!property.PropertyType.IsAssignableTo(typeof(Output)))
            return null;

        // The main output is inherited from a base class; what it means is said on the class itself.
        var attribute = property.GetCustomAttribute<OutputAttribute>()
            ?? (property.Name == "Result" ? activityType.GetCustomAttribute<OutputAttribute>() : null);

        return Fill(property, new OutputDescriptor
        {
            Name = property.GetCustomAttribute<OutputAttribute>()?.Name ?? property.Name,
            Type = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[0] : typeof(object),
            DisplayName = attribute?.DisplayName ?? InWords(property.Name),
            Description = attribute?.Description,
            IsBrowsable = attribute?.IsBrowsable ?? true,
            IsSerializable = attribute?.IsSerializable ?? true,
        });
    }

    private static T Fill<T>(PropertyInfo property, T descriptor)
        where T : PropertyDescriptor
    {
        descriptor.PropertyInfo = property;
        descriptor.ValueGetter = property.GetValue;
        descriptor.ValueSetter = property.SetValue;
        return descriptor;
    }

    private static IEnumerable<Port> Ports(Type type, PropertyInfo[] properties)
    {
        foreach (var property in properties)
        {
            if (property.PropertyType.IsAssignableTo(typeof(IActivity)) && property.GetCustomAttribute<PortAttribute>() is { } port)
                yield return new Port { Name = port.Name ?? property.Name, DisplayName = port.DisplayName ?? InWords(property.Name), Type = PortType.Embedded, IsBrowsable = property.GetCustomAttribute<BrowsableAttribute>()?.Browsable ?? true };
        }

        if (type.GetCustomAttribute<FlowNodeAttribute>() is { } outcomes)
        {
            // An activity that names no exits has the one that editors draw by themselves: Done.
            foreach (var outcome in outcomes.Outcomes)
                yield return new Port { Name = outcome, DisplayName = outcome, Type = PortType.Flow };
        }
    }

    private static Func<IActivity> Constructor(Type type)
    {
        var constructor = type.GetConstructors(AnyConstructor)
            .Where(static candidate => candidate.GetParameters().All(static parameter => parameter.HasDefaultValue))
            .OrderBy(static candidate => candidate.GetParameters().Length)
            .FirstOrDefault()
            ?? throw new InvalidOperationException(
                $"The activity class '{type.FullName}' cannot be created from a definition: it needs a constructor without parameters, "
                + "or one whose parameters all have defaults.");
        var arguments = constructor.GetParameters().Select(static _ => Type.Missing).ToArray();
        return () => (IActivity)constructor.Invoke(BindingFlags.OptionalParamBinding | BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    /// <summary>The editor for values of a type.</summary>
    public static string HintFor(Type type)
    {
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        return underlying == typeof(bool) ? InputUIHints.Checkbox
            : underlying.IsEnum ? InputUIHints.DropDown
            : underlying == typeof(DateTime) || underlying == typeof(DateTimeOffset) ? InputUIHints.DateTimePicker
            : underlying == typeof(string) ? InputUIHints.SingleLine
            : underlying.IsAssignableTo(typeof(IEnumerable<string>)) ? InputUIHints.MultiText
            : underlying.IsAssignableTo(typeof(System.Collections.IEnumerable)) ? InputUIHints.DropDown
            : InputUIHints.SingleLine;
    }

    private static string LastPart(string? @namespace) =>
        @namespace is null ? "Miscellaneous" : @namespace[(@namespace.LastIndexOf('.') + 1)..];
}

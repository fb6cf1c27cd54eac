using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// An object of the workflow as a script sees it: its public properties, under their own names and in camelCase. Methods, types and
/// everything that leads to the CLR stay out of sight.
/// </summary>
internal sealed class ClrObject : ObjectInstance, IObjectWrapper
{
    private static readonly ConcurrentDictionary<Type, FrozenDictionary<string, PropertyInfo>> Members = new();

    private readonly ScriptValues _values;
    private readonly FrozenDictionary<string, PropertyInfo> _members;

    public ClrObject(Engine engine, object target, ScriptValues values)
        : base(engine)
    {
        _values = values;
        _members = Members.GetOrAdd(target.GetType(), FindMembers);
        Target = target;
        Prototype = engine.Object.PrototypeObject;
        Extensible = false;
        FastAddProperty("toString", new JsValue(new ClrFunctionInstance(engine, (_, _) => new JsValue(target.ToString() ?? ""))), false, false, false);
    }

    public object Target { get; }

    public override PropertyDescriptor GetOwnProperty(string propertyName) =>
        _members.TryGetValue(propertyName, out var member) ? Describe(member) : base.GetOwnProperty(propertyName);

    public override bool HasOwnProperty(string p) => _members.ContainsKey(p) || base.HasOwnProperty(p);

    public override IEnumerable<KeyValuePair<string, PropertyDescriptor>> GetOwnProperties() =>
        _members.Where(member => member.Key == JsonNamingPolicy.CamelCase.ConvertName(member.Value.Name))
            .Select(member => KeyValuePair.Create(member.Key, Describe(member.Value)));

    public override void Put(string propertyName, JsValue value, bool throwOnError)
    {
        if (!_members.TryGetValue(propertyName, out var member))
            throw new JavaScriptException(Engine.TypeError, $"{Target.GetType().Name} has no property '{propertyName}'.");
        if (member.SetMethod is not { IsPublic: true } || Target.GetType().IsValueType)
            throw new JavaScriptException(Engine.TypeError, $"The property '{member.Name}' of {Target.GetType().Name} cannot be changed.");
        var conversion = ValueConverter.Convert(_values.FromScript(value), member.PropertyType);
        if (!conversion.IsSuccess)
            throw new JavaScriptException(Engine.TypeError, $"The property '{member.Name}' of {Target.GetType().Name}: {conversion.Error}");
        member.SetValue(Target, conversion.Value);
    }

    private PropertyDescriptor Describe(PropertyInfo member)
    {
        try
        {
            return new PropertyDescriptor(_values.ToScript(member.GetValue(Target)), member.CanWrite, true, false);
        }
        catch (TargetInvocationException exception)
        {
            throw new JavaScriptException(Engine.Error, $"The property '{member.Name}' could not be read: {exception.InnerException!.Message}");
        }
    }

    private static FrozenDictionary<string, PropertyInfo> FindMembers(Type type)
    {
        var members = new Dictionary<string, PropertyInfo>(StringComparer.Ordinal);
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            if (!property.CanRead || property.GetIndexParameters().Length > 0 || LeadsToTheRuntime(property.PropertyType))
                continue;
            members.TryAdd(property.Name, property);
            members.TryAdd(JsonNamingPolicy.CamelCase.ConvertName(property.Name), property);
        }

        return members.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static bool LeadsToTheRuntime(Type type) =>
        typeof(MemberInfo).IsAssignableFrom(type) || typeof(Assembly).IsAssignableFrom(type) || typeof(Delegate).IsAssignableFrom(type)
        || typeof(IServiceProvider).IsAssignableFrom(type) || type.IsPointer || type.IsByRefLike;
}

using System.Collections;
using System.Dynamic;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jint;
using Jint.Native;
using Jint.Native.Array;
using Jint.Native.Boolean;
using Jint.Native.Date;
using Jint.Native.Function;
using Jint.Native.Number;
using Jint.Native.Object;
using Jint.Native.RegExp;
using Jint.Native.String;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// Carries values into a script and out of it.
/// </summary>
/// <remarks>
/// <para>In: numbers become numbers, dates <c>Date</c>, GUIDs, enums and URIs text, JSON and dictionaries plain objects, sequences arrays (copies);
/// any other object shows its public properties under their own names and in camelCase.</para>
/// <para>Out: numbers are <see cref="double"/>, dates <see cref="DateTime"/> in UTC, arrays <c>object?[]</c>, objects <see cref="ExpandoObject"/>;
/// an object that came in comes out as itself; <c>undefined</c> is null.</para>
/// </remarks>
internal sealed class ScriptValues(Engine engine, JavaScriptOptions options)
{
    private const int MaxDepth = 64;

    /// <summary>The value as the script sees it.</summary>
    public JsValue ToScript(object? value) => ToScript(value, 0);

    /// <summary>The value as the workflow sees it.</summary>
    /// <exception cref="ScriptException">The value contains itself, is nested too deeply, too large, or a function.</exception>
    public object? FromScript(JsValue value) => FromScript(value, 0);

    private JsValue ToScript(object? value, int depth)
    {
        if (depth > MaxDepth)
            throw new ScriptException($"A value given to the script contains itself or is nested more than {MaxDepth} levels deep.");
        return value switch
        {
            null => JsValue.Null,
            JsValue script => script,
            string text => new JsValue(text),
            bool flag => new JsValue(flag),
            double number => new JsValue(number),
            char character => new JsValue(character.ToString()),
            Enum or Guid or Uri or Version or DateOnly or TimeOnly => new JsValue(Convert.ToString(value, CultureInfo.InvariantCulture)!),
            DateTime time => Date(time.Kind is DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            DateTimeOffset time => Date(time.UtcDateTime),
            JsonElement element => ToScript(JsonValues.ToClr(element), depth),
            JsonNode node => ToScript(JsonValues.ToClr(JsonSerializer.SerializeToElement(node)), depth),
            _ when Scalars.IsNumber(value.GetType()) => new JsValue(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            IDictionary<string, object?> members => Map(members, depth),
            IDictionary members => Map(members.Keys.Cast<object>().Select(name => KeyValuePair.Create(name.ToString()!, members[name])), depth),
            _ when Collections.IsSequence(value) => Array((IEnumerable)value, depth),
            ObjectInstance instance => new JsValue(instance),
            _ => new JsValue(new ClrObject(engine, value, this)),
        };
    }

    private object? FromScript(JsValue value, int depth)
    {
        if (depth > MaxDepth)
            throw new ScriptException($"A value of the script contains itself or is nested more than {MaxDepth} levels deep.");
        return value.Type switch
        {
            Types.String => value.AsString(),
            Types.Boolean => value.AsBoolean(),
            Types.Number => value.AsNumber(),
            Types.Object => FromObject(value.AsObject(), depth),
            _ => null,
        };
    }

    private object? FromObject(ObjectInstance instance, int depth) => instance switch
    {
        IObjectWrapper wrapper => wrapper.Target,
        ArrayInstance array => Items(array, depth),
        DateInstance date => date.ToDateTime(),
        StringInstance text => text.PrimitiveValue.AsString(),
        NumberInstance number => number.PrimitiveValue.AsNumber(),
        BooleanInstance flag => flag.PrimitiveValue.AsBoolean(),
        RegExpInstance expression => $"/{expression.Source}/{expression.Flags}",
        FunctionInstance => throw new ScriptException("The script answered with a function; call it to get its value."),
        _ => Members(instance, depth),
    };

    private object?[] Items(ArrayInstance array, int depth)
    {
        var length = TypeConverter.ToUint32(array.Get("length"));
        if (length > options.MaxArrayLength)
            throw new ScriptException($"The script answered with an array of {length:N0} items; at most {options.MaxArrayLength:N0} are allowed.");
        var items = new object?[length];
        for (var index = 0; index < items.Length; index++)
            items[index] = FromScript(array.Get(index.ToString(CultureInfo.InvariantCulture)), depth + 1);
        return items;
    }

    private ExpandoObject Members(ObjectInstance instance, int depth)
    {
        var expando = new ExpandoObject();
        IDictionary<string, object?> members = expando;
        foreach (var (name, property) in instance.GetOwnProperties().ToArray())
        {
            if (property.Enumerable == true)
                members[name] = FromScript(instance.Get(name), depth + 1);
        }

        return expando;
    }

    private JsValue Date(DateTime time) => engine.Date.Construct(time);

    private JsValue Map(IEnumerable<KeyValuePair<string, object?>> members, int depth)
    {
        var instance = engine.Object.Construct(Arguments.Empty);
        foreach (var (name, member) in members)
            instance.FastAddProperty(name, ToScript(member, depth + 1), true, true, true);
        return new JsValue(instance);
    }

    private JsValue Array(IEnumerable values, int depth)
    {
        var items = new List<JsValue>();
        foreach (var value in values)
        {
            if (items.Count == options.MaxArrayLength)
                throw new ScriptException($"A collection given to the script has more than {options.MaxArrayLength:N0} items.");
            items.Add(ToScript(value, depth + 1));
        }

        var array = engine.Array.Construct(Arguments.Empty);
        engine.Array.PrototypeObject.Push(array, [.. items]);
        return new JsValue(array);
    }
}

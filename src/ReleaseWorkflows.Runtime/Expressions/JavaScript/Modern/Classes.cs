using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Descriptors;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>The helpers of classes.</summary>
internal static class Classes
{
    public static Func<JsValue[], JsValue>? Find(string name, ScriptRun run) => name switch
    {
        Helpers.Class => arguments => Create(run, arguments),
        Helpers.Parent => arguments => arguments[0].Is<IConstructor>()
            ? arguments[0]
            : throw new JavaScriptException(run.Engine.TypeError, "A class can only extend a class or a constructor function"),
        Helpers.Constructed => arguments => IsInstance(arguments[0], arguments[1].AsObject())
            ? JsValue.Undefined
            : throw new JavaScriptException(run.Engine.TypeError, $"The class {TypeConverter.ToString(arguments[1].AsObject().Get("name"))} needs new"),
        Helpers.Define => arguments =>
        {
            var key = TypeConverter.ToString(arguments[1]);
            arguments[0].AsObject().DefineOwnProperty(key, new PropertyDescriptor(arguments[2], true, !IsPrivate(key), true), true);
            return JsValue.Undefined;
        }
        ,
        Helpers.Super => arguments => Construct(arguments[0], arguments[1].AsObject(), [.. Sequences.Read(run, arguments[2].AsObject(), 0)]),
        Helpers.SuperMember => arguments => Inherited(run, arguments),
        _ => null,
    };

    private static bool IsPrivate(string key) => key.StartsWith(ModernParser.PrivatePrefix, StringComparison.Ordinal);

    // Constructor, parent or false, name; then kind, whether static, key and function of each member.
    private static JsValue Create(ScriptRun run, JsValue[] arguments)
    {
        var type = arguments[0].AsObject();
        var prototype = type.Get("prototype").AsObject();
        if (arguments[1].IsObject())
        {
            type.Prototype = arguments[1].AsObject();
            prototype.Prototype = arguments[1].AsObject().Get("prototype") is var inherited && inherited.IsObject() ? inherited.AsObject() : null;
        }

        type.FastSetProperty("name", new PropertyDescriptor(arguments[2], false, false, true));
        for (var index = 3; index < arguments.Length; index += 4)
        {
            var owner = arguments[index + 1].AsBoolean() ? type : prototype;
            var key = TypeConverter.ToString(arguments[index + 2]);
            var function = arguments[index + 3];
            var property = arguments[index].AsString() switch
            {
                nameof(MemberKind.Get) => Helpers.Accessor(owner, key, function, null, isEnumerable: false),
                nameof(MemberKind.Set) => Helpers.Accessor(owner, key, null, function, isEnumerable: false),
                _ => new PropertyDescriptor(function, true, false, true),
            };
            owner.FastSetProperty(key, property);
        }

        return arguments[0];
    }

    private static bool IsInstance(JsValue self, ObjectInstance type)
    {
        var prototype = type.Get("prototype").TryCast<ObjectInstance>();
        for (var cursor = self.TryCast<ObjectInstance>()?.Prototype; cursor is not null; cursor = cursor.Prototype)
        {
            if (ReferenceEquals(cursor, prototype))
                return true;
        }

        return false;
    }

    // A function of the script works on the new object; what is built in makes its own, which then belongs to the new class.
    private static JsValue Construct(JsValue parent, ObjectInstance self, JsValue[] arguments)
    {
        if (parent.Is<ScriptFunctionInstance>())
        {
            var result = parent.As<ScriptFunctionInstance>().Call(new JsValue(self), arguments);
            return result.IsObject() ? result : new JsValue(self);
        }

        var instance = parent.TryCast<IConstructor>()!.Construct(arguments);
        instance.Prototype = self.Prototype;
        return new JsValue(instance);
    }

    // Parent or false, whether static, key, this.
    private static JsValue Inherited(ScriptRun run, JsValue[] arguments)
    {
        var home = (arguments[0].TryCast<ObjectInstance>(), arguments[1].AsBoolean()) switch
        {
            (null, true) => run.Engine.Function.PrototypeObject,
            (null, false) => run.Engine.Object.PrototypeObject,
            (var parent, true) => parent,
            (var parent, false) => parent!.Get("prototype").TryCast<ObjectInstance>(),
        };
        var property = home?.GetProperty(TypeConverter.ToString(arguments[2])) ?? PropertyDescriptor.Undefined;
        if (property == PropertyDescriptor.Undefined)
            return JsValue.Undefined;
        if (property.IsDataDescriptor())
            return property.Value ?? JsValue.Undefined;
        return property.Get?.TryCast<ICallable>()?.Call(arguments[3], ScriptRun.Empty) ?? JsValue.Undefined;
    }
}

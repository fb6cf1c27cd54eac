using System.Collections.Frozen;
using System.Text;
using Elsa.Workflows.LogPersistence;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// The functions every script has, whatever workflow it belongs to: texts, GUIDs, bytes, JSON, and the few CLR types that definitions use for
/// dates and durations.
/// </summary>
internal sealed class BuiltInGlobals : IScriptGlobals
{
    private readonly FrozenDictionary<string, Func<ScriptRun, JsValue[], object?>> _functions;
    private readonly TimeProvider _clock;

    public BuiltInGlobals(TimeProvider clock)
    {
        _clock = clock;
        _functions = new Dictionary<string, Func<ScriptRun, JsValue[], object?>>(StringComparer.Ordinal)
        {
            ["isNullOrWhiteSpace"] = (_, arguments) => string.IsNullOrWhiteSpace(Text(arguments, 0)),
            ["isNullOrEmpty"] = (_, arguments) => string.IsNullOrEmpty(Text(arguments, 0)),
            ["toJson"] = (run, arguments) => JsonValues.ToJson(Value(run, arguments, 0)),
            ["parseGuid"] = (_, arguments) => Guid.Parse(Text(arguments, 0) ?? ""),
            ["newGuid"] = (_, _) => Guid.NewGuid(),
            ["newGuidString"] = (_, _) => Guid.NewGuid().ToString(),
            ["getGuidString"] = (_, _) => Guid.NewGuid().ToString(),
            ["newShortGuid"] = (_, _) => ShortGuid(),
            ["getShortGuid"] = (_, _) => ShortGuid(),
            ["bytesToString"] = (run, arguments) => Encoding.UTF8.GetString(Bytes(run, arguments)),
            ["bytesFromString"] = (_, arguments) => Encoding.UTF8.GetBytes(Text(arguments, 0) ?? ""),
            ["bytesToBase64"] = (run, arguments) => Convert.ToBase64String(Bytes(run, arguments)),
            ["bytesFromBase64"] = (_, arguments) => Convert.FromBase64String(Text(arguments, 0) ?? ""),
            ["stringToBase64"] = (_, arguments) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(arguments, 0) ?? "")),
            ["stringFromBase64"] = (_, arguments) => Encoding.UTF8.GetString(Convert.FromBase64String(Text(arguments, 0) ?? "")),
            ["streamToBytes"] = (run, arguments) => ReadStream(run, arguments),
            ["streamToBase64"] = (run, arguments) => Convert.ToBase64String(ReadStream(run, arguments)),
        }.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public JsValue? Find(string name, ScriptRun run) =>
        _functions.TryGetValue(name, out var function)
            ? run.Function(arguments => run.Values.ToScript(function(run, arguments)))
            : name switch
            {
                "DateTime" or "DateTimeOffset" => DateType(run),
                "TimeSpan" => TimeSpanType(run),
                "Guid" => GuidType(run),
                "LogPersistenceMode" => LogPersistenceModeType(run),
                _ => null,
            };

    public void Completed(ScriptRun run)
    {
    }

    internal static string? Text(JsValue[] arguments, int index) =>
        index >= arguments.Length || arguments[index].IsUndefined() || arguments[index].IsNull() ? null : TypeConverter.ToString(arguments[index]);

    private static object? Value(ScriptRun run, JsValue[] arguments, int index) =>
        index < arguments.Length ? run.Values.FromScript(arguments[index]) : null;

    private static byte[] Bytes(ScriptRun run, JsValue[] arguments) => ValueConverter.ConvertOrThrow<byte[]>(Value(run, arguments, 0)) ?? [];

    private static byte[] ReadStream(ScriptRun run, JsValue[] arguments)
    {
        var stream = ValueConverter.ConvertOrThrow<Stream>(Value(run, arguments, 0)) ?? Stream.Null;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static string ShortGuid() => Convert.ToBase64String(Guid.NewGuid().ToByteArray())[..22].Replace('/', '_').Replace('+', '-');

    private static JsValue GuidType(ScriptRun run) => Type(
        run,
        ("NewGuid", run.Function(_ => run.Values.ToScript(Guid.NewGuid()))),
        ("Parse", run.Function(arguments => run.Values.ToScript(Guid.Parse(Text(arguments, 0) ?? "")))),
        ("Empty", run.Values.ToScript(Guid.Empty)));

    private static JsValue LogPersistenceModeType(ScriptRun run) =>
        Type(run, [.. Enum.GetNames<LogPersistenceMode>().Select(name => (name, run.Values.ToScript(name)))]);

    private static JsValue TimeSpanType(ScriptRun run)
    {
        (string, JsValue) From(string name, Func<double, TimeSpan> create) =>
            (name, run.Function(arguments => run.Values.ToScript(create(Number(arguments, 0)))));
        return Type(
            run,
            From("FromDays", TimeSpan.FromDays),
            From("FromHours", TimeSpan.FromHours),
            From("FromMinutes", TimeSpan.FromMinutes),
            From("FromSeconds", TimeSpan.FromSeconds),
            From("FromMilliseconds", TimeSpan.FromMilliseconds),
            ("Parse", run.Function(arguments => run.Values.ToScript(ValueConverter.ConvertOrThrow<TimeSpan>(Text(arguments, 0))))),
            ("Zero", run.Values.ToScript(TimeSpan.Zero)));
    }

    // Dates are JavaScript dates, in UTC like everything in a workflow; the CLR's Add methods are added to them for scripts that use them.
    private JsValue DateType(ScriptRun run)
    {
        var prototype = run.Engine.Date.PrototypeObject;
        AddMethod("AddDays", (time, amount) => time.AddDays(amount));
        AddMethod("AddHours", (time, amount) => time.AddHours(amount));
        AddMethod("AddMinutes", (time, amount) => time.AddMinutes(amount));
        AddMethod("AddSeconds", (time, amount) => time.AddSeconds(amount));
        AddMethod("AddMilliseconds", (time, amount) => time.AddMilliseconds(amount));
        AddMethod("AddMonths", (time, amount) => time.AddMonths((int)amount));
        AddMethod("AddYears", (time, amount) => time.AddYears((int)amount));
        var now = run.Values.ToScript(_clock.GetUtcNow());
        return Type(
            run,
            ("Now", now),
            ("UtcNow", now),
            ("Today", run.Values.ToScript(_clock.GetUtcNow().Date)),
            ("Parse", run.Function(arguments => run.Values.ToScript(ValueConverter.ConvertOrThrow<DateTimeOffset>(Text(arguments, 0))))));

        void AddMethod(string name, Func<DateTime, double, DateTime> add)
        {
            if (!prototype.HasOwnProperty(name))
            {
                prototype.FastAddProperty(
                    name,
                    new JsValue(new Jint.Runtime.Interop.ClrFunctionInstance(run.Engine, (self, arguments) =>
                        run.Values.ToScript(add(self.AsDate().ToDateTime(), Number(arguments, 0))))),
                    true,
                    false,
                    true);
            }
        }
    }

    private static double Number(JsValue[] arguments, int index) => index < arguments.Length ? TypeConverter.ToNumber(arguments[index]) : double.NaN;

    private static JsValue Type(ScriptRun run, params ReadOnlySpan<(string Name, JsValue Member)> members)
    {
        ObjectInstance type = run.Engine.Object.Construct(ScriptRun.Empty);
        foreach (var (name, member) in members)
            type.FastAddProperty(name, member, false, true, false);
        return new JsValue(type);
    }
}

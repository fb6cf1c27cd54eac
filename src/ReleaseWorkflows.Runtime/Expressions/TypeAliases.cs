using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Dynamic;
using System.Text.Json;
using System.Text.Json.Nodes;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Exceptions;
using Elsa.Workflows.State;

namespace ReleaseWorkflows.Runtime.Expressions;

/// <summary>
/// The names by which definitions speak of CLR types: <c>String</c>, <c>Int32?</c>, <c>Order[]</c>, <c>List&lt;String&gt;</c>.
/// </summary>
/// <remarks>
/// <para>
/// A name is looked up here and nowhere else: the text of a definition can never load a type that was not registered. Names are
/// compared without regard to case. Older files hold assembly-qualified names (<c>System.String, System.Private.CoreLib</c>); of those only
/// the simple class name counts.
/// </para>
/// <para>Safe for concurrent use. Types are registered at start-up; a later registration of the same name replaces the earlier one.</para>
/// </remarks>
public sealed class TypeAliases
{
    /// <summary>Longest name that is looked at. Longer ones are unknown.</summary>
    public const int MaxNameLength = 512;

    private static readonly SearchValues<char> NotInNames = SearchValues.Create("<>[],?` ");

    private static readonly Dictionary<string, Type> CollectionShapes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["IEnumerable"] = typeof(IEnumerable<>),
        ["ICollection"] = typeof(ICollection<>),
        ["IList"] = typeof(IList<>),
        ["List"] = typeof(List<>),
        ["IReadOnlyCollection"] = typeof(IReadOnlyCollection<>),
        ["IReadOnlyList"] = typeof(IReadOnlyList<>),
        ["ISet"] = typeof(ISet<>),
        ["HashSet"] = typeof(HashSet<>),
        ["Collection"] = typeof(Collection<>),
    };

    private readonly ConcurrentDictionary<string, Type> _types = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<Type, string> _aliases = new();

    /// <summary>Creates the registry with the names every definition may use.</summary>
    public TypeAliases()
    {
        Register<short>("Int16").Register<int>("Int32").Register<long>("Int64").Register<float>("Single").Register<double>("Double")
            .Register<decimal>("Decimal").Register<bool>("Boolean").Register<string>("String").Register<object>("Object").Register<Guid>("Guid")
            .Register<DateTime>("DateTime").Register<DateTimeOffset>("DateTimeOffset").Register<TimeSpan>("TimeSpan").Register<byte[]>("ByteArray")
            .Register<Stream>("Stream").Register<ExpandoObject>("JSON").Register<JsonElement>("JsonElement").Register<JsonNode>("JsonNode")
            .Register<JsonObject>("JsonObject").Register<JsonArray>("JsonArray").Register<IDictionary<string, string>>("StringDictionary")
            .Register<IDictionary<string, object>>("ObjectDictionary").Register<Dictionary<string, string>>("StringMap")
            .Register<Dictionary<string, object>>("ObjectMap").Register<Exception>("Exception").Register<byte>("Byte").Register<char>("Char")
            .Register<DateOnly>("DateOnly").Register<TimeOnly>("TimeOnly").Register<Uri>("Uri")
            .Register<ExceptionState>("ExceptionState").Register<FaultException>("FaultException").Register<FlowJoinMode>("FlowJoinMode");

        // Names that are understood, but not written.
        RegisterSynonym<short>("Short").RegisterSynonym<int>("Int").RegisterSynonym<long>("Long").RegisterSynonym<float>("Float")
            .RegisterSynonym<bool>("Bool").RegisterSynonym<ExpandoObject>("ExpandoObject").RegisterSynonym<JsonObject>("JObject")
            .RegisterSynonym<JsonArray>("JArray").RegisterSynonym<IDictionary<string, object>>("VariablesDictionary");
    }

    /// <summary>Makes a type known by a name. The first name of a type is the one it is written with.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="alias">Its name: letters, digits, dots and underscores.</param>
    public TypeAliases Register<T>(string alias) => Register(typeof(T), alias);

    /// <summary>Makes a type known by a name. The first name of a type is the one it is written with.</summary>
    /// <param name="type">The type.</param>
    /// <param name="alias">Its name: letters, digits, dots and underscores.</param>
    public TypeAliases Register(Type type, string alias)
    {
        Add(type, alias);
        _aliases.TryAdd(type, alias);
        return this;
    }

    /// <summary>Makes a type known by a further name, which is read but never written.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="alias">The further name.</param>
    public TypeAliases RegisterSynonym<T>(string alias)
    {
        Add(typeof(T), alias);
        return this;
    }

    /// <summary>The type a name stands for; false if the name, or a part of it, is unknown.</summary>
    /// <param name="name">An alias, <c>T?</c>, <c>T[]</c>, a collection <c>List&lt;T&gt;</c>, or an assembly-qualified name.</param>
    /// <param name="type">The type found.</param>
    public bool TryResolve(string? name, [NotNullWhen(true)] out Type? type)
    {
        type = null;
        return !string.IsNullOrWhiteSpace(name) && name.Length <= MaxNameLength && (type = Resolve(name.AsSpan().Trim())) is not null;
    }

    /// <summary>The name a type is written with; its full name if it was never registered (such a name cannot be resolved again).</summary>
    public string GetAlias(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (_aliases.TryGetValue(type, out var alias))
            return alias;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return GetAlias(underlying) + "?";
        if (type.IsArray && type.GetArrayRank() == 1)
            return GetAlias(type.GetElementType()!) + "[]";
        if (type.IsGenericType && CollectionShapes.FirstOrDefault(shape => shape.Value == type.GetGenericTypeDefinition()).Key is { } collection)
            return $"{collection}<{GetAlias(type.GetGenericArguments()[0])}>";
        return type.FullName ?? type.Name;
    }

    private void Add(Type type, string alias)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentException.ThrowIfNullOrWhiteSpace(alias);
        if (alias.AsSpan().ContainsAny(NotInNames))
            throw new ArgumentException($"'{alias}' is not a name: letters, digits, dots and underscores are.", nameof(alias));
        _types[alias] = type;
    }

    private Type? Resolve(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
            return null;
        if (name.EndsWith("[]", StringComparison.Ordinal))
            return Resolve(name[..^2].TrimEnd())?.MakeArrayType();
        if (name[^1] is '?')
            return Resolve(name[..^1].TrimEnd()) is { } type ? AsNullable(type) : null;
        if (name[^1] is '>')
            return ResolveCollection(name);
        return _types.TryGetValue(name.ToString(), out var known) ? known : ResolveQualified(name);
    }

    private Type? ResolveCollection(ReadOnlySpan<char> name)
    {
        var open = name.IndexOf('<');
        return open > 0 && CollectionShapes.TryGetValue(name[..open].Trim().ToString(), out var shape) && Resolve(name[(open + 1)..^1].Trim()) is { } item
            ? shape.MakeGenericType(item)
            : null;
    }

    // "System.Collections.Generic.List`1[[System.String, mscorlib, Version=4.0.0.0]], mscorlib" → List<String>; "A.B.Order+Line, Acme" → Line.
    private Type? ResolveQualified(ReadOnlySpan<char> name)
    {
        var arity = name.IndexOf("`1[[", StringComparison.Ordinal);
        if (arity > 0)
        {
            var close = name.LastIndexOf("]]", StringComparison.Ordinal);
            if (close < arity || Resolve(name[(arity + 4)..close].Trim()) is not { } item)
                return null;
            var shapeName = SimpleName(name[..arity]).ToString();
            if (shapeName == "Nullable")
                return AsNullable(item);
            return CollectionShapes.TryGetValue(shapeName, out var shape) ? shape.MakeGenericType(item) : null;
        }

        var comma = name.IndexOf(',');
        var typeName = comma < 0 ? name : name[..comma].TrimEnd();
        if (typeName.EndsWith("[]", StringComparison.Ordinal))
            return Resolve(typeName[..^2])?.MakeArrayType();
        var simple = SimpleName(typeName);
        return simple.Length < name.Length && _types.TryGetValue(simple.ToString(), out var type) ? type : null;
    }

    private static ReadOnlySpan<char> SimpleName(ReadOnlySpan<char> name) => name[(name.LastIndexOfAny('.', '+') + 1)..];

    private static Type AsNullable(Type type) =>
        type.IsValueType && Nullable.GetUnderlyingType(type) is null ? typeof(Nullable<>).MakeGenericType(type) : type;
}

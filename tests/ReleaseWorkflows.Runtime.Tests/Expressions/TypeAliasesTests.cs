using System.Dynamic;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Tests.Expressions;

public sealed class TypeAliasesTests
{
    private readonly TypeAliases _aliases = new();

    public static TheoryData<string, Type> KnownNames => new()
    {
        { "String", typeof(string) },
        { "string", typeof(string) },
        { "Long", typeof(long) },
        { "JSON", typeof(ExpandoObject) },
        { "JObject", typeof(JsonObject) },
        { "ObjectDictionary", typeof(IDictionary<string, object>) },
        { "Int32?", typeof(int?) },
        { "String?", typeof(string) },
        { "String[]", typeof(string[]) },
        { "Int32?[]", typeof(int?[]) },
        { "List<String>", typeof(List<string>) },
        { "ICollection< Guid >", typeof(ICollection<Guid>) },
        { "IReadOnlyList<List<Int32>>", typeof(IReadOnlyList<List<int>>) },
        { "System.String, System.Private.CoreLib", typeof(string) },
        { "System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089", typeof(string) },
        { "System.Int32[], System.Private.CoreLib", typeof(int[]) },
        { "System.Collections.Generic.List`1[[System.String, System.Private.CoreLib]], System.Private.CoreLib", typeof(List<string>) },
        { "System.Nullable`1[[System.Int64, mscorlib]], mscorlib", typeof(long?) },
    };

    [Theory]
    [MemberData(nameof(KnownNames))]
    public void A_name_resolves_to_its_type(string name, Type expected)
    {
        Assert.True(_aliases.TryResolve(name, out var type));
        Assert.Equal(expected, type);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("Nonsense")]
    [InlineData("Nonsense[]")]
    [InlineData("List<Nonsense>")]
    [InlineData("Dictionary<String>")]
    [InlineData("List<")]
    [InlineData("List<>")]
    [InlineData("?")]
    [InlineData("[]")]
    [InlineData("System.Diagnostics.Process, System.Diagnostics.Process")]
    [InlineData("System.Collections.Generic.List`1[[System.Diagnostics.Process, System]], mscorlib")]
    public void A_name_that_was_never_registered_is_unknown(string? name) => Assert.False(_aliases.TryResolve(name, out _));

    [Fact]
    public void A_name_of_absurd_length_is_unknown() =>
        Assert.False(_aliases.TryResolve("Int32" + string.Concat(Enumerable.Repeat("[]", 5000)), out _));

    [Theory]
    [InlineData(typeof(int), "Int32")]
    [InlineData(typeof(int?), "Int32?")]
    [InlineData(typeof(string[]), "String[]")]
    [InlineData(typeof(HashSet<Guid>), "HashSet<Guid>")]
    [InlineData(typeof(JsonObject), "JsonObject")]
    public void A_type_is_written_with_its_own_alias_and_read_back(Type type, string alias)
    {
        Assert.Equal(alias, _aliases.GetAlias(type));
        Assert.True(_aliases.TryResolve(alias, out var resolved));
        Assert.Equal(type, resolved);
    }

    [Fact]
    public void A_host_registers_its_own_types()
    {
        _aliases.Register<Order>("Order");

        Assert.True(_aliases.TryResolve("order[]", out var type));
        Assert.Equal(typeof(Order[]), type);
        Assert.True(_aliases.TryResolve("Acme.Shop.Order, Acme.Shop", out type));
        Assert.Equal(typeof(Order), type);
        Assert.Equal("List<Order>", _aliases.GetAlias(typeof(List<Order>)));
    }

    [Fact]
    public void A_name_with_brackets_cannot_be_registered() =>
        Assert.Throws<ArgumentException>(() => _aliases.Register<Order>("Order[]"));

    private sealed record Order(string Id);
}

using System.Dynamic;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Tests.Expressions;

public sealed class ValueConverterTests
{
    public static TheoryData<object?, Type, object?> Conversions => new()
    {
        { null, typeof(string), null },
        { null, typeof(int), 0 },
        { null, typeof(int?), null },
        { "  ", typeof(int?), null },
        { "  ", typeof(Guid), Guid.Empty },
        { "  ", typeof(string), "  " },
        { "  ", typeof(object), "  " },
        { "42", typeof(int), 42 },
        { " 42 ", typeof(long), 42L },
        { "4.5", typeof(decimal), 4.5m },
        { "1e3", typeof(double), 1000d },
        { 3d, typeof(int), 3 },
        { 3d, typeof(int?), 3 },
        { 3.5d, typeof(decimal), 3.5m },
        { 7, typeof(double), 7d },
        { 7m, typeof(string), "7" },
        { 2.5d, typeof(string), "2.5" },
        { true, typeof(string), "True" },
        { "TRUE", typeof(bool), true },
        { 1d, typeof(bool), true },
        { true, typeof(int), 1 },
        { "created", typeof(HttpStatusCode), HttpStatusCode.Created },
        { "409", typeof(HttpStatusCode), HttpStatusCode.Conflict },
        { 409d, typeof(HttpStatusCode), HttpStatusCode.Conflict },
        { HttpStatusCode.Conflict, typeof(int), 409 },
        { HttpStatusCode.Conflict, typeof(string), "Conflict" },
        { "00:05:00", typeof(TimeSpan), TimeSpan.FromMinutes(5) },
        { "PT5M", typeof(TimeSpan), TimeSpan.FromMinutes(5) },
        { "2026-01-02T03:04:05Z", typeof(DateTimeOffset), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) },
        { "2026-01-02T03:04:05+02:00", typeof(DateTime), new DateTime(2026, 1, 2, 1, 4, 5, DateTimeKind.Utc) },
        { "2026-01-02", typeof(DateTimeOffset), new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero) },
        { new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), typeof(DateTimeOffset), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) },
        { new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), typeof(string), "2026-01-02T03:04:05.0000000Z" },
        { "d3b07384-d9a0-4c9b-8f0e-1a2b3c4d5e6f", typeof(Guid), new Guid("d3b07384-d9a0-4c9b-8f0e-1a2b3c4d5e6f") },
        { "AQID", typeof(byte[]), new byte[] { 1, 2, 3 } },
        { new byte[] { 1, 2, 3 }, typeof(string), "AQID" },
        { "1.2.3", typeof(Version), new Version(1, 2, 3) },
        { "one", typeof(string[]), new[] { "one" } },
        { "[\"one\",\"two\"]", typeof(string[]), new[] { "one", "two" } },
        { new object[] { 1d, "2" }, typeof(List<int>), new List<int> { 1, 2 } },
        { 5, typeof(ICollection<long>), new List<long> { 5 } },
        { new List<object> { "a" }, typeof(IEnumerable<string>), new[] { "a" } },
        { "[1, 2]", typeof(string), "[1, 2]" },
    };

    [Theory]
    [MemberData(nameof(Conversions))]
    public void A_value_is_converted(object? value, Type target, object? expected)
    {
        var conversion = ValueConverter.Convert(value, target);

        Assert.Null(conversion.Error);
        Assert.Equal(expected, conversion.Value);
        if (conversion.Value is { } result)
            Assert.IsAssignableFrom(Nullable.GetUnderlyingType(target) ?? target, result);
    }

    [Theory]
    [InlineData("abc", typeof(int), "The text \"abc\" cannot be converted to Int32.")]
    [InlineData(3.5, typeof(int), "The number 3.5 cannot be converted to Int32: it is not a whole number.")]
    [InlineData(300, typeof(byte), "The number 300 cannot be converted to Byte: it is out of range.")]
    [InlineData(1e300, typeof(decimal), "The number 1E+300 cannot be converted to Decimal: it is out of range.")]
    [InlineData(double.NaN, typeof(int), "The number NaN cannot be converted to Int32.")]
    [InlineData(2, typeof(bool), "The number 2 cannot be converted to Boolean: only 0 and 1 stand for a boolean.")]
    [InlineData("soon", typeof(TimeSpan), "The text \"soon\" cannot be converted to TimeSpan: expected hh:mm:ss or an ISO 8601 duration such as PT5M.")]
    [InlineData("#", typeof(byte[]), "The text \"#\" cannot be converted to Byte[]: expected base64.")]
    [InlineData("Blue", typeof(Colour), "The text \"Blue\" cannot be converted to Colour: expected one of Red, Green.")]
    [InlineData("{ \"a\": 1 ", typeof(Order), "The text is not valid JSON: ")]
    [InlineData("{ \"lines\": \"x\" }", typeof(Order), "The JSON value cannot be read as Order at $.lines.")]
    [InlineData("[1, \"x\"]", typeof(List<int>), "Item 1: The text \"x\" cannot be converted to Int32.")]
    [InlineData(5, typeof(Order), "The number 5 cannot be converted to Order.")]
    public void A_conversion_that_would_change_or_lose_the_value_fails_with_a_sentence(object value, Type target, string sentence)
    {
        var conversion = ValueConverter.Convert(value, target);

        Assert.False(conversion.IsSuccess);
        Assert.StartsWith(sentence, conversion.Error, StringComparison.Ordinal);
        Assert.Null(conversion.Value);
        Assert.Equal(conversion.Error, Assert.Throws<ValueConversionException>(() => conversion.GetValueOrThrow()).Message);
    }

    [Fact]
    public void JSON_errors_name_line_and_column()
    {
        var conversion = ValueConverter.Convert("{\n  \"id\": oops\n}", typeof(Order));

        Assert.Contains("line 2, column 9", conversion.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_text_becomes_an_object_whatever_the_case_of_its_names()
    {
        var order = ValueConverter.ConvertOrThrow<Order>("""{ "ID": "a-1", "lines": [ { "Sku": "x", "count": "2" } ], "extra": { "n": 1 } }""");

        Assert.Equal("a-1", order!.Id);
        Assert.Equal(new OrderLine("x", 2), Assert.Single(order.Lines!));
        IDictionary<string, object?> extra = Assert.IsType<ExpandoObject>(order.Extra);
        Assert.Equal(1L, extra["n"]);
    }

    [Fact]
    public void A_script_object_becomes_an_object_of_the_type_asked_for()
    {
        IDictionary<string, object?> line = new ExpandoObject();
        line["sku"] = "x";
        line["count"] = 2d;
        IDictionary<string, object?> value = new ExpandoObject();
        value["id"] = "a-1";
        value["lines"] = new object[] { line };

        var order = ValueConverter.ConvertOrThrow<Order>(value);

        Assert.Equal(new OrderLine("x", 2), Assert.Single(order!.Lines!));
    }

    [Fact]
    public void A_dictionary_becomes_an_object_and_an_object_a_dictionary()
    {
        var order = new Order { Id = "a-1", Lines = [new OrderLine("x", 2)] };

        var dictionary = ValueConverter.ConvertOrThrow<IDictionary<string, object>>(order)!;

        Assert.Equal("a-1", dictionary["id"]);
        Assert.Equal(order.Lines[0], ValueConverter.ConvertOrThrow<Order>(dictionary)!.Lines![0]);
    }

    [Fact]
    public void JSON_elements_and_nodes_are_unwrapped()
    {
        using var document = JsonDocument.Parse("""{ "n": 5, "s": "x", "a": [1, 2], "o": { "id": "a" }, "z": null }""");
        var root = document.RootElement;

        Assert.Equal(5, ValueConverter.ConvertOrThrow<int>(root.GetProperty("n")));
        Assert.Equal("5", ValueConverter.ConvertOrThrow<string>(root.GetProperty("n")));
        Assert.Equal("x", ValueConverter.ConvertOrThrow<string>(root.GetProperty("s")));
        Assert.Equal([1, 2], ValueConverter.ConvertOrThrow<int[]>(root.GetProperty("a"))!);
        Assert.Equal("""{ "id": "a" }""", ValueConverter.ConvertOrThrow<string>(root.GetProperty("o")));
        Assert.Equal("a", ValueConverter.ConvertOrThrow<Order>(root.GetProperty("o"))!.Id);
        Assert.Equal("a", ValueConverter.ConvertOrThrow<Order>(JsonNode.Parse("""{ "id": "a" }"""))!.Id);
        Assert.Null(ValueConverter.ConvertOrThrow<string>(root.GetProperty("z")));
        Assert.Equal(JsonValueKind.Array, ValueConverter.ConvertOrThrow<JsonElement>("[1]").ValueKind);
        Assert.Equal("text", ValueConverter.ConvertOrThrow<JsonNode>("text")!.GetValue<string>());
    }

    [Fact]
    public void Objects_become_text_as_JSON()
    {
        IDictionary<string, object?> value = new ExpandoObject();
        value["name"] = "Grün & <b>";
        value["list"] = new object[] { 1d, true };

        Assert.Equal("""{"name":"Grün & <b>","list":[1,true]}""", ValueConverter.ConvertOrThrow<string>(value));
    }

    [Fact]
    public void Something_that_contains_itself_fails_instead_of_recursing()
    {
        IDictionary<string, object?> value = new ExpandoObject();
        value["self"] = value;

        Assert.False(ValueConverter.Convert(value, typeof(Order)).IsSuccess);
        Assert.False(ValueConverter.Convert(value, typeof(string)).IsSuccess);
    }

    [Fact]
    public void A_list_that_was_asked_for_can_grow()
    {
        var list = ValueConverter.ConvertOrThrow<IList<string>>(new object[] { "a" })!;

        list.Add("b");

        Assert.Equal(["a", "b"], list);
    }

    [Fact]
    public void Text_does_not_depend_on_the_culture_of_the_machine()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
            Assert.Equal("2.5", ValueConverter.ConvertOrThrow<string>(2.5));
            Assert.Equal(2.5, ValueConverter.ConvertOrThrow<double>("2.5"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    public enum Colour
    {
        Red,
        Green,
    }

    public sealed record OrderLine(string Sku, int Count);

    public sealed class Order
    {
        public string? Id { get; set; }

        public List<OrderLine>? Lines { get; set; }

        public object? Extra { get; set; }
    }
}

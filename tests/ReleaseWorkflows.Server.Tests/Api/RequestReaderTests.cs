using System.Text;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Tests.Api;

public sealed class RequestReaderTests
{
    [Fact]
    public void A_request_that_is_well_gives_its_values_and_no_refusal()
    {
        var input = Read("""
            { "text": "a", "key": "coffee-2", "word": "Sandbox", "number": 7, "ratio": 0.5, "yes": true, "list": ["x", "y"],
              "time": "2026-05-12T14:30:00+02:00", "part": { "inner": 1 }, "configuration": { "features": { "a": true } } }
            """);

        Assert.Equal("a", input.Text("text"));
        Assert.Equal("coffee-2", input.Key("key"));
        Assert.Equal(ReleaseEnvironment.Sandbox, input.Word<ReleaseEnvironment>("word"));
        Assert.Equal(7, input.Integer("number", 1, 10));
        Assert.Equal(0.5, input.OptionalNumber("ratio", 0, 1));
        Assert.True(input.OptionalBoolean("yes"));
        Assert.Equal(["x", "y"], input.Texts("list").ToArray());
        Assert.Equal(new DateTimeOffset(2026, 5, 12, 12, 30, 0, TimeSpan.Zero), input.OptionalTime("time"));
        Assert.Equal(1, input.Part("part")!.Integer("inner", 0, 1));
        Assert.True(input.OptionalConfiguration("configuration")!.Features!["a"]);
        Assert.Null(input.Finish());
    }

    [Fact]
    public void Optional_fields_may_be_missing_or_null()
    {
        var input = Read("""{ "a": null, "b": null, "c": null, "d": null, "e": null, "f": null, "g": null, "h": null }""");

        Assert.Null(input.OptionalText("a"));
        Assert.Null(input.OptionalWord<ReleaseEnvironment>("b"));
        Assert.Null(input.OptionalInteger("c", 0, 1));
        Assert.Null(input.OptionalBoolean("d"));
        Assert.Null(input.OptionalTexts("e"));
        Assert.Null(input.OptionalPart("f"));
        Assert.Null(input.OptionalTime("g"));
        Assert.Null(input.OptionalConfiguration("h"));
        Assert.Null(input.OptionalText("missing"));
        Assert.Null(input.Finish());
    }

    [Fact]
    public void Everything_wrong_is_told_at_once()
    {
        var input = Read("""
            { "text": 5, "key": "Coffee!", "word": "Moon", "number": 11, "yes": "yes", "list": ["x", 3], "time": "2026-05-12T14:30:00",
              "part": { "extra": 1 }, "unknown": 1 }
            """);
        input.Text("text");
        input.Key("key");
        input.Word<ReleaseEnvironment>("word");
        input.Integer("number", 1, 10);
        input.OptionalBoolean("yes");
        input.Texts("list");
        input.OptionalTime("time");
        input.Part("part")!.Integer("inner", 0, 1);
        input.Text("absent");

        var refusal = input.Finish()!;

        Assert.Equal(RefusalCodes.Invalid, refusal.Code);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["text"] = "text is a text, not 5.",
                ["key"] = "“Coffee!” is no key: a key has 1 to 64 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen.",
                ["word"] = "“Moon” is none of Development, Test, Sandbox, Production.",
                ["number"] = "number is a whole number from 1 to 10, not 11.",
                ["yes"] = "yes is true or false, not the text “yes”.",
                ["list[1]"] = "An entry of list is a text, not 3.",
                ["time"] = "time is a time in ISO 8601 with its offset, for example 2026-05-12T14:30:00Z, not the text “2026-05-12T14:30:00”.",
                ["part.inner"] = "inner is missing; it is a whole number from 0 to 1.",
                ["part.extra"] = "There is no such field here. There are inner.",
                ["absent"] = "absent is missing; it is a text.",
                ["unknown"] = "There is no such field here. There are text, key, word, number, yes, list, time, part, absent.",
            }.OrderBy(error => error.Key, StringComparer.Ordinal),
            refusal.Errors.ToDictionary(error => error.Key, error => Assert.Single(error.Value)).OrderBy(error => error.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("\"a\"", "text is a text of its own")]
    [InlineData("\"\"", "Give text at least one character, or leave it out.")]
    [InlineData("\"  \"", "Give text at least one character, or leave it out.")]
    [InlineData("\"abcdef\"", "Shorten text: it has 6 characters, at most 5 are kept.")]
    [InlineData("\"a\\u0007b\"", "Remove the control characters from text.")]
    [InlineData("[]", "text is a text, not a list.")]
    [InlineData("{}", "text is a text, not an object.")]
    [InlineData("true", "text is a text, not true.")]
    [InlineData("null", "text is missing; it is a text.")]
    public void A_text_is_a_text_of_at_most_its_length(string json, string message)
    {
        var input = Read($$"""{ "text": {{json}} }""");

        input.Text("text", maximum: 5);

        Assert.Equal(json == "\"a\"" ? null : message, input.Finish()?.Errors["text"].Single());
    }

    [Fact]
    public void A_field_in_the_wrong_case_is_pointed_to_the_right_one()
    {
        var input = Read("""{ "releasenotes": "x" }""");
        input.OptionalText("releaseNotes");

        Assert.Equal("Write it as releaseNotes.", input.Finish()!.Errors["releasenotes"].Single());
    }

    [Theory]
    [InlineData("{ \"a\": 1,\n  \"b\": }", "line 2, position 8")]
    [InlineData("{", "line 1")]
    [InlineData("{ \"a\": 1, \"a\": 2 }", "a")]
    [InlineData("[1]", "The body is a list; send one JSON object.")]
    [InlineData("\"text\"", "The body is the text “text”; send one JSON object.")]
    [InlineData("{ \"a\":\n \"\\ud800\" }", "line 2 has half a character")]
    [InlineData("{ \"\\udfff\": 1 }", "line 1 has half a character")]
    public void A_body_that_is_no_JSON_object_is_refused_with_the_position_and_nothing_else(string body, string message)
    {
        var input = Read(body);
        input.Text("name");
        input.Integer("number", 1, 2);
        input.AddAll(new Dictionary<string, IReadOnlyList<string>> { ["name"] = ["missing"] });

        var refusal = input.Finish()!;

        Assert.Equal("$", Assert.Single(refusal.Errors).Key);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused()
    {
        var input = RequestReader.Read(new byte[] { (byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}' });

        Assert.Contains("UTF-8", input.Finish()!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_nested_beyond_all_measure_is_refused()
    {
        var input = Read("{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}");

        Assert.Contains("no valid JSON", input.Finish()!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_body_is_an_object_without_fields_and_a_byte_order_mark_is_no_part_of_it()
    {
        Assert.Null(RequestReader.Read(default).Finish());
        Assert.Null(Read("\uFEFF{}").Finish());
    }

    [Fact]
    public void A_configuration_is_read_with_the_path_of_each_entry()
    {
        var input = Read("""{ "configuration": { "serverDomains": ["api.example.com", "http://x"], "speed": 3 } }""");
        input.OptionalConfiguration("configuration");

        Assert.Equal(["configuration.serverDomains[1]", "configuration.speed"], input.Finish()!.Errors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_the_domain_finds_does_not_repeat_what_could_not_be_read()
    {
        var input = Read("""{ "name": 5 }""");
        input.Text("name");
        input.AddAll(new Dictionary<string, IReadOnlyList<string>> { ["name"] = ["Give name 1 to 100 characters."], ["other"] = ["Mend it."] });

        var refusal = input.Finish()!;

        Assert.Equal("name is a text, not 5.", refusal.Errors["name"].Single());
        Assert.Equal("Mend it.", refusal.Errors["other"].Single());
    }

    private static RequestReader Read(string json) => RequestReader.Read(Encoding.UTF8.GetBytes(json));
}

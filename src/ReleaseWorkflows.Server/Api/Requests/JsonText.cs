using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace ReleaseWorkflows.Server.Api.Requests;

/// <summary>Parses JSON from outside so that nothing read from it later can fail: UTF-8 throughout, no half characters, no member twice.</summary>
internal static class JsonText
{
    /// <summary>Parses the text.</summary>
    /// <param name="utf8">The text, with or without a byte order mark.</param>
    /// <param name="complaint">What is wrong, with line and position from 1; null if all is well.</param>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8, out string? complaint)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        complaint = DescribeBadBytes(utf8.Span);
        if (complaint is not null)
        {
            return default;
        }

        try
        {
            complaint = DescribeHalfCharacter(utf8.Span);
            return complaint is null ? JsonElement.Parse(utf8.Span, new JsonDocumentOptions { AllowDuplicateProperties = false }) : default;
        }
        catch (JsonException exception)
        {
            complaint = exception is { LineNumber: { } line, BytePositionInLine: { } position }
                ? $"This is no valid JSON: line {line + 1}, position {position + 1}. {FirstSentence(exception.Message)}"
                : $"This is no valid JSON. {FirstSentence(exception.Message)}";
            return default;
        }
    }

    private static string? DescribeBadBytes(ReadOnlySpan<byte> utf8) =>
        Utf8.IsValid(utf8) ? null : "This is no valid UTF-8; send the JSON in UTF-8.";

    // A \uD800 without its other half is valid JSON, and fails whoever takes the string: the parser itself, when it compares names.
    private static string? DescribeHalfCharacter(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                try
                {
                    reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    var line = utf8[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
                    return string.Create(CultureInfo.InvariantCulture, $"A text in line {line} has half a character (\\uD800 to \\uDFFF without its other half); remove it.");
                }
            }
        }

        return null;
    }

    // The parser appends "LineNumber: 3 | BytePositionInLine: 7.", which the sentence already says in words.
    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}

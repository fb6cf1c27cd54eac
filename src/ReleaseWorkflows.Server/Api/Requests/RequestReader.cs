using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.Identifiers;

namespace ReleaseWorkflows.Server.Api.Requests;

/// <summary>
/// Reads the JSON object of a request field by field and collects everything that is wrong with it: missing, of another type, too
/// long, none of the words allowed, unknown.
/// </summary>
/// <remarks>
/// Ask for every field, then call <see cref="Finish"/>; a field that could not be read has a harmless value until then.
/// <code>
/// var input = await RequestReader.ReadAsync(context, cancellationToken);
/// var reason = input.Text("reason", maximum: 4_000);
/// var category = input.Word&lt;RejectionCategory&gt;("category");
/// if (input.Finish() is { } refusal) return Problem.From(refusal);
/// </code>
/// </remarks>
internal sealed class RequestReader
{
    private const string Prompt = "Some fields cannot be used as they are; errors names each of them.";

    // The name under which errors tells of the body as a whole.
    private const string WholeBody = "$";

    private readonly JsonElement _members;
    private readonly string _prefix;
    private readonly Dictionary<string, List<string>> _errors;
    private readonly List<RequestReader> _parts = [];
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly bool _isUnreadable;
    private readonly bool _isForm;

    private RequestReader(JsonElement members, string prefix, Dictionary<string, List<string>> errors, bool isUnreadable, bool isForm = false)
    {
        _isForm = isForm;
        _members = members;
        _prefix = prefix;
        _errors = errors;
        _isUnreadable = isUnreadable;
    }

    /// <summary>Reads the body of a request. No body counts as an object without fields.</summary>
    /// <exception cref="BadHttpRequestException">413: the body has more than 1 MB. 415: it is no JSON.</exception>
    public static async ValueTask<RequestReader> ReadAsync(HttpContext context, CancellationToken cancellationToken) =>
        Read(await RequestBody.ReadJsonAsync(context, cancellationToken));

    /// <summary>Reads a JSON object. No bytes count as an object without fields.</summary>
    public static RequestReader Read(ReadOnlyMemory<byte> utf8)
    {
        var errors = new Dictionary<string, List<string>>();
        var members = JsonText.Parse(utf8.Length == 0 ? "{}"u8.ToArray() : utf8, out var complaint);
        if (complaint is null && members.ValueKind != JsonValueKind.Object)
        {
            complaint = $"The body is {Describe(members)}; send one JSON object.";
        }

        if (complaint is not null)
        {
            errors[WholeBody] = [complaint];
        }

        return new RequestReader(members, "", errors, isUnreadable: complaint is not null);
    }

    /// <summary>
    /// Reads fields of a form, in which everything is text: numbers and yes or no are understood, a blank field counts as left out, several values of
    /// one name are a list, and <c>contacts.email</c> is a field of the part <c>contacts</c>. What is wrong is told to a person who sees the field, so
    /// without its name.
    /// </summary>
    public static RequestReader ReadForm(IFormCollection form, IEnumerable<string> fields)
    {
        var members = new Dictionary<string, object>();
        foreach (var field in fields)
        {
            var texts = form[field].Select(text => text?.ReplaceLineEndings("\n").Trim() ?? "").Where(text => text.Length > 0).ToList();
            if (texts.Count == 0)
            {
                continue;
            }

            var (part, name) = field.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? (PartOf(field[..dot]), field[(dot + 1)..]) : (members, field);
            part[name] = texts is [var only] ? only : texts;
        }

        return new RequestReader(JsonSerializer.SerializeToElement(members), "", [], isUnreadable: false, isForm: true);

        Dictionary<string, object> PartOf(string name)
        {
            var part = members.GetValueOrDefault(name) as Dictionary<string, object> ?? [];
            members[name] = part;
            return part;
        }
    }

    /// <summary>The object itself, for readers of the domain; undefined if it could not be parsed. Its members do not count as asked for.</summary>
    public JsonElement Json => _isUnreadable ? default : _members;

    /// <summary>The names of the members, for objects whose names are the caller's. Each counts as asked for.</summary>
    public IReadOnlyList<string> Names()
    {
        if (_isUnreadable)
        {
            return [];
        }

        var names = _members.EnumerateObject().Select(member => member.Name).ToList();
        _asked.UnionWith(names);
        return names;
    }

    /// <summary>True if the member is there, be it null.</summary>
    public bool Has(string name) => !_isUnreadable && _members.TryGetProperty(name, out _);

    /// <summary>A text that must be there and must not be blank. Empty if it could not be read.</summary>
    public string Text(string name, int maximum = 1_000) => Require(name, "a text", OptionalText(name, maximum)) ?? "";

    /// <summary>A text, or null if it is missing or null. A blank one is reported.</summary>
    public string? OptionalText(string name, int maximum = 1_000) => ReadText(name, maximum, isOneLine: false);

    /// <summary>As <see cref="Text"/>, for names and the like, which are written in one line.</summary>
    public string Line(string name, int maximum = 1_000) => Require(name, "a text", OptionalLine(name, maximum)) ?? "";

    /// <summary>As <see cref="OptionalText"/>, for names and the like, which are written in one line.</summary>
    public string? OptionalLine(string name, int maximum = 1_000) => ReadText(name, maximum, isOneLine: true);

    private string? ReadText(string name, int maximum, bool isOneLine)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return Complain<string>(name, $"{Call(name)} is a text, not {Describe(value)}.");
        }

        var text = value.GetString()!;
        if (PlainText.IsBlank(text))
        {
            return Complain<string>(name, $"Give {name} at least one character, or leave it out.");
        }

        if (text.Length > maximum)
        {
            return Complain<string>(name, FormattableString.Invariant($"Shorten {Mention(name)}: it has {text.Length} characters, at most {maximum} are kept."));
        }

        if (text.Any(character => char.IsControl(character) && (isOneLine || character is not ('\n' or '\r' or '\t'))))
        {
            return Complain<string>(name, isOneLine ? $"Write {Mention(name)} in one line, without control characters." : $"Remove the control characters from {Mention(name)}.");
        }

        return PlainText.HasDeceptiveCharacter(text, isOneLine)
            ? Complain<string>(name, $"Remove the invisible characters from {Mention(name)}; they make it read as something else.")
            : text;
    }

    /// <summary>A key that must be there: see <see cref="Domain.Identifiers.Key.Form"/>. Empty if it could not be read.</summary>
    public string Key(string name) => Require(name, "a key", OptionalKey(name)) ?? "";

    /// <summary>A key, or null if it is missing or null.</summary>
    public string? OptionalKey(string name)
    {
        var text = OptionalLine(name);
        return text is null || Domain.Identifiers.Key.IsValid(text)
            ? text
            : Complain<string>(name, $"“{Shorten(text)}” is no key: a key has {Domain.Identifiers.Key.Form}.");
    }

    /// <summary>One of the words of an enum that must be there. The first one if it could not be read.</summary>
    public TEnum Word<TEnum>(string name)
        where TEnum : struct, Enum =>
        Require(name, "one of " + string.Join(", ", Enum.GetNames<TEnum>()), OptionalWord<TEnum>(name)).GetValueOrDefault();

    /// <summary>One of the words of an enum, or null if it is missing or null.</summary>
    public TEnum? OptionalWord<TEnum>(string name)
        where TEnum : struct, Enum
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : null;
        if (text is not null && Enum.GetNames<TEnum>().Contains(text, StringComparer.Ordinal))
        {
            return Enum.Parse<TEnum>(text);
        }

        var words = string.Join(", ", Enum.GetNames<TEnum>());
        Add(name, text is null ? $"{Call(name)} is one of the words {words}, not {Describe(value)}." : $"“{Shorten(text)}” is none of {words}.");
        return null;
    }

    /// <summary>A whole number that must be there. <paramref name="minimum"/> if it could not be read.</summary>
    public int Integer(string name, int minimum, int maximum) =>
        Require(name, FormattableString.Invariant($"a whole number from {minimum} to {maximum}"), OptionalInteger(name, minimum, maximum)) ?? minimum;

    /// <summary>A whole number, or null if it is missing or null.</summary>
    public int? OptionalInteger(string name, int minimum, int maximum)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (IsInteger(value, out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Add(name, FormattableString.Invariant($"{Call(name)} is a whole number from {minimum} to {maximum}, not {Describe(value)}."));
        return null;
    }

    /// <summary>A number, or null if it is missing or null.</summary>
    public double? OptionalNumber(string name, double minimum, double maximum)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (IsNumber(value, out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Add(name, FormattableString.Invariant($"{Call(name)} is a number from {minimum} to {maximum}, not {Describe(value)}."));
        return null;
    }

    /// <summary>True or false, or null if it is missing or null.</summary>
    public bool? OptionalBoolean(string name)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.True or JsonValueKind.False } value:
                return value.GetBoolean();
            case { ValueKind: JsonValueKind.String } value when _isForm && bool.TryParse(value.GetString(), out var truth):
                return truth;
            case { } value:
                Add(name, $"{Call(name)} is true or false, not {Describe(value)}.");
                return null;
        }
    }

    /// <summary>A point in time in ISO 8601 with its offset, or null if it is missing or null.</summary>
    public DateTimeOffset? OptionalTime(string name)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.String } value when HasOffset(value.GetString()!) && value.TryGetDateTimeOffset(out var time):
                return time.ToUniversalTime();
            case { } value:
                Add(name, $"{name} is a time in ISO 8601 with its offset, for example 2026-05-12T14:30:00Z, not {Describe(value)}.");
                return null;
        }

        // A time without offset would be read in the zone of the server.
        static bool HasOffset(string text) => text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > "2026-05-12T".Length;
    }

    /// <summary>A list of texts that must be there. Empty if it could not be read.</summary>
    public ImmutableArray<string> Texts(string name) => Require(name, "a list of texts", OptionalTexts(name)) ?? [];

    /// <summary>A list of texts, or null if it is missing or null. How long the texts may be is for the caller to say.</summary>
    public ImmutableArray<string>? OptionalTexts(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (_isForm && value.ValueKind == JsonValueKind.String)
        {
            return [value.GetString()!];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Add(name, $"{name} is a list of texts, not {Describe(value)}.");
            return null;
        }

        var isWell = true;
        var texts = ImmutableArray.CreateBuilder<string>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                isWell = false;
                Add($"{name}[{texts.Count.ToString(CultureInfo.InvariantCulture)}]", $"An entry of {name} is a text, not {Describe(item)}.");
            }

            texts.Add(isWell ? item.GetString()! : "");
        }

        return isWell ? texts.MoveToImmutable() : null;
    }

    /// <summary>A configuration within the object, or null if it is missing or null.</summary>
    public ConfigurationValues? OptionalConfiguration(string name) => Find(name) is { } value ? ReadConfiguration(value, _prefix + name) : null;

    /// <summary>Takes the whole object as a configuration.</summary>
    public ConfigurationValues Configuration()
    {
        Names();
        return _isUnreadable ? ConfigurationValues.Empty : ReadConfiguration(_members, _prefix.TrimEnd('.'));
    }

    /// <summary>An object within the object, or null if it is missing or null. Its errors carry its name before theirs.</summary>
    public RequestReader? OptionalPart(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Add(name, $"{name} is an object, not {Describe(value)}.");
            return null;
        }

        var part = new RequestReader(value, $"{_prefix}{name}.", _errors, isUnreadable: false, _isForm);
        _parts.Add(part);
        return part;
    }

    /// <summary>A list of objects; empty if it is missing or null. Errors carry name and place before theirs: <c>freezes[0].name</c>.</summary>
    public IReadOnlyList<RequestReader> OptionalParts(string name)
    {
        if (Find(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Add(name, $"{name} is a list of objects, not {Describe(value)}.");
            return [];
        }

        var parts = new List<RequestReader>();
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var field = $"{name}[{index++.ToString(CultureInfo.InvariantCulture)}]";
            if (item.ValueKind == JsonValueKind.Object)
            {
                parts.Add(new RequestReader(item, $"{_prefix}{field}.", _errors, isUnreadable: false));
            }
            else
            {
                Add(field, $"An entry of {name} is an object, not {Describe(item)}.");
            }
        }

        _parts.AddRange(parts);
        return parts;
    }

    /// <summary>An object within the object that must be there, or null if it could not be read.</summary>
    public RequestReader? Part(string name) => Require(name, "an object", OptionalPart(name));

    /// <summary>Notes that something is wrong with a field.</summary>
    public void Add(string field, string message)
    {
        var name = _prefix + field;
        if (!_errors.TryGetValue(name, out var messages))
        {
            _errors[name] = messages = [];
        }

        if (!messages.Contains(message, StringComparer.Ordinal))
        {
            messages.Add(message);
        }
    }

    /// <summary>Notes what the domain finds wrong, except with fields that could not be read in the first place.</summary>
    public void AddAll(IReadOnlyDictionary<string, IReadOnlyList<string>> problems)
    {
        foreach (var (field, messages) in problems)
        {
            if (!_errors.ContainsKey(_prefix + field) && !_isUnreadable)
            {
                foreach (var message in messages)
                {
                    Add(field, message);
                }
            }
        }
    }

    /// <summary>Reports members that nobody asked for, and says whether the request can be used.</summary>
    /// <returns>The refusal with every error, or null if there is none.</returns>
    public Refusal? Finish()
    {
        ReportUnknownMembers();
        return _errors.Count == 0
            ? null
            : Refusal.Invalid(
                _isUnreadable && _errors.TryGetValue(WholeBody, out var unreadable) ? unreadable[0] : Prompt,
                _errors.ToDictionary(error => error.Key, error => (IReadOnlyList<string>)error.Value));
    }

    private void ReportUnknownMembers()
    {
        foreach (var part in _parts)
        {
            part.ReportUnknownMembers();
        }

        if (_isUnreadable)
        {
            return;
        }

        foreach (var member in _members.EnumerateObject())
        {
            if (!_asked.Contains(member.Name))
            {
                var known = _asked.FirstOrDefault(name => name.Equals(member.Name, StringComparison.OrdinalIgnoreCase));
                Add(
                    Shorten(member.Name),
                    known is not null ? $"Write it as {known}."
                    : _asked.Count == 0 ? "Nothing is read here; leave it out."
                    : $"There is no such field here. There are {string.Join(", ", _asked)}.");
            }
        }
    }

    private JsonElement? Find(string name)
    {
        _asked.Add(name);
        return !_isUnreadable && _members.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private ConfigurationValues ReadConfiguration(JsonElement json, string path)
    {
        var errors = new Dictionary<string, IReadOnlyList<string>>();
        var values = ConfigurationReader.Read(json, path, errors);
        foreach (var (field, messages) in errors)
        {
            _errors[field] = [.. messages];
        }

        return values;
    }

    // What is missing is reported here, once; what is there but wrong was reported by the one who looked at it.
    private T Require<T>(string name, string what, T value)
    {
        if (!_isUnreadable && Find(name) is null)
        {
            Add(name, _isForm ? $"This is missing; it is {what}." : $"{name} is missing; it is {what}.");
        }

        return value;
    }

    // Beside a field of a page its name is said by its label.
    private string Call(string name) => _isForm ? "This" : name;

    private string Mention(string name) => _isForm ? "this" : name;

    private bool IsInteger(JsonElement value, out int number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number
            ? value.TryGetInt32(out number)
            : _isForm && value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    private bool IsNumber(JsonElement value, out double number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number
            ? value.TryGetDouble(out number)
            : _isForm && value.ValueKind == JsonValueKind.String && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    private T? Complain<T>(string name, string message)
        where T : class
    {
        Add(name, message);
        return null;
    }

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => $"the text “{Shorten(value.GetString()!)}”",
        JsonValueKind.Number => Shorten(value.GetRawText()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "null",
    };

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}

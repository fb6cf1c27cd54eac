using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Definitions.Versions;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi;

/// <summary>
/// A request as a handler reads it. Names in the query are found without regard to case; an empty value counts as none; repeated names are a
/// list. What cannot be read is collected: the handler reads everything, then asks <see cref="Refusal"/> once.
/// </summary>
internal sealed class StudioRequest(HttpContext context, StudioCaller caller, StudioApiOptions options)
{
    private const int MaxDepth = 256;
    private const int DefaultPageSize = 100;

    private readonly Dictionary<string, IReadOnlyList<string>> _errors = new(StringComparer.Ordinal);

    /// <summary>The request and the answer's headers. The answer itself is what the handler returns.</summary>
    public HttpContext Context => context;

    /// <summary>Who calls.</summary>
    public StudioCaller Caller => caller;

    /// <summary>Who calls, as the author of what is changed.</summary>
    public DefinitionAuthor Author { get; } = new(caller.Id, caller.Name);

    /// <summary>Limits.</summary>
    public StudioApiOptions Options => options;

    /// <summary>Ends the work when the client has gone.</summary>
    public CancellationToken Cancelled => context.RequestAborted;

    /// <summary>The answer to a request that could not be read, with everything that is wrong; null if all is well.</summary>
    public StudioAnswer? Refusal => _errors.Count == 0 ? null : StudioAnswer.Invalid(_errors);

    /// <summary>A service of the request's scope.</summary>
    public T Service<T>()
        where T : notnull => context.RequestServices.GetRequiredService<T>();

    /// <summary>True if the caller may do something with this definition.</summary>
    public bool May(string permission, string? definitionId) => caller.May(permission, definitionId);

    /// <summary>A parameter of the address.</summary>
    public string Route(string name) => context.GetRouteValue(name)?.ToString() ?? throw new InvalidOperationException($"The address has no parameter {name}.");

    /// <summary>A text of the query; null if it is absent or empty.</summary>
    public string? Query(string name) => context.Request.Query[name] is [.., { Length: > 0 } value] ? value : null;

    /// <summary>All texts of this name in the query, the empty ones left out.</summary>
    public IReadOnlyList<string> QueryList(string name) => [.. context.Request.Query[name].OfType<string>().Where(static value => value.Length > 0)];

    /// <summary>A truth value of the query, in any case.</summary>
    public bool? QueryFlag(string name) => Query(name) is not { } text ? null : bool.TryParse(text, out var value) ? value : Bad<bool>(name, text, "a truth value");

    /// <summary>A whole number of the query.</summary>
    public int? QueryNumber(string name) =>
        Query(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
        : Bad<int>(name, text, "a whole number");

    /// <summary>One of the names of an enumeration in the query, in any case.</summary>
    public T? QueryWord<T>(string name)
        where T : struct, Enum => Query(name) is { } text ? Word<T>(name, text) : null;

    /// <summary>
    /// The page asked for: <c>page</c>, counted from 0, and <c>pageSize</c>; or <c>skip</c> and <c>take</c>. Default: the first 100 entries.
    /// </summary>
    public (int Skip, int Take) QueryPage() => Page(QueryNumber("page"), QueryNumber("pageSize"), QueryNumber("skip"), QueryNumber("take"));

    /// <summary>The entries a page stands for, within the limits.</summary>
    public (int Skip, int Take) Page(int? page, int? pageSize, int? skip = null, int? take = null)
    {
        var size = Math.Clamp(take ?? pageSize ?? DefaultPageSize, 0, options.MaxPageSize);
        var first = skip ?? (long)Math.Max(page ?? 0, 0) * size;
        return ((int)Math.Clamp(first, 0, int.MaxValue), size);
    }

    /// <summary>One of the names of an enumeration, in any case.</summary>
    public T? Word<T>(string name, string text)
        where T : struct, Enum =>
        Enum.GetNames<T>().Any(known => known.Equals(text, StringComparison.OrdinalIgnoreCase))
            ? Enum.Parse<T>(text, ignoreCase: true)
            : Bad<T>(name, text, "one of " + string.Join(", ", Enum.GetNames<T>()));

    /// <summary>Notes that a field cannot be read.</summary>
    public void Complain(string field, string reason) =>
        _errors[field] = _errors.TryGetValue(field, out var known) ? [.. known, reason] : [reason];

    /// <summary>The body as a JSON object; an empty one if there is no body. What is wrong with it is collected.</summary>
    public async Task<StudioBody> ReadBodyAsync()
    {
        using var buffer = await ReadBytesAsync();
        if (buffer.Length == 0)
            return new StudioBody(this, default);

        try
        {
            var settings = new JsonDocumentOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), settings);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return new StudioBody(this, document.RootElement.Clone());
            Complain("body", "The body has to be a JSON object.");
        }
        catch (JsonException exception)
        {
            Complain("model", exception.Message);
        }

        return new StudioBody(this, default);
    }

    /// <summary>The body as bytes.</summary>
    /// <exception cref="BadHttpRequestException">It is larger than allowed.</exception>
    public async Task<MemoryStream> ReadBytesAsync()
    {
        // Before the limit of the web server is set: it would cut the connection, and the client would not get to read the answer.
        if (context.Request.ContentLength > options.MaxBodyBytes)
            throw TooLarge();
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxBodyBytes;

        var buffer = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        for (int read; (read = await context.Request.Body.ReadAsync(chunk, Cancelled)) > 0;)
        {
            if (buffer.Length + read > options.MaxBodyBytes)
                throw TooLarge();
            buffer.Write(chunk, 0, read);
        }

        return buffer;
    }

    private BadHttpRequestException TooLarge() =>
        new($"The body is larger than {options.MaxBodyBytes / 1024 / 1024} MB.", StatusCodes.Status413PayloadTooLarge);

    private T? Bad<T>(string name, string text, string wanted)
        where T : struct
    {
        Complain(name, $"Value [{(text.Length > 100 ? text[..100] : text)}] is not valid for a [{name}] property! It has to be {wanted}.");
        return null;
    }
}

/// <summary>The members of a body. One that is absent or null counts as not given; one of another type is collected as wrong.</summary>
internal sealed class StudioBody(StudioRequest request, JsonElement source)
{
    /// <summary>The JSON itself; undefined if there was no body.</summary>
    public JsonElement Source => source;

    /// <summary>A member as it is; undefined if it is not given. The name is looked for without regard to case.</summary>
    public JsonElement Member(string name)
    {
        if (source.ValueKind != JsonValueKind.Object)
            return default;
        if (!source.TryGetProperty(name, out var value))
        {
            foreach (var member in source.EnumerateObject())
            {
                if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                    value = member.Value;
            }
        }

        return value.ValueKind == JsonValueKind.Null ? default : value;
    }

    /// <summary>A text; null if it is not given or empty.</summary>
    public string? Text(string name) => Member(name) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString() is { Length: > 0 } value ? value : null,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => Bad<string>(name, "a text"),
    };

    /// <summary>A truth value.</summary>
    public bool? Flag(string name) => Member(name).ValueKind switch
    {
        JsonValueKind.Undefined => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => Bad(name, "a truth value") as bool?,
    };

    /// <summary>A whole number, also as text.</summary>
    public int? Number(string name) => Member(name) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) => value,
        { ValueKind: JsonValueKind.String } text when int.TryParse(text.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) => value,
        _ => Bad(name, "a whole number") as int?,
    };

    /// <summary>One of the names of an enumeration, in any case.</summary>
    public T? Word<T>(string name)
        where T : struct, Enum => Text(name) is { } text ? request.Word<T>(name, text) : null;

    /// <summary>A list of texts; empty if it is not given.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        var list = Member(name);
        if (list.ValueKind == JsonValueKind.Undefined)
            return [];
        if (list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String))
            return [.. list.EnumerateArray().Select(static item => item.GetString()!)];

        Bad(name, "a list of texts");
        return [];
    }

    /// <summary>An object; undefined if it is not given.</summary>
    public JsonElement Object(string name)
    {
        var value = Member(name);
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Object)
            return value;

        Bad(name, "an object");
        return default;
    }

    /// <summary>The same reader for an object inside this one.</summary>
    public StudioBody Part(string name) => new(request, Object(name));

    private object? Bad(string name, string wanted) => Bad<object>(name, wanted);

    private T? Bad<T>(string name, string wanted)
        where T : class
    {
        request.Complain(name, $"{name} has to be {wanted}.");
        return null;
    }
}

using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Descriptors;

/// <summary>The syntaxes in which inputs are written, and the types of variables.</summary>
internal static class SyntaxEndpoints
{
    // Which of them an editor offers, and in which language it shows their text. The others are what it makes itself.
    private static readonly Dictionary<string, (bool IsBrowsable, string? Language)> Known = new(StringComparer.Ordinal)
    {
        ["Literal"] = (false, null),
        ["Object"] = (false, "json"),
        ["Json"] = (false, "json"),
        ["Variable"] = (true, null),
        ["Input"] = (true, null),
        ["JavaScript"] = (true, "javascript"),
        ["Liquid"] = (true, "liquid"),
    };

    // Group and description of the types people know; others are shown by their name.
    private static readonly (string Name, string Category, string Description)[] Types =
    [
        ("Object", "Primitives", "A value of any type."),
        ("String", "Primitives", "A text."),
        ("Boolean", "Primitives", "True or false."),
        ("Int32", "Primitives", "A whole number of 32 bits."),
        ("Int64", "Primitives", "A whole number of 64 bits."),
        ("Single", "Primitives", "A floating point number of 32 bits."),
        ("Double", "Primitives", "A floating point number of 64 bits."),
        ("Decimal", "Primitives", "A decimal number."),
        ("Guid", "Primitives", "A globally unique identifier."),
        ("DateTime", "Primitives", "A date and time."),
        ("DateTimeOffset", "Primitives", "A date and time with its distance from UTC."),
        ("DateOnly", "Primitives", "A date."),
        ("TimeOnly", "Primitives", "A time of day."),
        ("TimeSpan", "Primitives", "A duration."),
        ("Uri", "Primitives", "An address."),
        ("StringDictionary", "Lookups", "Texts by name."),
        ("ObjectDictionary", "Lookups", "Values by name."),
        ("StringMap", "Lookups", "Texts by name."),
        ("ObjectMap", "Lookups", "Values by name."),
        ("JSON", "Dynamic", "An object with any members."),
        ("JsonElement", "Dynamic", "JSON that is only read."),
        ("JsonNode", "Dynamic", "JSON of any kind."),
        ("JsonObject", "Dynamic", "A JSON object."),
        ("JsonArray", "Dynamic", "A JSON list."),
        ("ByteArray", "Data", "Bytes."),
        ("Stream", "Data", "A stream of bytes."),
        ("HttpHeaders", "HTTP", "Headers of a request or an answer."),
        ("HttpRequest", "HTTP", "A request."),
        ("HttpResponseMessage", "HTTP", "An answer."),
        ("HttpFile", "HTTP", "An uploaded file."),
        ("HttpStatusCode", "HTTP", "The status of an answer."),
        ("RouteData", "HTTP", "The parameters of an address."),
    ];

    /// <summary>The syntaxes.</summary>
    public static Task<StudioAnswer> ListSyntaxesAsync(StudioRequest request)
    {
        var handlers = ((IEnumerable<IExpressionHandler>)request.Service<IEnumerable<IExpressionHandler>>()).Select(static handler => handler.Type).Distinct(StringComparer.Ordinal);
        var models = handlers.Select(static type =>
        {
            var (isBrowsable, language) = Known.TryGetValue(type, out var known) ? known : (true, null);
            return new SyntaxModel(type, type, true, isBrowsable, language is null ? [] : new Dictionary<string, string> { ["MonacoLanguage"] = language });
        }).ToList();
        models.Add(new SyntaxModel("Delegate", "Delegate", false, false, []));
        return Task.FromResult(StudioAnswer.Json(new StudioList<SyntaxModel>(models)));
    }

    /// <summary>The types a variable can have.</summary>
    public static Task<StudioAnswer> ListTypesAsync(StudioRequest request)
    {
        var aliases = request.Service<TypeAliases>();
        var models = Types.Where(type => aliases.TryResolve(type.Name, out _)).Select(static type => new TypeModel(type.Name, type.Name, type.Category, type.Description)).ToList();
        return Task.FromResult(StudioAnswer.Json(new StudioList<TypeModel>(models)));
    }

    private sealed record SyntaxModel(string Type, string DisplayName, bool IsSerializable, bool IsBrowsable, Dictionary<string, string> Properties);

    private sealed record TypeModel(string TypeName, string DisplayName, string Category, string Description);
}

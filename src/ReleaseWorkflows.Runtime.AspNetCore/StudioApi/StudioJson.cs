using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi;

/// <summary>
/// How the API writes JSON: camel case, enums as words, times with their offset, members that are null left out. Studio reads names with
/// regard to case, takes a missing member for its default, and does not survive an explicit null where it expects a list.
/// </summary>
internal static class StudioJson
{
    /// <summary>The options of all answers. Read-only.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = 512,
            Converters = { new JsonStringEnumConverter() },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}

/// <summary>Which end a list begins at.</summary>
internal enum StudioOrderDirection
{
    /// <summary>The smallest first.</summary>
    Ascending,

    /// <summary>The largest first.</summary>
    Descending,
}

/// <summary>A page of a list.</summary>
/// <param name="Items">Its entries.</param>
/// <param name="TotalCount">Entries of all pages.</param>
/// <param name="Links">What may be done with the list; null if nothing is said about it.</param>
internal sealed record StudioPage<T>(IReadOnlyList<T> Items, long TotalCount, IReadOnlyList<StudioLink>? Links = null);

/// <summary>A list that has no pages.</summary>
/// <param name="Items">Its entries.</param>
internal sealed record StudioList<T>(IReadOnlyList<T> Items)
{
    /// <summary>Number of entries.</summary>
    public int Count => Items.Count;
}

/// <summary>Something that may be done. Studio shows what has no link as not permitted.</summary>
/// <param name="Href">Address below the prefix.</param>
/// <param name="Rel">What it does.</param>
/// <param name="Method">HTTP method.</param>
internal sealed record StudioLink(string Href, string Rel, string Method);

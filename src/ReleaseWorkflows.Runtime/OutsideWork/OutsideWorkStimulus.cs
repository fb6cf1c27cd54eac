using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.OutsideWork;

/// <summary>
/// What a bookmark waits for that is resumed by the end of outside work. The request is part of it, so that an instance that faulted and is
/// tried again asks for the same work again.
/// </summary>
/// <param name="Kind">Kind of work.</param>
/// <param name="Request">The request as JSON. It may carry credentials: it is kept in the state and in the job, and shown nowhere.</param>
/// <param name="Addressee">Whom the work has to reach; null if there is no such thing.</param>
internal sealed record OutsideWorkStimulus(
    [property: JsonPropertyName(OutsideWorkStimulus.KindMember)] string Kind,
    [property: ExcludeFromHash] string Request,
    [property: ExcludeFromHash, JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Addressee = null)
{
    private const string KindMember = "OutsideWork";

    /// <summary>What people see of it.</summary>
    [JsonIgnore]
    public string ShownJson => JsonSerializer.Serialize(new Dictionary<string, string> { [KindMember] = Kind });

    // A payload that was restored from the state is JSON; what it was for can still be told.
    public static bool TryRead(Bookmark bookmark, [NotNullWhen(true)] out OutsideWorkStimulus? stimulus)
    {
        stimulus = bookmark.Payload switch
        {
            OutsideWorkStimulus given => given,
            JsonElement { ValueKind: JsonValueKind.Object } element when element.TryGetProperty(KindMember, out var kind)
                && element.TryGetProperty(nameof(Request), out var request)
                && kind.ValueKind == JsonValueKind.String && request.ValueKind == JsonValueKind.String
                => new OutsideWorkStimulus(kind.GetString()!, request.GetString()!, element.TryGetProperty(nameof(Addressee), out var addressee) ? addressee.GetString() : null),
            _ => null,
        };
        return stimulus is not null;
    }
}

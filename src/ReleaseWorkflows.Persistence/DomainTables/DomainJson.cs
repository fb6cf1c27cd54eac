using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>How documents are written. Members may be added to the domain's records; unknown ones are ignored on reading, missing ones get their default.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Release))]
[JsonSerializable(typeof(ReleaseEvent))]
[JsonSerializable(typeof(MiniProgram))]
[JsonSerializable(typeof(TargetApp))]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(IReadOnlyList<AuditChange>))]
[JsonSerializable(typeof(IEnumerable<string>))]
internal sealed partial class DomainJson : JsonSerializerContext;

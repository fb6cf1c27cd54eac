using System.Collections.Immutable;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Domain.Tests.InMemory;

/// <summary>
/// Everything that is stored, as one immutable value. A unit of work changes a copy and hands it back as a whole, so that a command
/// happens entirely or not at all; keeping an older state costs nothing, which the invariants use to look at before and after.
/// </summary>
/// <remarks>
/// The unique indexes of a database are left out on purpose: one key, one active and one live release per target have to come from the
/// rules, not from the store's help.
/// </remarks>
internal sealed record InMemoryState
{
    public static InMemoryState Empty { get; } = new();

    /// <summary>In the order they were created.</summary>
    public ImmutableList<ReleaseId> Order { get; init; } = [];

    public ImmutableDictionary<ReleaseId, Release> Releases { get; init; } = ImmutableDictionary<ReleaseId, Release>.Empty;

    public ImmutableDictionary<ReleaseId, ImmutableList<ReleaseEvent>> Logs { get; init; } = ImmutableDictionary<ReleaseId, ImmutableList<ReleaseEvent>>.Empty;

    public ImmutableDictionary<ReleaseId, ImmutableList<string>> Testers { get; init; } = ImmutableDictionary<ReleaseId, ImmutableList<string>>.Empty;

    public ImmutableDictionary<MiniProgramKey, MiniProgram> MiniPrograms { get; init; } = ImmutableDictionary<MiniProgramKey, MiniProgram>.Empty;

    public ImmutableList<MiniProgramVersion> Versions { get; init; } = [];

    public ImmutableDictionary<AppKey, TargetApp> Apps { get; init; } = ImmutableDictionary<AppKey, TargetApp>.Empty;

    public ImmutableList<OutboxMessage> Outbox { get; init; } = [];

    public IEnumerable<Release> AllReleases => Order.Select(id => Releases[id]);

    public ImmutableList<ReleaseEvent> LogOf(ReleaseId id) => Logs.GetValueOrDefault(id, []);

    public ImmutableList<string> TestersOf(ReleaseId id) => Testers.GetValueOrDefault(id, []);
}

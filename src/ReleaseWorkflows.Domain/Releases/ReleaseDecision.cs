using System.Diagnostics.CodeAnalysis;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>The domain's answer to a command: something happens, nothing needs to, or no.</summary>
public sealed record ReleaseDecision
{
    private ReleaseDecision(ReleaseEvent? happened, Refusal? refusal)
    {
        Event = happened;
        Refusal = refusal;
    }

    /// <summary>The command is right but changes nothing: the release is already as asked.</summary>
    public static ReleaseDecision Unchanged { get; } = new(null, null);

    /// <summary>What happens; null if nothing does.</summary>
    public ReleaseEvent? Event { get; }

    /// <summary>Why not; null if the command is accepted.</summary>
    public Refusal? Refusal { get; }

    /// <summary>True if the answer is no.</summary>
    [MemberNotNullWhen(true, nameof(Refusal))]
    public bool IsRefused => Refusal is not null;

    /// <summary>Yes, and this is what happens.</summary>
    public static ReleaseDecision Accept(ReleaseEvent happened) => new(happened, null);

    /// <summary>No.</summary>
    public static ReleaseDecision Refuse(Refusal refusal) => new(null, refusal);

    /// <summary>No, with code and sentence.</summary>
    public static ReleaseDecision Refuse(string code, string message) => new(null, new Refusal(code, message));
}

/// <summary>What a decision needs to know beside the release itself. Read in the same unit of work.</summary>
public sealed record ReleaseContext
{
    /// <summary>
    /// The rules of the target as they are now, or null if the app no longer offers the environment; a release that has applied keeps
    /// those it applied under (A30).
    /// </summary>
    public required ReleasePolicy? Policy { get; init; }

    /// <summary>The mini program's global configuration as it is now.</summary>
    public required ConfigurationValues GlobalConfiguration { get; init; }

    /// <summary>Another release of the mini program in progress on this target (A22); null if none.</summary>
    public Release? Occupant { get; init; }

    /// <summary>The freeze that holds on the target now; null if none does (T26). Like the occupant it is a fact of the moment, not of the application.</summary>
    public ActiveFreeze? Freeze { get; init; }

    /// <summary>True if some version of the mini program is live on this target. Found out only where <see cref="ReleasePolicy.FirstVersionMustBeFull"/> asks for it.</summary>
    public bool HasLiveRelease { get; init; }
}

/// <summary>T1. What a developer or a CI job asks for.</summary>
/// <param name="Key">Version and target.</param>
/// <param name="Override">Configuration of this release only; empty for the global one (S1).</param>
/// <param name="ReleaseNotes">What is new; may follow later.</param>
public sealed record CreateRelease(ReleaseKey Key, ConfigurationValues Override, string? ReleaseNotes);

/// <summary>What creating a release needs to know. A null says that the thing does not exist.</summary>
public sealed record CreationContext
{
    /// <summary>The mini program.</summary>
    public MiniProgram? MiniProgram { get; init; }

    /// <summary>The uploaded version.</summary>
    public MiniProgramVersion? Version { get; init; }

    /// <summary>The target app.</summary>
    public TargetApp? App { get; init; }

    /// <summary>A release that used this version and target before, whatever became of it (I4).</summary>
    public Release? Earlier { get; init; }
}

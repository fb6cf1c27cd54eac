using FsCheck;
using FsCheck.Fluent;

namespace ReleaseWorkflows.Domain.Tests.Invariants;

/// <summary>What a step of a random walk is about.</summary>
internal enum WalkAct
{
    /// <summary>Someone who may does what usually comes next with a release; without one, a release is created.</summary>
    GoOn,

    /// <summary>Anybody gives any command to any release.</summary>
    Command,

    /// <summary>Anybody chooses a version and a target, used or not.</summary>
    Create,

    /// <summary>The super app's admin changes the rules of an environment.</summary>
    EditPolicy,

    /// <summary>The mini program's admin changes the global configuration.</summary>
    EditGlobalConfiguration,

    /// <summary>Time passes.</summary>
    Wait,
}

/// <summary>
/// One step of a random walk. Numbers choose among whatever there is, so that every step means something in every world and a walk stays
/// a walk when steps are left out of it.
/// </summary>
/// <param name="Act">What it is about.</param>
/// <param name="Who">Chooses who acts.</param>
/// <param name="Which">Chooses the release or the target.</param>
/// <param name="How">Chooses the command and its arguments.</param>
internal readonly record struct WalkStep(WalkAct Act, int Who, int Which, int How)
{
    private const int MaximumLength = 60;
    private const int Plenty = 1_000_000;

    /// <summary>Walks of 1 to 60 steps. A walk that fails is made shorter by leaving out ever smaller pieces.</summary>
    public static Arbitrary<WalkStep[]> Walks { get; } = Arb.From(
        from length in Gen.Choose(1, MaximumLength)
        from steps in Gen.ArrayOf(AnyStep(), length)
        select steps,
        Shorter);

    private static Gen<WalkStep> AnyStep() =>
        from act in Gen.Frequency(
            (70, Gen.Constant(WalkAct.GoOn)),
            (14, Gen.Constant(WalkAct.Command)),
            (6, Gen.Constant(WalkAct.Create)),
            (4, Gen.Constant(WalkAct.EditPolicy)),
            (3, Gen.Constant(WalkAct.EditGlobalConfiguration)),
            (3, Gen.Constant(WalkAct.Wait)))
        from who in Gen.Choose(0, Plenty)
        from which in Gen.Choose(0, Plenty)
        from how in Gen.Choose(0, Plenty)
        select new WalkStep(act, who, which, how);

    private static IEnumerable<WalkStep[]> Shorter(WalkStep[] walk)
    {
        for (var size = walk.Length / 2; size > 0; size /= 2)
        {
            for (var start = 0; start + size <= walk.Length; start += size)
            {
                yield return [.. walk[..start], .. walk[(start + size)..]];
            }
        }
    }
}

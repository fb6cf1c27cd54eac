using System.Diagnostics;
using System.Globalization;

namespace ReleaseWorkflows.Faults.Tests.Processes;

/// <summary>
/// Ends its own process the way a power switch does, when a named moment is reached for the n-th time. Read from an environment variable
/// that only this project knows.
/// </summary>
internal sealed class KillSwitch
{
    /// <summary>Says where: <c>point:n</c>.</summary>
    public const string Variable = "RELEASEWORKFLOWS_TEST_KILL";

    private readonly string? _point;
    private readonly int _count;
    private int _hits;

    private KillSwitch(string? point, int count)
    {
        _point = point;
        _count = count;
    }

    /// <summary>
    /// The moments that a server at work passes, and how often at most it may pass them before it dies. Two more are named by the tests that bring them
    /// about: <c>purge</c> and <c>backup</c>.
    /// </summary>
    public static IReadOnlyList<(string Point, int Most)> Points { get; } =
    [
        ("before-begin", 30),
        ("after-statement", 250),
        ("before-commit", 30),
        ("after-commit", 30),
        ("before-checkpoint", 3),
        ("after-checkpoint", 3),
        ("after-migration", 1),
        ("publish", 3),
        ("timer-claim", 3),
        ("before-mail", 1),
        ("mail-accepted", 1),
        ("after-work", 5),
        ("after-reply", 40),
    ];

    public static KillSwitch FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text)
            return new KillSwitch(null, 0);
        var parts = text.Split(':');
        return new KillSwitch(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Says that a moment is reached. Does not return when it is the one.</summary>
    public void Reached(string point)
    {
        if (point != _point || Interlocked.Increment(ref _hits) != _count)
            return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        new ManualResetEventSlim().Wait();
    }
}

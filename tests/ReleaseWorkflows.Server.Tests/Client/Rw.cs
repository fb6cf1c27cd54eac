using System.Text.Json;
using ReleaseWorkflows.Client;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Client;

/// <summary>The command-line client as somebody runs it: arguments and environment in; exit code and two outputs out.</summary>
internal static class Rw
{
    /// <summary>Runs a command line against a server with the key of a demo user.</summary>
    public static Task<RwRun> RunAsync(TestServer server, Role role, params string[] args) =>
        RunAsync(args, server.Http.BaseAddress!.ToString(), server.DemoUser(role).ApiKey);

    /// <summary>Runs a command line.</summary>
    public static async Task<RwRun> RunAsync(string[] args, string? server, string? key, TimeProvider? clock = null)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var surroundings = new Surroundings(
            output, error, name => name switch { "RW_SERVER" => server, "RW_API_KEY" => key, _ => null }, clock ?? TimeProvider.System);
        var exitCode = await CommandLine.RunAsync(args, surroundings);
        return new RwRun(exitCode, output.ToString().Trim(), error.ToString().Trim());
    }
}

/// <summary>How a command line ended.</summary>
internal sealed record RwRun(int ExitCode, string Output, string Error)
{
    /// <summary>The result as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Output);

    /// <summary>Asserts the exit code and gives the result.</summary>
    public string Ends(int exitCode)
    {
        Assert.True(exitCode == ExitCode, $"Ended with {ExitCode}:\n{Output}\n{Error}");
        return Output;
    }
}

/// <summary>A clock on which nobody waits: what is due at some time is due at once, and then it is that time.</summary>
internal sealed class HurriedClock : TimeProvider
{
    private long _ticks = DateTimeOffset.UnixEpoch.AddYears(56).Ticks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        Interlocked.Add(ref _ticks, dueTime.Ticks);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}

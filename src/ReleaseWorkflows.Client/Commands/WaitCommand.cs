using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace ReleaseWorkflows.Client.Commands;

/// <summary>What one waits for.</summary>
internal enum WaitTarget
{
    /// <summary>The package is built.</summary>
    Ready,

    /// <summary>The super app has approved.</summary>
    Decided,

    /// <summary>The version is live for everyone.</summary>
    Full,
}

/// <summary><c>rw wait</c>: waits until a release is so far, or can no longer get there, and tells meanwhile what happens to it.</summary>
internal static class WaitCommand
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Creates the command.</summary>
    public static Command Create(Run run)
    {
        var name = ReleaseName.Argument();
        var target = TargetOption("--for", "What to wait for. Full by default.");
        var timeout = TimeoutOption();
        var command = new Command("wait", "Waits until a release is so far, and tells what happens to it.") { name, target, timeout };
        command.SetAction((parsed, stop) => run(parsed, async (session, cancellationToken) =>
        {
            var id = await session.FindIdAsync(parsed.GetValue(name)!, cancellationToken);
            var deadline = session.Clock.GetUtcNow() + parsed.GetValue(timeout);
            var (exitCode, release) = await WaitAsync(session, id, parsed.GetValue(target) ?? WaitTarget.Full, deadline, cancellationToken);
            session.Report.Result(release, release.GetProperty("status").GetString()!);
            return exitCode;
        }, stop));
        return command;
    }

    /// <summary>The option that names what to wait for: <c>ready</c>, <c>decided</c> or <c>full</c>.</summary>
    public static Option<WaitTarget?> TargetOption(string name, string description) => new(name) { Description = description + " Ready, Decided or Full." };

    /// <summary>The option that says how long: <c>90s</c>, <c>30m</c>, <c>2h</c>, <c>3d</c>.</summary>
    public static Option<TimeSpan> TimeoutOption() => new("--timeout")
    {
        Description = "How long to wait at most, for example 90s, 30m, 2h or 3d. 1h by default.",
        DefaultValueFactory = _ => TimeSpan.FromHours(1),
        CustomParser = result =>
        {
            if (ReadTime(result.Tokens[0].Value) is { } time)
            {
                return time;
            }

            result.AddError($"“{result.Tokens[0].Value}” is no time; write 90s, 30m, 2h or 3d.");
            return default;
        },
    };

    /// <summary>Waits, telling each line of the release's log as it comes.</summary>
    /// <returns><see cref="ExitCode.Done"/>, <see cref="ExitCode.CameOtherwise"/> or <see cref="ExitCode.TimedOut"/>, and the release as it is then.</returns>
    public static async Task<(int ExitCode, JsonElement Release)> WaitAsync(
        Session session, string id, WaitTarget target, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var pause = ShortestPause;
        var (told, revision, waiting) = (0, -1, (string?)null);
        while (true)
        {
            var release = await session.Server.GetAsync($"api/releases/{id}", cancellationToken);
            if (release.GetProperty("revision").GetInt32() is var now && now != revision)
            {
                revision = now;
                pause = ShortestPause;
                told = await TellLogAsync(session, id, told, cancellationToken);
            }

            if (JudgementOf(release, target) is { } exitCode)
            {
                return (exitCode, release);
            }

            if (release.GetProperty("waitingFor").GetString() is { } what && what != waiting)
            {
                waiting = what;
                session.Report.Tell($"… {what}");
            }

            var left = deadline - session.Clock.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                session.Report.Tell($"Not {target} in time. {waiting}");
                return (ExitCode.TimedOut, release);
            }

            await Task.Delay(left < pause ? left : pause, session.Clock, cancellationToken);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    /// <summary>Whether it has come (0), cannot come any more (7), or is still to come (null).</summary>
    internal static int? JudgementOf(JsonElement release, WaitTarget target)
    {
        var status = release.GetProperty("status").GetString();
        if (status == "FullRelease")
        {
            return ExitCode.Done;
        }

        if (status is "Canceled" or "Archived")
        {
            return ExitCode.CameOtherwise;
        }

        if (status == "NewVersionCreated")
        {
            return release.GetProperty("building").GetString() switch
            {
                "BuildFailed" => ExitCode.CameOtherwise,
                "Ready" when target == WaitTarget.Ready => ExitCode.Done,
                // Nothing goes on by itself after a request that came back.
                "Ready" when release.GetProperty("lastRequest").GetString() is "Rejected" or "Withdrawn" => ExitCode.CameOtherwise,
                _ => null,
            };
        }

        return target switch
        {
            WaitTarget.Ready => ExitCode.Done,
            WaitTarget.Decided when release.GetProperty("lastRequest").GetString() == "Approved" => ExitCode.Done,
            _ => null,
        };
    }

    private static async Task<int> TellLogAsync(Session session, string id, int told, CancellationToken cancellationToken)
    {
        var log = (await session.Server.GetAsync($"api/releases/{id}/log", cancellationToken)).GetProperty("items");
        foreach (var line in log.EnumerateArray().Skip(told))
        {
            session.Report.Tell(string.Create(
                CultureInfo.InvariantCulture,
                $"{line.GetProperty("at").GetDateTimeOffset():HH:mm:ss} {line.GetProperty("actor").GetString()}: {line.GetProperty("text").GetString()}"));
        }

        return log.GetArrayLength();
    }

    private static TimeSpan? ReadTime(string text)
    {
        if (text.Length < 2 || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 10_000)
        {
            return null;
        }

        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
    }
}

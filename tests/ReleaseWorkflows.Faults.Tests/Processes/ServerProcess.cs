using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ReleaseWorkflows.Faults.Tests.Processes;

/// <summary>How a server process is started.</summary>
internal sealed record ServerSettings
{
    /// <summary>The data directory.</summary>
    public required string Folder { get; init; }

    /// <summary>Where it is to die, as <c>point:n</c>; null: nowhere.</summary>
    public string? Kill { get; init; }

    /// <summary>The promise it breaks.</summary>
    public BrokenPromise Broken { get; init; }

    /// <summary>How much its clock is ahead.</summary>
    public TimeSpan ClockIsAheadBy { get; init; }

    /// <summary>Most bytes a file of it may have (<c>RLIMIT_FSIZE</c>); null: as many as fit on the disk.</summary>
    public long? LargestFile { get; init; }

    /// <summary>Further settings as <c>--Name=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>A command of an operator, for example <c>backup</c>; null: it is to serve.</summary>
    public string? Command { get; init; }

    /// <summary>Where it believes to be, as <c>TZ</c> says it; null: where the machine is.</summary>
    public string? TimeZone { get; init; }
}

/// <summary>A server in a process of its own.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri?> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _ready.TrySetResult(null);
    }

    /// <summary>Where it listens; null if it ended before it did.</summary>
    public Uri? Address { get; private set; }

    /// <summary>From the start of the process to the first request it would take.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>True once it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The exit code of a process that has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>What it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts a server and waits until it listens or has ended.</summary>
    public static async Task<ServerProcess> StartAsync(ServerSettings settings)
    {
        string[] program =
        [
            "dotnet", typeof(ServerProcess).Assembly.Location, "server", .. settings.Command is { } word ? [word] : Array.Empty<string>(),
            "--environment=Development",
            "--urls=http://127.0.0.1:0",
            $"--ReleaseWorkflows:DataDirectory={settings.Folder}",
            "--ReleaseWorkflows:Access:PasswordIterations=1000",
            "--ReleaseWorkflows:RateLimit:RequestsPerSecond=0",
            "--ReleaseWorkflows:Outbox:FirstDelay=00:00:00.100",
            .. settings.Settings,
        ];
        // The limit is one of the process alone, so it is set by a program that becomes the server.
        string[] command = settings.LargestFile is { } bytes
            ? ["bash", "-c", string.Create(CultureInfo.InvariantCulture, $"trap '' XFSZ; exec prlimit --fsize={bytes}:unlimited \"$@\""), "bash", .. program]
            : program;
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment[KillSwitch.Variable] = settings.Kill ?? "";
        start.Environment[FaultProbe.Variable] = settings.Broken.ToString();
        start.Environment[FaultyServer.ClockVariable] = settings.ClockIsAheadBy == TimeSpan.Zero ? "" : settings.ClockIsAheadBy.Ticks.ToString(CultureInfo.InvariantCulture);
        if (settings.TimeZone is { } zone)
            start.Environment["TZ"] = zone;
        start.Environment["DOTNET_TieredPGO"] = "0";
        // Memory for compiled code is a file of two gigabytes otherwise, which the limit would forbid.
        if (settings.LargestFile is not null)
            start.Environment["DOTNET_EnableWriteXorExecute"] = "0";

        var server = new ServerProcess(start);
        var watch = Stopwatch.StartNew();
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        server.Address = await server._ready.Task.WaitAsync(Patience);
        server.StartTime = watch.Elapsed;
        // It has ended, but what it wrote last may still be on its way here.
        if (server.Address is null)
            await server.WaitAsync();
        return server;
    }

    /// <summary>Ends it as a power switch does.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end (<c>SIGTERM</c>), and waits until it has.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> StopAsync()
    {
        var watch = Stopwatch.StartNew();
        Signal("TERM");
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return watch.Elapsed;
    }

    /// <summary>Sends a signal, for example <c>STOP</c>.</summary>
    public void Signal(string name) => Run("kill", "-s", name, _process.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Lets its files have any size again: there is space on the disk.</summary>
    public void LiftFileLimit() => Run("prlimit", "--pid", _process.Id.ToString(CultureInfo.InvariantCulture), "--fsize=unlimited");

    /// <summary>Waits until it has ended by itself.</summary>
    public Task WaitAsync() => _process.WaitForExitAsync().WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
        if (ListensOn().Match(line) is { Success: true } match)
            _ready.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(@"listens on (http://[^\s,]+)")]
    private static partial Regex ListensOn();
}

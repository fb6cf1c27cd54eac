using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ReleaseWorkflows.Benchmarks.Load;
using ReleaseWorkflows.Benchmarks.Probes;

namespace ReleaseWorkflows.Benchmarks.Platform;

/// <summary>A server in a process of its own: the product, or one of the bare ones it is held against.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Product = "ReleaseWorkflows.Server.dll";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ServerProcess(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    /// <summary>Where it listens on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>From the start of the process to the first good answer.</summary>
    public TimeSpan TimeToReady { get; private set; }

    /// <summary>The product's folder; another build can be named with <c>--server=FOLDER</c>.</summary>
    public static string ProductFolder { get; set; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "ReleaseWorkflows.Server", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))));

    /// <summary>Starts the product on a data folder.</summary>
    /// <param name="data">Its data.</param>
    /// <param name="environment">Production, or Development to make the demo data.</param>
    /// <param name="settings">Further settings as <c>--Name=value</c>.</param>
    public static Task<ServerProcess> StartProductAsync(string data, string environment = "Production", params string[] settings)
    {
        var port = FreePort();
        return StartAsync(port, "/health/ready", environment, Path.GetFullPath(data) + ".log",
        [
            Path.Combine(ProductFolder, Product),
            string.Create(CultureInfo.InvariantCulture, $"--urls=http://127.0.0.1:{port}"),
            $"--ReleaseWorkflows:DataDirectory={data}",
            // High enough never to act; it is asked all the same, as in production.
            "--ReleaseWorkflows:RateLimit:RequestsPerSecond=1000000",
            "--ReleaseWorkflows:RateLimit:Burst=1000000",
            .. settings,
        ]);
    }

    /// <summary>Starts the bare server; without a folder it has no store.</summary>
    public static Task<ServerProcess> StartBareAsync(string? folder)
    {
        var port = FreePort();
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "ReleaseWorkflows.Benchmarks.dll"), BareServer.Command, port.ToString(CultureInfo.InvariantCulture)];
        return StartAsync(port, BareServer.Text, "Production", null, folder is null ? arguments : [.. arguments, folder]);
    }

    /// <summary>Memory in use, in megabytes.</summary>
    public double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public int Id => _process.Id;

    /// <summary>Asks the server to stop, and waits until it has.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(Patience);
            await _process.WaitForExitAsync(patience.Token);
        }

        _process.Dispose();
    }

    private static async Task<ServerProcess> StartAsync(int port, string readyPath, string environment, string? log, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = AppContext.BaseDirectory };
        // The shell steps aside (exec), so that process id, memory and time are those of the server.
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec \"$0\" \"$@\" >> '{log ?? "/dev/null"}' 2>&1");
        start.ArgumentList.Add(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet");
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        start.Environment["DOTNET_ENVIRONMENT"] = environment;

        var started = Stopwatch.GetTimestamp();
        var server = new ServerProcess(Process.Start(start)!, port);
        var request = HttpConnection.Request("GET", readyPath);
        while (true)
        {
            if (server._process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
                throw new InvalidOperationException($"The server did not start; see {log ?? "its output"}.");
            try
            {
                using var connection = await HttpConnection.OpenAsync(port);
                if (await connection.SendAsync(request) == 200)
                    break;
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // Not listening yet.
            }

            await Task.Delay(2);
        }

        server.TimeToReady = Stopwatch.GetElapsedTime(started);
        return server;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

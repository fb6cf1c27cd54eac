using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Readme;

/// <summary>The one command of the README starts the server, as its reader would type it.</summary>
public sealed class StartCommandTests
{
    [Fact]
    public async Task The_start_command_of_the_readme_starts_a_server_with_demo_data()
    {
        var data = TestServer.NewFolder();
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", ["run", "--no-build", "--project", "src/ReleaseWorkflows.Server"])
        {
            WorkingDirectory = ReadmeText.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        start.Environment["ReleaseWorkflows__DataDirectory"] = data;
        start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        using var server = Process.Start(start)!;
        var output = new List<string>();
        var ready = new TaskCompletionSource();
        server.OutputDataReceived += (_, line) => Note(line.Data);
        server.ErrorDataReceived += (_, line) => Note(line.Data);
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        try
        {
            await Task.WhenAny(ready.Task, server.WaitForExitAsync()).WaitAsync(TimeSpan.FromMinutes(2));
            using var http = new HttpClient();

            var health = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));

            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
            Assert.True(File.Exists(Path.Combine(data, "demo-access.json")), string.Join('\n', output));
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            Directory.Delete(data, recursive: true);
        }

        void Note(string? line)
        {
            if (line is null)
            {
                return;
            }

            lock (output)
            {
                output.Add(line);
            }

            if (line.Contains($"127.0.0.1:{port}", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Readme;

/// <summary>What the README tells a newcomer to type works, line by line, and prints what it says.</summary>
public sealed class ReadmeWalkTests
{
    private static readonly string[] AWholeRelease = ["setup", "development", "sandbox", "production"];

    [ToolFact("bash", "curl", "node", "zip")]
    public async Task The_walk_prints_what_the_readme_says()
    {
        await using var reader = await Reader.StartAsync();

        foreach (var command in ReadmeText.Commands([.. ReadmeText.Walks()]))
        {
            await reader.TypeAsync(command);
        }
    }

    [ToolFact("bash", "curl", "node", "zip")]
    public async Task The_walk_survives_a_restart_of_the_server_between_every_two_steps()
    {
        await using var reader = await Reader.StartAsync();

        foreach (var command in ReadmeText.Commands(AWholeRelease))
        {
            await reader.TypeAsync(command);
            await reader.Server.RestartAsync();
        }
    }

    [Fact]
    public void Every_block_of_commands_for_a_shell_belongs_to_the_walk_or_starts_the_server()
    {
        var text = File.ReadAllText(Path.Combine(ReadmeText.Root, "README.md"));

        var blocks = text.Split("```bash").Length - 1;

        Assert.Equal(ReadmeText.Walks().Count + 1, blocks);
        Assert.Contains("```bash\ndotnet run --project src/ReleaseWorkflows.Server\n```", text, StringComparison.Ordinal);
    }

    /// <summary>A newcomer in a checkout of their own, with a server that runs and a shell that is open.</summary>
    private sealed class Reader : IAsyncDisposable
    {
        private readonly string _checkout;
        private readonly BashSession _bash;

        private Reader(TestServer server, string checkout)
        {
            Server = server;
            _checkout = checkout;
            _bash = new BashSession(checkout);
        }

        public TestServer Server { get; }

        public static async Task<Reader> StartAsync()
        {
            var checkout = Directory.CreateDirectory(TestServer.NewFolder()).FullName;
            Copy(Path.Combine(ReadmeText.Root, "samples"), Path.Combine(checkout, "samples"));
            var server = await TestServer.StartAsync(folder: Path.Combine(checkout, "data"));
            var reader = new Reader(server, checkout);
            // Installed before, as CiExampleTests does it.
            await reader._bash.RunAsync($"rw() {{ dotnet {Path.Combine(AppContext.BaseDirectory, "rw.dll")} \"$@\"; }}");
            return reader;
        }

        public async Task TypeAsync(ReadmeCommand command)
        {
            // After a restart the server listens on another port; the walk's address is the only thing that is not as printed.
            await _bash.RunAsync($"BASE={Server.Http.BaseAddress!.ToString().TrimEnd('/')}");
            if (command.Text.StartsWith("BASE=", StringComparison.Ordinal))
            {
                return;
            }

            var (output, exitCode) = await _bash.RunAsync(command.Text);

            Assert.True(exitCode == 0, $"{command.Text}\nended with {exitCode}:\n{output}");
            if (command.Prints is { } expected)
            {
                Assert.True(expected == output, $"{command.Text}\nprinted {output}\ninstead of {expected}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _bash.DisposeAsync();
            await Server.DisposeAsync();
            Directory.Delete(_checkout, recursive: true);
        }

        private static void Copy(string from, string to)
        {
            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }
    }
}

using System.Diagnostics;
using System.Text.RegularExpressions;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Readme;

namespace ReleaseWorkflows.Server.Tests.Client;

/// <summary>The CI example does what it says: its steps are run one by one, in a shell, with the packed tool, against the real server.</summary>
public sealed partial class CiExampleTests
{
    [ToolFact("bash")]
    public async Task Each_step_of_the_example_succeeds()
    {
        await using var server = await TestServer.StartAsync();
        await using var folder = new TemporaryFolder();
        var feed = Directory.CreateDirectory(Path.Combine(folder.Path, "feed")).FullName;
        var work = Directory.CreateDirectory(Path.Combine(folder.Path, "work")).FullName;
        await PackAsync(feed);
        Copy(Path.Combine(ReadmeText.Root, "samples", "coffee"), Path.Combine(work, "samples", "coffee"));
        await using var bash = new BashSession(work);
        await bash.RunAsync(
            $"export RW_SERVER={server.Http.BaseAddress} RW_API_KEY={server.DemoUser(Role.Developer).ApiKey} RW_FEED={feed} TAG=v7.0.0 MINI_PROGRAM=coffee APP=superapp-a");
        await bash.RunAsync("export GITHUB_PATH=$PWD/path NUGET_PACKAGES=$PWD/packages DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1");

        var steps = Steps();
        foreach (var (name, commands) in steps)
        {
            foreach (var command in commands)
            {
                var (output, exitCode) = await bash.RunAsync(command);
                Assert.True(exitCode == 0, $"{name}: {command}\nended with {exitCode}:\n{output}");
            }

            // What the service does between steps: what was written to GITHUB_PATH is found from now on.
            await bash.RunAsync("if [ -f path ]; then export PATH=\"$(cat path):$PATH\"; fi");
        }

        Assert.Equal(5, steps.Count);
        var releases = (await server.As(Role.Developer).GetAsync("/api/releases?miniProgram=coffee&version=7.0.0")).Items;
        Assert.Equal(
            ["Production UnderReview", "Test FullRelease"],
            releases.Select(release => $"{release.GetProperty("environment").GetString()} {release.GetProperty("status").GetString()}").Order(StringComparer.Ordinal));
        Assert.Contains(releases, release => release.GetProperty("releaseNotes").GetString() == "Version 7.0.0.");
    }

    private static List<(string Name, string[] Commands)> Steps()
    {
        var text = File.ReadAllText(Path.Combine(ReadmeText.Root, "samples", "ci", "release.yml"));
        return [.. Step().Matches(text).Select(match => (
            match.Groups["name"].Value,
            match.Groups["run"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))];
    }

    private static async Task PackAsync(string feed)
    {
        using var pack = Process.Start(new ProcessStartInfo("dotnet", ["pack", "--no-build", "-c", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "-v", "q", "-o", feed, "src/ReleaseWorkflows.Client"])
        {
            WorkingDirectory = ReadmeText.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = await pack.StandardOutput.ReadToEndAsync();
        await pack.WaitForExitAsync();
        Assert.True(pack.ExitCode == 0, output);
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

    [GeneratedRegex(@"- name: (?<name>[^\n]+)\n        run: \|\n(?<run>(?:          [^\n]+\n)+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Step();
}

using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ReleaseWorkflows.Server.Tests.Readme;

/// <summary>One shell, as a reader of the README has it open: variables and functions last from command to command.</summary>
internal sealed class BashSession : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly Process _bash;
    private int _commands;

    public BashSession(string workingDirectory)
    {
        _bash = Process.Start(new ProcessStartInfo("bash", ["--noprofile", "--norc"])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _bash.ErrorDataReceived += (_, _) => { };
        _bash.BeginErrorReadLine();
        _bash.StandardInput.WriteLine("exec 2>&1; set -o pipefail");
    }

    /// <summary>Runs a command and gives what it printed and its exit code.</summary>
    public async Task<(string Output, int ExitCode)> RunAsync(string command)
    {
        var mark = $"--end-of-command-{++_commands}--";
        await _bash.StandardInput.WriteLineAsync($"{command}\nprintf '\\n%s %s\\n' {mark} $?");
        await _bash.StandardInput.FlushAsync();
        using var deadline = new CancellationTokenSource(Deadline);
        var output = new StringBuilder();
        while (await _bash.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.StartsWith(mark, StringComparison.Ordinal))
            {
                return (output.ToString().Trim(), int.Parse(line[(mark.Length + 1)..], CultureInfo.InvariantCulture));
            }

            output.AppendLine(line);
        }

        throw new InvalidOperationException($"The shell ended in “{command}”: {output}");
    }

    public async ValueTask DisposeAsync()
    {
        _bash.Kill(entireProcessTree: true);
        await _bash.WaitForExitAsync();
        _bash.Dispose();
    }
}

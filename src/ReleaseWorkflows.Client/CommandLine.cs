using System.CommandLine;
using ReleaseWorkflows.Client.Commands;
using ReleaseWorkflows.Client.Connection;
using ReleaseWorkflows.Client.Output;

namespace ReleaseWorkflows.Client;

/// <summary>
/// What can be typed. A command prints its result to standard output, where a script reads it, and everything for people to standard error;
/// with <c>--json</c> the result is what the platform answered. How it ends is told by its <see cref="ExitCode"/>.
/// </summary>
internal static class CommandLine
{
    private static readonly Option<string?> Server = new("--server")
    {
        Description = $"Address of the platform. Otherwise {ServerAddress.UrlVariable}, otherwise http://localhost:5080.",
        Recursive = true,
    };

    private static readonly Option<string?> Key = new("--key")
    {
        Description = $"API key. Better in {ServerAddress.KeyVariable}: others on the machine can read command lines.",
        Recursive = true,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print what the platform answers, as JSON.", Recursive = true };

    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print the result alone, no progress.", Recursive = true };

    /// <summary>Runs a command line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Surroundings surroundings, CancellationToken cancellationToken = default)
    {
        var parsed = Create(surroundings).Parse(args);
        var configuration = new InvocationConfiguration { Output = surroundings.Out, Error = surroundings.Error, EnableDefaultExceptionHandler = false };
        var report = new Report(surroundings.Out, surroundings.Error, parsed.GetValue(Json), parsed.GetValue(Quiet));
        if (parsed.Errors.Count > 0)
        {
            // Prints what is wrong and how the command is meant.
            await parsed.InvokeAsync(configuration, cancellationToken);
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (RwException exception)
        {
            report.Refused(exception);
            return exception.ExitCode;
        }
        catch (OperationCanceledException)
        {
            report.Tell("Interrupted. What was sent may have been carried out; rw status tells.");
            return ExitCode.Interrupted;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            report.Refused(new RwException(ExitCode.Failed, exception.Message));
            return ExitCode.Failed;
        }
    }

    private static RootCommand Create(Surroundings surroundings)
    {
        var root = new RootCommand("Uploads and releases mini programs.\nEnds with 0 done, 2 wrong usage, 3 not permitted, 4 refused, 5 server not reached, 6 not in time, 7 came otherwise.");
        root.Options.Add(Server);
        root.Options.Add(Key);
        root.Options.Add(Json);
        root.Options.Add(Quiet);
        Run run = async (parsed, work, cancellationToken) =>
        {
            var address = ServerAddress.Read(parsed.GetValue(Server), parsed.GetValue(Key), surroundings.Environment);
            using var server = new ReleaseServer(address, surroundings.Clock);
            return await work(new Session(server, new Report(surroundings.Out, surroundings.Error, parsed.GetValue(Json), parsed.GetValue(Quiet)), surroundings.Clock), cancellationToken);
        };
        foreach (var command in (Command[])
            [
                UploadCommand.Create(run), ReleaseCommand.Create(run), WaitCommand.Create(run), .. DecisionCommands.Create(run), TesterCommands.Create(run),
                .. GoLiveCommands.Create(run), StatusCommand.Create(run),
            ])
        {
            root.Subcommands.Add(command);
        }

        return root;
    }
}

/// <summary>Opens a session for a command line and does a command's work in it.</summary>
internal delegate Task<int> Run(ParseResult parsed, Func<Session, CancellationToken, Task<int>> work, CancellationToken cancellationToken);

/// <summary>What a command works with.</summary>
/// <param name="Server">The platform.</param>
/// <param name="Report">Where it tells what happens.</param>
/// <param name="Clock">The clock.</param>
internal sealed record Session(ReleaseServer Server, Report Report, TimeProvider Clock);

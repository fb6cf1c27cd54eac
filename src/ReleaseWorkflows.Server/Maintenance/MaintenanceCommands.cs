using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Server.Hosting;

namespace ReleaseWorkflows.Server.Maintenance;

/// <summary>
/// What an operator runs beside the server, with the same program and the same settings: <c>check</c> and <c>backup</c> while it works or
/// stands, <c>restore</c> while it stands.
/// </summary>
internal static class MaintenanceCommands
{
    private static readonly string[] Names = ["check", "backup", "restore"];

    /// <summary>True if the arguments name one of the commands.</summary>
    public static bool Are(string[] args) => args.Length > 0 && Names.Contains(args[0], StringComparer.Ordinal);

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code: 0 if all is well, 2 if a check found something.</returns>
    /// <exception cref="StartException">An option is missing, or a folder cannot be used.</exception>
    public static async Task<int> RunAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        string[] rest = args[1..];
        await using var server = ReleaseWorkflowsServer.Build(rest, configure);
        // Read from the command line alone: some systems have environment variables of these names.
        var options = new ConfigurationBuilder().AddCommandLine(rest).Build();
        var console = server.Services.GetRequiredService<TextWriter>();
        try
        {
            return args[0] switch
            {
                "check" => await CheckAsync(server.Services, options["database"], console),
                "backup" => await BackUpAsync(server.Services, options["to"], console),
                _ => await RestoreAsync(server.Services, options["from"], console),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The {args[0]} did not come to its end: {exception.Message}", exception);
        }
    }

    private static async Task<int> CheckAsync(IServiceProvider services, string? path, TextWriter console)
    {
        var database = services.GetRequiredService<DatabaseMaintenance>();
        var report = database.Check(path);
        await console.WriteLineAsync($"{path ?? database.DatabasePath}: {report}");
        return report.IsSound ? 0 : 2;
    }

    private static async Task<int> BackUpAsync(IServiceProvider services, string? target, TextWriter console)
    {
        var backup = new BackupFolder(target ?? throw new StartException("Say where to: backup --to <new folder>."));
        backup.Make(services.GetRequiredService<DataFolder>(), services.GetRequiredService<DatabaseMaintenance>());
        await console.WriteLineAsync($"Backed up to {backup.Path}. Bring it back with: restore --from {backup.Path}");
        return 0;
    }

    private static async Task<int> RestoreAsync(IServiceProvider services, string? source, TextWriter console)
    {
        var backup = new BackupFolder(source ?? throw new StartException("Say where from: restore --from <folder of a backup>. Stop the server first."));
        var data = services.GetRequiredService<DataFolder>();
        data.Create();
        var replaced = backup.Restore(data, services.GetRequiredService<DatabaseMaintenance>(), services.GetRequiredService<TimeProvider>().GetUtcNow());
        await console.WriteLineAsync($"Restored {data.Path} from {backup.Path}. Start the server again.");
        if (replaced is not null)
        {
            await console.WriteLineAsync($"  What was there before is kept in {replaced}.");
        }

        return 0;
    }
}

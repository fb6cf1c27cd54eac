using Microsoft.Extensions.Options;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Hosting;
using ReleaseWorkflows.Server.Maintenance;

// Start reading in Hosting/ReleaseWorkflowsServer.cs: what the server consists of, in the order of a request.
try
{
    if (args is ["create-admin", .. var options])
    {
        return await CreateAdminCommand.RunAsync(options);
    }

    if (MaintenanceCommands.Are(args))
    {
        return await MaintenanceCommands.RunAsync(args);
    }

    await using var server = await ReleaseWorkflowsServer.BuildPreparedAsync(args);
    server.WarmUpOnceStarted();
    await server.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is OptionsValidationException or DatabaseUnavailableException or StartException)
{
    // These say what the operator has to do; a stack trace would only hide it.
    await Console.Error.WriteLineAsync($"ReleaseWorkflows did not start. {exception.Message}");
    return 1;
}

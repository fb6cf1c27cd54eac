using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Persistence;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Hosting;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// <c>create-admin --email &lt;address&gt; --name &lt;name&gt;</c>: makes an administrator of the platform and prints password and API key, once. Works
/// in every environment, while the server is stopped.
/// </summary>
internal static class CreateAdminCommand
{
    /// <summary>The workspace that an administrator's role is noted under, since the role stands above workspaces.</summary>
    public static WorkspaceKey Platform { get; } = new("platform");

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code: 0 if the account was made.</returns>
    /// <exception cref="StartException">Address or name is missing, or the address is taken.</exception>
    public static async Task<int> RunAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        await using var server = ReleaseWorkflowsServer.Build(args, configure);

        // Read from the command line alone: some systems have environment variables of these names.
        var options = new ConfigurationBuilder().AddCommandLine(args).Build();
        if (options["email"] is not { Length: <= 254 } email || !EmailAddress.IsPlausible(email)
            || options["name"] is not { Length: >= 1 and <= 100 } name || string.IsNullOrWhiteSpace(name))
        {
            throw new StartException("Say who the administrator is: create-admin --email jo@example.com --name \"Jo Example\".");
        }

        server.Services.GetRequiredService<DataFolder>().Create();
        await server.Services.GetRequiredService<DatabaseInitializer>().InitializeAsync(CancellationToken.None);
        var clock = server.Services.GetRequiredService<TimeProvider>();
        var credentials = Credentials.Create(email, name, new Grant(Role.Administrator, Platform, []), server.Services.GetRequiredService<Passwords>(), clock.GetUtcNow());
        var isMade = await server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            async (services, stop) =>
            {
                var accounts = services.GetRequiredService<IAccountStore>();
                if (await accounts.FindByEmailAsync(email, stop) is not null)
                {
                    return UnitOfWorkResult.Discard(false);
                }

                credentials.SaveTo(accounts);
                return UnitOfWorkResult.Commit(true);
            },
            CancellationToken.None);
        if (!isMade)
        {
            throw new StartException($"There is an account with the address {email} already. Choose another address.");
        }

        var console = server.Services.GetRequiredService<TextWriter>();
        await console.WriteLineAsync($"Administrator {name} <{email}>. Keep these; they are not shown again.");
        await console.WriteLineAsync($"  Password: {credentials.Password}");
        await console.WriteLineAsync($"  API key:  {credentials.ApiKey}");
        return 0;
    }
}

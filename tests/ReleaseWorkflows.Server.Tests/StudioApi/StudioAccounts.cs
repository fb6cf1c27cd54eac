using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.StudioApi;

/// <summary>Accounts beside those of the demo data.</summary>
internal static class StudioAccounts
{
    /// <summary>A client with the key of a new administrator.</summary>
    public static Task<ApiClient> AdministratorAsync(TestServer server) => CreateAsync(server, Role.Administrator, "superapp");

    /// <summary>A client with the key of a new account.</summary>
    public static async Task<ApiClient> CreateAsync(TestServer server, Role role, string workspace)
    {
        var name = SharedServer.NewKey("studio");
        var secret = ApiKeySecret.Create();
        await server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            (services, _) =>
            {
                var accounts = services.GetRequiredService<IAccountStore>();
                var account = new Account { Id = new UserId(name), Email = $"{name}@example.com", Name = name, Grants = [new Grant(role, new WorkspaceKey(workspace), [])] };
                accounts.Save(account);
                accounts.AddKey(new ApiKey(ApiKeySecret.CreateId(), account.Id, "Key", ApiKeySecret.Hash(secret), server.Clock.GetUtcNow(), null));
                return Task.FromResult(UnitOfWorkResult.Commit(true));
            },
            CancellationToken.None);
        return server.With("ApiKey " + secret);
    }

    /// <summary>A workspace of another company, with an app that runs on the platform's default as the demo's do.</summary>
    /// <returns>The keys of the workspace and of the app.</returns>
    public static async Task<(string Workspace, string App)> OtherCompanyAsync(TestServer server)
    {
        var workspace = SharedServer.NewKey("elsewhere");
        var app = SharedServer.NewKey("app-elsewhere");
        await server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            (services, _) =>
            {
                services.GetRequiredService<IAccountStore>().SaveWorkspace(new Workspace(new WorkspaceKey(workspace), "Elsewhere", WorkspaceKind.Tenant));
                services.GetRequiredService<ITargetAppStore>().Save(new TargetApp
                {
                    Key = new AppKey(app),
                    Workspace = new WorkspaceKey(workspace),
                    Name = "Elsewhere",
                    WorkflowDefinitionId = "release-pipeline",
                    Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy> { [ReleaseEnvironment.Production] = new(ReviewMode.Manual) },
                });
                return Task.FromResult(UnitOfWorkResult.Commit(true));
            },
            CancellationToken.None);
        return (workspace, app);
    }
}

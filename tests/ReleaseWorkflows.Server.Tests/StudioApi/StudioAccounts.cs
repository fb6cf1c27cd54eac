using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.StudioApi;

/// <summary>Accounts beside those of the demo data.</summary>
internal static class StudioAccounts
{
    /// <summary>A client with the key of a new administrator.</summary>
    public static async Task<ApiClient> AdministratorAsync(TestServer server)
    {
        var name = SharedServer.NewKey("second-admin");
        var secret = ApiKeySecret.Create();
        await server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            (services, _) =>
            {
                var accounts = services.GetRequiredService<IAccountStore>();
                var account = new Account { Id = new UserId(name), Email = $"{name}@example.com", Name = name, Grants = [new Grant(Role.Administrator, new WorkspaceKey("superapp"), [])] };
                accounts.Save(account);
                accounts.AddKey(new ApiKey(ApiKeySecret.CreateId(), account.Id, "Key", ApiKeySecret.Hash(secret), server.Clock.GetUtcNow(), null));
                return Task.FromResult(UnitOfWorkResult.Commit(true));
            },
            CancellationToken.None);
        return server.With("ApiKey " + secret);
    }
}

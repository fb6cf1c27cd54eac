using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>Keys and their accounts as <see cref="AccountTable"/> keeps them in memory.</summary>
internal sealed class CommittedKeys(CommittedCache<ApiKey> keys, CommittedCache<Account> accounts) : ICommittedKeys
{
    public (ApiKey Key, Account Account)? FindInMemory(string secretHash) =>
        keys.FindKept(secretHash) is { } key && accounts.FindKept(key.Account.Value) is { } account ? (key, account) : null;
}

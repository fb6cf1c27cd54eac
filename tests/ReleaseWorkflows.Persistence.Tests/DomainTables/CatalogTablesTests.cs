using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Persistence.Idempotency;
using ReleaseWorkflows.Runtime.Storage;
using static ReleaseWorkflows.Persistence.Tests.DomainTables.DomainSamples;

namespace ReleaseWorkflows.Persistence.Tests.DomainTables;

/// <summary>Mini programs, apps, accounts and answers to repeat.</summary>
public sealed class CatalogTablesTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_mini_program_comes_back_as_it_was_saved_and_a_lost_race_changes_nothing()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IMiniProgramStore>(store => store.Save(MiniProgram()));
        await database.CommitAsync<IMiniProgramStore>(store => store.Save(MiniProgram(revision: 2, name: "Good coffee")));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(
            () => database.CommitAsync<IMiniProgramStore>(store => store.Save(MiniProgram(revision: 2, name: "Bad coffee"))));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.CommitAsync<IMiniProgramStore>(store => store.Save(MiniProgram())));

        var stored = await database.AskAsync<IMiniProgramStore, MiniProgram?>(store => store.FindAsync(Coffee, None));
        Assert.Equal(MiniProgram(revision: 2, name: "Good coffee"), stored);
    }

    [Fact]
    public async Task What_was_committed_is_what_the_next_unit_finds_and_what_was_refused_is_not()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IMiniProgramStore>(store => store.Save(MiniProgram()));
        Assert.Equal(MiniProgram(), await FindAsync());

        await database.CommitAsync<IMiniProgramStore>(store => store.Save(MiniProgram(revision: 2, name: "Good coffee")));
        Assert.Equal(MiniProgram(revision: 2, name: "Good coffee"), await FindAsync());

        await Assert.ThrowsAsync<ConcurrencyConflictException>(
            () => database.CommitAsync<IMiniProgramStore>(store => store.Save(MiniProgram(revision: 2, name: "Bad coffee"))));
        Assert.Equal(MiniProgram(revision: 2, name: "Good coffee"), await FindAsync());

        Task<MiniProgram?> FindAsync() => database.AskCachedAsync<IMiniProgramStore, MiniProgram?>(store => store.FindAsync(Coffee, None));
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_any_more()
    {
        await using var database = await TestDatabase.OpenAsync();
        var account = new Account { Id = new UserId("u"), Email = "u@example.com", Name = "U", Grants = [] };
        await database.CommitAsync<IAccountStore>(store =>
        {
            store.Save(account);
            store.AddKey(new ApiKey("key", account.Id, "Key", "hash", DateTimeOffset.UnixEpoch, null));
        });
        Assert.NotNull(await FindAsync());

        await database.CommitAsync<IAccountStore>(store => store.RemoveKey("key"));

        Assert.Null(await FindAsync());

        Task<(ApiKey Key, Account Account)?> FindAsync() =>
            database.AskCachedAsync<IAccountStore, (ApiKey, Account)?>(store => store.FindByKeyAsync("hash", None));
    }

    [Fact]
    public async Task Versions_are_listed_newest_first_and_a_number_is_taken_once()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IMiniProgramStore>(store => store.AddVersion(Version("1.0.0")));
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IMiniProgramStore>();
        unit.AddVersion(Version("1.1.0"));

        Assert.Equal([Version("1.1.0"), Version("1.0.0")], await unit.ListVersionsAsync(Coffee, None));
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(None);
        Assert.Equal([Version("1.1.0"), Version("1.0.0")], await unit.ListVersionsAsync(Coffee, None));
        Assert.Equal(Version("1.0.0"), await unit.FindVersionAsync(Coffee, new VersionNumber("1.0.0"), None));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.CommitAsync<IMiniProgramStore>(store => store.AddVersion(Version("1.0.0"))));
    }

    [Fact]
    public async Task Global_configurations_are_listed_oldest_first_and_a_number_is_taken_once()
    {
        await using var database = await TestDatabase.OpenAsync();
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        GlobalConfigurationRevision[] revisions =
        [
            new(Coffee, 1, now, null, null, ConfigurationValues.Empty),
            new(Coffee, 2, now.AddHours(1), new UserId("ada"), "Ada", new ConfigurationValues { ServerDomains = ["api.coffee.example"] }),
        ];
        await database.CommitAsync<IMiniProgramStore>(store => store.AddConfiguration(revisions[0]));
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IMiniProgramStore>();
        unit.AddConfiguration(revisions[1]);

        Assert.Equal(revisions, await unit.ListConfigurationsAsync(Coffee, None));
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(None);
        Assert.Equal(revisions, await unit.ListConfigurationsAsync(Coffee, None));
        Assert.Empty(await unit.ListConfigurationsAsync(new MiniProgramKey("tea"), None));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.CommitAsync<IMiniProgramStore>(store => store.AddConfiguration(revisions[1])));
    }

    [Fact]
    public async Task An_app_comes_back_as_it_was_saved()
    {
        await using var database = await TestDatabase.OpenAsync();
        var app = new TargetApp
        {
            Key = SuperApp,
            Workspace = new WorkspaceKey("superapp"),
            Name = "Super App A",
            Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy>
            {
                [ReleaseEnvironment.Sandbox] = new(ReviewMode.Manual, PilotMode.Required, 3, 1.5),
                [ReleaseEnvironment.Production] = new(ReviewMode.Manual),
            },
            WorkflowDefinitionId = "release-pipeline",
        };
        await database.CommitAsync<ITargetAppStore>(store => store.Save(app));

        var stored = await database.AskAsync<ITargetAppStore, TargetApp?>(store => store.FindAsync(SuperApp, None));

        Assert.Equal(JsonSerializer.Serialize(app), JsonSerializer.Serialize(stored));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.CommitAsync<ITargetAppStore>(store => store.Save(app)));
    }

    [Fact]
    public async Task Lists_are_in_the_order_of_the_keys_stored_or_not()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IMiniProgramStore>(store => store.Save(MiniProgram() with { Key = new MiniProgramKey("b") }));
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IMiniProgramStore>();
        unit.Save(MiniProgram() with { Key = new MiniProgramKey("c") });
        unit.Save(MiniProgram() with { Key = new MiniProgramKey("a") });

        Assert.Equal(["a", "b", "c"], (await unit.ListAsync(None)).Select(miniProgram => miniProgram.Key.Value));
    }

    [Fact]
    public async Task Addresses_are_unique_and_found_without_regard_to_case()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IAccountStore>(store => store.Save(Account("dee", "Dee@Acme.example")));

        var found = await database.AskAsync<IAccountStore, Account?>(store => store.FindByEmailAsync("dee@ACME.example", None));

        Assert.Equal("Dee@Acme.example", found!.Email);
        Assert.Equal([Coffee], found.Grants[0].MiniPrograms);
        var conflict = await Assert.ThrowsAsync<ConcurrencyConflictException>(
            () => database.CommitAsync<IAccountStore>(store => store.Save(Account("other", "DEE@acme.example"))));
        Assert.Contains("accounts.email", conflict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_leads_to_its_account_until_it_is_revoked()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IAccountStore>(store =>
        {
            store.Save(Account("ci", "ci@acme.example"));
            store.AddKey(new ApiKey("key1", new UserId("ci"), "pipeline", "hash1", Noon, Noon.AddDays(30)));
            store.AddKey(new ApiKey("key2", new UserId("ci"), "other", "hash2", Noon, null));
        });

        var found = await database.AskAsync<IAccountStore, (ApiKey Key, Account Account)?>(store => store.FindByKeyAsync("hash1", None));
        Assert.Equal(("key1", "ci", Noon.AddDays(30)), (found!.Value.Key.Id, found.Value.Account.Id.Value, found.Value.Key.ExpiresAt));

        await database.CommitAsync<IAccountStore>(store => store.RemoveKey("key1"));

        Assert.Null(await database.AskAsync<IAccountStore, (ApiKey, Account)?>(store => store.FindByKeyAsync("hash1", None)));
        Assert.Equal(["key2"], (await database.AskAsync<IAccountStore, IReadOnlyList<ApiKey>>(store => store.ListKeysAsync(new UserId("ci"), None))).Select(key => key.Id));
    }

    [Fact]
    public async Task A_workspace_may_change_its_name_but_not_its_kind()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IAccountStore>(store => store.SaveWorkspace(new Workspace(new WorkspaceKey("acme"), "Acme", WorkspaceKind.Developer)));
        await database.CommitAsync<IAccountStore>(store => store.SaveWorkspace(new Workspace(new WorkspaceKey("acme"), "Acme Inc.", WorkspaceKind.Tenant)));

        var stored = await database.AskAsync<IAccountStore, Workspace?>(store => store.FindWorkspaceAsync(new WorkspaceKey("acme"), None));

        Assert.Equal(new Workspace(new WorkspaceKey("acme"), "Acme Inc.", WorkspaceKind.Developer), stored);
    }

    [Fact]
    public async Task Of_concurrent_requests_with_one_key_one_is_remembered_and_the_others_find_its_answer()
    {
        await using var database = await TestDatabase.OpenAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(() => database.Runner.RunAsync(async (services, cancellationToken) =>
        {
            var store = services.GetRequiredService<IIdempotencyStore>();
            if (await store.FindAsync("dev", "key1", cancellationToken) is { } first)
                return UnitOfWorkResult.Discard(Encoding.UTF8.GetString(first.Body.Span));
            store.Add(new IdempotencyRecord("dev", "key1", "hash", 201, "application/json", "{}", Encoding.UTF8.GetBytes($"answer {caller}"), Noon));
            return UnitOfWorkResult.Commit($"answer {caller}");
        }, None))));

        Assert.Single(answers.Distinct());
        Assert.Equal(1, database.Count("SELECT count(*) FROM idempotency_records"));
    }

    private static MiniProgramVersion Version(string number) => new(Coffee, new VersionNumber(number), new string('a', 64), 1_000, 3, new UserId("dev"), "Dee", Noon);
}

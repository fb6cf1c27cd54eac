using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Persistence.Tests.DomainTables;

public sealed class SessionTableTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 12, 12, 0, 0, TimeSpan.Zero);
    private static readonly UserId Dan = new("dan");
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_session_is_found_by_its_secret_and_lists_by_its_last_use()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<ISessionStore>(store =>
        {
            store.Add(Session("a", Noon));
            store.Add(Session("b", Noon.AddMinutes(1)));
            store.Add(Session("c", Noon) with { Account = new UserId("other") });
        });

        await database.CommitAsync<ISessionStore>(store => store.Use("a", Noon.AddHours(1)));

        Assert.Equal(Session("b", Noon.AddMinutes(1)), await database.AskAsync<ISessionStore, Session?>(store => store.FindAsync("hash-b", None)));
        Assert.Equal(["a", "b"], await IdsAsync(database));
    }

    [Fact]
    public async Task Ending_all_leaves_the_one_that_asked_and_other_accounts()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<ISessionStore>(store =>
        {
            store.Add(Session("a", Noon));
            store.Add(Session("b", Noon));
            store.Add(Session("c", Noon) with { Account = new UserId("other") });
        });

        await database.CommitAsync<ISessionStore>(store => store.EndAll(Dan, "b"));

        Assert.Equal(["b"], await IdsAsync(database));
        Assert.NotNull(await database.AskAsync<ISessionStore, Session?>(store => store.FindAsync("hash-c", None)));
    }

    [Fact]
    public async Task What_ended_by_time_is_forgotten()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<ISessionStore>(store =>
        {
            store.Add(Session("unused", Noon.AddHours(-13)));
            store.Add(Session("over", Noon) with { EndsAt = Noon });
            store.Add(Session("good", Noon));
        });

        await database.CommitAsync<ISessionStore>(store => store.Forget(Dan, Noon.AddHours(-12), Noon));

        Assert.Equal(["good"], await IdsAsync(database));
    }

    private static Session Session(string id, DateTimeOffset usedAt) => new(id, Dan, "hash-" + id, "stamp", "Firefox", Noon, usedAt, Noon.AddDays(14));

    private static async Task<IEnumerable<string>> IdsAsync(TestDatabase database) =>
        (await database.AskAsync<ISessionStore, IReadOnlyList<Session>>(store => store.ListAsync(Dan, None))).Select(session => session.Id);
}

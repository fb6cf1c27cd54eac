using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Tests.DomainTables;
using ReleaseWorkflows.Runtime.Storage;
using static ReleaseWorkflows.Persistence.Tests.DomainTables.DomainSamples;

namespace ReleaseWorkflows.Persistence.Tests.Audit;

/// <summary>The trail: what is saved leaves a line, and all logs are one list.</summary>
public sealed class AuditTableTests
{
    private static CancellationToken None => CancellationToken.None;

    private static Account Person(int revision = 1, params Grant[] grants) => new() { Id = new UserId("p"), Email = "p@example.com", Name = "Pat", Grants = grants, Revision = revision };

    [Fact]
    public async Task Whoever_saves_something_leaves_a_line_with_it()
    {
        await using var database = await TestDatabase.OpenAsync();

        await database.CommitAsync<IAccountStore>(store =>
        {
            store.SaveWorkspace(new Workspace(new("acme"), "Acme", WorkspaceKind.Developer));
            store.Save(Person());
            store.AddKey(new ApiKey("k", new UserId("p"), "CI", "hash", Noon, null, [Permission.Prepare]));
        });
        await database.CommitAsync<IAccountStore>(store => store.Save(Person(2, new Grant(Role.DeveloperAdmin, new("acme"), []))));
        await database.CommitAsync<IAccountStore>(store => store.RemoveKey("k"));
        await database.CommitAsync<IMiniProgramStore>(store => store.Save(MiniProgram()));

        var actions = (await ListAsync(database)).Items.Select(line => line.What.Action);
        Assert.Equal(["mini-program.created", "api-key.revoked", "member.added", "api-key.created", "account.created", "workspace.created"], actions);
    }

    [Fact]
    public async Task What_is_not_committed_leaves_no_line()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IMiniProgramStore>(store => store.Save(MiniProgram()));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.CommitAsync<IMiniProgramStore>(store => store.Save(MiniProgram())));
        await database.Runner.RunAsync(
            (services, _) =>
            {
                services.GetRequiredService<IAccountStore>().Save(Person());
                return Task.FromResult(UnitOfWorkResult.Discard(true));
            },
            None);

        Assert.Single((await ListAsync(database)).Items);
    }

    [Fact]
    public async Task The_scopes_of_a_key_come_back_as_they_were_given()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IAccountStore>(store =>
        {
            store.Save(Person());
            store.AddKey(new ApiKey("narrow", new UserId("p"), "Narrow", "hash1", Noon, null, [Permission.Prepare, Permission.Apply]));
            store.AddKey(new ApiKey("wide", new UserId("p"), "Wide", "hash2", Noon, null));
            store.AddKey(new ApiKey("none", new UserId("p"), "None", "hash3", Noon, null, []));
        });

        var keys = await database.AskAsync<IAccountStore, IReadOnlyList<ApiKey>>(store => store.ListKeysAsync(new UserId("p"), None));

        Assert.Equal([Permission.Prepare, Permission.Apply], keys.Single(key => key.Id == "narrow").Scopes!);
        Assert.Null(keys.Single(key => key.Id == "wide").Scopes);
        Assert.Empty(keys.Single(key => key.Id == "none").Scopes!);
    }

    [Fact]
    public async Task Logs_of_releases_and_changes_of_definitions_are_part_of_the_list_without_being_written_twice()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store => store.Continue(store.Begin(Created(1, "1.0.0")), Built()));
        await database.CommitAsync<IAuditTrail>(trail => trail.Record(Event("app.changed", "superapp-a", "superapp")));

        var lines = (await ListAsync(database)).Items;

        Assert.Equal(["app.changed", "release.package-built", "release.created"], lines.Select(line => line.What.Action));
        var created = lines[^1];
        Assert.Equal(("Dee Developer", "acme", "superapp"), (created.By.Name, created.What.Workspace!.Value.Value, created.OtherWorkspace!.Value.Value));
        Assert.StartsWith("coffee 1.0.0 for superapp-a Production: New version created", created.What.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "app", null, null, "app.changed app.created")]
    [InlineData(null, "app.created", null, null, "app.created")]
    [InlineData(null, "release", null, null, "release.package-built release.created")]
    [InlineData(null, "release.created", null, null, "release.created")]
    [InlineData("dev", null, null, null, "release.created")]
    [InlineData("system", "app", null, null, "app.changed app.created")]
    [InlineData(null, null, "superapp-b", null, "app.changed")]
    [InlineData(null, null, null, "superapp", "app.changed app.created release.package-built release.created")]
    [InlineData(null, null, null, "acme", "release.package-built release.created")]
    [InlineData(null, null, null, "others", "")]
    public async Task The_list_is_narrowed_by_who_what_to_which_and_where(string? actor, string? action, string? subject, string? workspace, string expected)
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store => store.Continue(store.Begin(Created(1, "1.0.0")), Built()));
        await database.CommitAsync<IAuditTrail>(trail => trail.Record(Event("app.created", "superapp-a", "superapp")));
        await database.CommitAsync<IAuditTrail>(trail => trail.Record(Event("app.changed", "superapp-b", "superapp")));

        var page = await ListAsync(database, new AuditQuery
        {
            Actor = actor is null ? null : new UserId(actor),
            Action = action,
            Subject = subject,
            Scope = workspace is null ? null : new AuditScope([new WorkspaceKey(workspace)], []),
        });

        Assert.Equal(expected, string.Join(' ', page.Items.Select(line => line.What.Action)));
    }

    [Fact]
    public async Task A_period_begins_at_its_first_moment_and_ends_before_its_last()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store => store.Continue(store.Begin(Created(1, "1.0.0")), Built()));

        var first = await ListAsync(database, new AuditQuery { From = Noon, Until = Noon.AddSeconds(3) });
        var second = await ListAsync(database, new AuditQuery { From = Noon.AddSeconds(3) });

        Assert.Equal(["release.created"], first.Items.Select(line => line.What.Action));
        Assert.Equal(["release.package-built"], second.Items.Select(line => line.What.Action));
    }

    [Fact]
    public async Task Pages_of_any_size_show_every_line_once_and_in_order_across_the_sources()
    {
        await using var database = await TestDatabase.OpenAsync();
        for (var number = 1; number <= 5; number++)
        {
            // All releases are created at the same moment: what tells lines of one time apart is tried here too.
            await database.CommitAsync<IReleaseStore>(store => store.Continue(store.Begin(Created(number, $"1.0.{number}")), Built()));
            await database.CommitAsync<IAuditTrail>(trail => trail.Record(Event("app.changed", $"app-{number}", "superapp")));
        }

        var all = (await ListAsync(database, new AuditQuery { Limit = 500 })).Items.Select(Describe).ToList();
        foreach (var limit in new[] { 1, 2, 3, 7 })
        {
            var walked = new List<string>();
            string? after = null;
            do
            {
                var page = await ListAsync(database, new AuditQuery { Limit = limit, After = after });
                walked.AddRange(page.Items.Select(Describe));
                after = page.Next;
            }
            while (after is not null);

            Assert.Equal(all, walked);
        }

        Assert.Equal(15, all.Distinct().Count());

        static string Describe(AuditEntry line) => $"{line.At:O} {line.What.Action} {line.What.Subject}";
    }

    [Fact]
    public async Task A_position_that_is_none_is_refused()
    {
        await using var database = await TestDatabase.OpenAsync();

        await Assert.ThrowsAsync<FormatException>(() => ListAsync(database, new AuditQuery { After = "1.x.2" }));
    }

    private static AuditEvent Event(string action, string subject, string workspace) =>
        new(action, action.Split('.')[0], subject, new WorkspaceKey(workspace), $"{subject} {action}.", [new AuditChange("name", "a", "b")]);

    private static Task<AuditPage> ListAsync(TestDatabase database, AuditQuery? query = null) =>
        database.AskAsync<IAuditTrail, AuditPage>(trail => trail.ListAsync(query ?? new AuditQuery { Limit = 100 }, None));
}

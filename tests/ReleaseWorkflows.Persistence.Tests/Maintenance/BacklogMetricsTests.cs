using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Tests.Maintenance;

public sealed class BacklogMetricsTests
{
    [Fact]
    public async Task Queues_tell_how_long_they_are_how_long_they_have_been_due_and_what_was_given_up()
    {
        await using var database = await TestDatabase.OpenAsync();
        _ = database.Services.GetRequiredService<BacklogMetrics>();
        var now = TimeProvider.System.GetUtcNow();
        await database.CommitAsync<IOutbox>(outbox =>
        {
            outbox.Add(Letter("a", now.AddMinutes(-10)));
            outbox.Add(Letter("b", now.AddMinutes(-5)));
            outbox.Add(Letter("dead", now.AddDays(-1)) with { DeadAt = now });
            outbox.Add(Letter("done", now.AddDays(-1)) with { CompletedAt = now });
        });
        await database.CommitAsync<IOutsideJobStore>(jobs => jobs.Add(new OutsideJobRecord
        {
            Id = "j",
            InstanceId = "i",
            Kind = "http-request",
            RequestJson = "{}",
            IdempotencyKey = "k",
            CreatedAt = now,
            DueAt = now.AddHours(1),
        }));

        await database.CommitAsync(store =>
        {
            var stimulus = new FanOutRecord { Id = "waits", Range = new BookmarkRange("h", null, 0, 1, now), DueAt = now.AddMinutes(-1), Attempts = 3 };
            store.AddFanOut(stimulus);
            store.AddFanOut(stimulus with { Id = "dead", DeadAt = now });
        });

        var measured = Measure(database);

        Assert.Equal((1, 1), (measured["releaseworkflows.queue.length stimuli"], measured["releaseworkflows.dead_letters stimuli"]));
        Assert.InRange(measured["releaseworkflows.queue.overdue stimuli"], 60, 120);
        Assert.Equal(2, measured["releaseworkflows.queue.length outbox/email"]);
        Assert.InRange(measured["releaseworkflows.queue.overdue outbox/email"], 600, 660);
        Assert.Equal((1, 0), (measured["releaseworkflows.queue.length outside-work/http-request"], measured["releaseworkflows.queue.overdue outside-work/http-request"]));
        Assert.Equal(0, measured["releaseworkflows.queue.length due-timers"]);
        Assert.Equal(1, measured["releaseworkflows.dead_letters outbox/email"]);
        Assert.Equal(0, measured["releaseworkflows.commit.waiting"]);
        Assert.True(measured["releaseworkflows.log.size"] > 0 && measured["releaseworkflows.database.size"] > 0);
    }

    [Fact]
    public async Task A_queue_that_has_become_empty_is_told_of_with_nothing_in_it()
    {
        await using var database = await TestDatabase.OpenAsync();
        _ = database.Services.GetRequiredService<BacklogMetrics>();
        var letter = Letter("a", TimeProvider.System.GetUtcNow());
        await database.CommitAsync<IOutbox>(outbox => outbox.Add(letter));
        Assert.Equal(1, Measure(database)["releaseworkflows.queue.length outbox/email"]);

        await database.CommitAsync<IOutbox>(outbox => outbox.Update(letter with { CompletedAt = TimeProvider.System.GetUtcNow() }));

        Assert.Equal(0, Measure(database)["releaseworkflows.queue.length outbox/email"]);
    }

    private static OutboxMessage Letter(string key, DateTimeOffset at) => new(key, OutboxKinds.Email, null, "{}", at);

    // Of this database alone: others run beside it.
    private static Dictionary<string, double> Measure(TestDatabase database)
    {
        var meter = database.Services.GetRequiredService<PersistenceMetrics>().Meter;
        var measured = new Dictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter == meter) listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured[Name(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured[Name(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measured[Name(instrument, tags)] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
}

using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Execution;
using ReleaseWorkflows.Runtime.Loops;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>
/// Stores a stimulus that many wait for, instead of moving all of them in the unit of work that sends it: the sender need not wait for them, and nobody else for
/// a commit of thousands of rows. <see cref="FanOutPump"/> tells them.
/// </summary>
internal sealed class FanOuts(IWorkflowStore store, IUnitOfWork unit, EngineServices engine, FanOutSignal signal, IOptions<WorkflowRuntimeOptions> options)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    // Parts of a fan-out are worked off beside each other: while one commits, the next can run.
    private const int Parts = 4;
    private const long SmallestPart = 256;

    /// <summary>Stores the stimulus for every bookmark of the range that is stored by now.</summary>
    /// <param name="range">The bookmarks.</param>
    /// <param name="first">The number of the first of them.</param>
    /// <param name="input">Inputs of the bursts.</param>
    /// <param name="exceptInstances">Instances that hear it in this unit of work.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>False if the inputs have no JSON form: then everybody has to hear it in this unit.</returns>
    public async ValueTask<bool> TryAddAsync(
        BookmarkRange range, long first, IReadOnlyDictionary<string, object?>? input, IEnumerable<string> exceptInstances, CancellationToken cancellationToken)
    {
        if (!TryWrite(input, out var json) || await store.FindLastBookmarkNumberAsync(range.Hash, cancellationToken) is not { } last)
            return false;

        var size = Math.Max(SmallestPart, (last - first + Parts) / Parts);
        for (var after = first - 1; after < last; after += size)
        {
            store.AddFanOut(new FanOutRecord
            {
                Id = engine.Ids.GenerateId(),
                Range = range with { After = after, Last = Math.Min(after + size, last) },
                InputJson = json,
                ExceptInstances = [.. exceptInstances],
                DueAt = range.CreatedBy,
            });
        }

        unit.OnCommitted(signal.Wake);
        return true;
    }

    /// <summary>The inputs of a stored stimulus.</summary>
    public Dictionary<string, object?>? InputOf(FanOutRecord fanOut)
    {
        if (fanOut.InputJson is null)
            return null;

        using var document = JsonDocument.Parse(fanOut.InputJson);
        return document.RootElement.EnumerateObject().ToDictionary(static member => member.Name, member => StateValues.Read(member.Value.Clone(), engine.Types));
    }

    /// <summary>
    /// Notes that nothing more can be told for now: the first bookmark of the range could not be moved. It becomes a stimulus of its own, so that those behind it
    /// need not wait; alone, or if it is not the bookmark's fault, the stimulus itself waits.
    /// </summary>
    /// <param name="fanOut">The stimulus as it is stored.</param>
    /// <param name="error">Why.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What waits now, or was given up; it is <paramref name="fanOut"/> itself if nobody else is left.</returns>
    public async ValueTask<FanOutRecord> SetAsideAsync(FanOutRecord fanOut, Exception error, CancellationToken cancellationToken)
    {
        var first = IsReadable(fanOut) && await store.FindBookmarksAsync(fanOut.Range, 1, cancellationToken) is [var found, ..] ? found.Number : null;
        if (first is not { } number || number >= fanOut.Range.Last)
        {
            var failed = AfterFailure(fanOut, error);
            store.UpdateFanOut(failed, fanOut.Attempts);
            return failed;
        }

        var alone = AfterFailure(fanOut with { Id = engine.Ids.GenerateId(), Range = fanOut.Range with { Last = number }, Attempts = 0 }, error);
        store.AddFanOut(alone);
        store.MoveFanOut(fanOut, number);
        return alone;
    }

    private FanOutRecord AfterFailure(FanOutRecord fanOut, Exception error)
    {
        var (now, attempts) = (engine.Time.GetUtcNow(), fanOut.Attempts + 1);
        return fanOut with
        {
            Attempts = attempts,
            LastError = error.Message,
            DueAt = now + Backoff.After(attempts, FirstDelay, LongestDelay),
            DeadAt = attempts >= options.Value.ResumptionAttempts ? now : null,
        };
    }

    private bool IsReadable(FanOutRecord fanOut)
    {
        try
        {
            InputOf(fanOut);
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }

    private bool TryWrite(IReadOnlyDictionary<string, object?>? input, out string? json)
    {
        json = null;
        if (input is null || input.Count == 0)
            return true;

        try
        {
            var buffer = new ArrayBufferWriter<byte>(256);
            using (var writer = new Utf8JsonWriter(buffer))
            {
                writer.WriteStartObject();
                foreach (var (name, value) in input)
                {
                    writer.WritePropertyName(name);
                    StateValues.Write(writer, value, engine.Types);
                }

                writer.WriteEndObject();
            }

            json = Encoding.UTF8.GetString(buffer.WrittenSpan);
            return true;
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            return false;
        }
    }
}

/// <summary>Wakes the loop that tells stored stimuli when a unit of work has stored one.</summary>
internal sealed class FanOutSignal : WakeSignal;

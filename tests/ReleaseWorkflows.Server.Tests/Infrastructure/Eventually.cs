using System.Diagnostics;

namespace ReleaseWorkflows.Server.Tests.Infrastructure;

/// <summary>Waits for what happens in the background: looks again and again, up to a deadline.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Reads until the value is as wanted.</summary>
    /// <returns>The value that was.</returns>
    /// <exception cref="TimeoutException">It never was; the message holds the last value.</exception>
    public static async Task<T> ReadAsync<T>(Func<Task<T>> read, Predicate<T> isWanted, string what)
    {
        var watch = Stopwatch.StartNew();
        for (; ; )
        {
            var value = await read();
            if (isWanted(value))
            {
                return value;
            }

            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s for {what}. The last answer was: {value}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Asks until the answer is yes.</summary>
    public static Task BeTrueAsync(Func<Task<bool>> ask, string what) => ReadAsync(ask, answer => answer, what);

    /// <summary>Asks until the answer is yes.</summary>
    public static Task BeTrueAsync(Func<bool> ask, string what) => ReadAsync(() => Task.FromResult(ask()), answer => answer, what);
}

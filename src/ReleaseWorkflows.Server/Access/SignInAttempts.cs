using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// Counts failed attempts to sign in, per account address, known or not, so that a password cannot be found by trying; and per address of the network, so that
/// a few passwords cannot be tried on all accounts. Counted in memory, where attempts at the same time meet; what has failed is also kept in the database
/// (<see cref="SignIn"/>) and read when the server starts (<see cref="RestoreAsync"/>), so that a restart forgives nothing.
/// </summary>
internal sealed class SignInAttempts(IUnitOfWorkRunner units, IOptions<AccessOptions> options, TimeProvider clock)
{
    // More than that is no list of failures but a flood, which the trail tells of.
    private const int MostRestored = 100_000;

    private readonly AttemptCounter _attempts = new();

    /// <summary>Failures after this time count.</summary>
    public DateTimeOffset CountedSince => clock.GetUtcNow() - options.Value.AttemptWindow;

    /// <summary>Counts what had failed before the server was started.</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        var failures = await units.RunAsync(
            async (services, stop) => UnitOfWorkResult.Discard(await services.GetRequiredService<ISignInFailureStore>().ListAsync(CountedSince, MostRestored, stop)), cancellationToken);
        foreach (var failure in failures)
        {
            _attempts.Add(failure.Name, failure.At);
        }
    }

    /// <summary>Begins an attempt, which counts as failed until <see cref="Succeed"/>: attempts at the same time cannot slip through together.</summary>
    /// <returns>Null to go on, or how long to wait.</returns>
    public TimeSpan? Begin(string email, IPAddress? client)
    {
        var now = clock.GetUtcNow();
        var since = now - options.Value.AttemptWindow;
        if (_attempts.Begin(NameOf(client), now, since, options.Value.MaximumAttemptsPerClient) is { } oldest)
        {
            return oldest - since;
        }

        if (_attempts.Begin(NameOf(email), now, since, options.Value.MaximumAttempts) is { } first)
        {
            return first - since;
        }

        return null;
    }

    /// <summary>True if the attempt that has just begun was the last one for a while.</summary>
    public bool IsClosed(string email) => _attempts.Count(NameOf(email), CountedSince) >= options.Value.MaximumAttempts;

    /// <summary>Forgets the failures of an account that has signed in, and the attempt that did it of its network.</summary>
    /// <returns>True if there were failures beside this attempt.</returns>
    public bool Succeed(string email, IPAddress? client)
    {
        _attempts.ForgetLast(NameOf(client));
        return _attempts.Forget(NameOf(email)) > 1;
    }

    // CA1308: as addresses are stored.
#pragma warning disable CA1308
    /// <summary>What attempts to sign in with an address are counted under.</summary>
    public static string NameOf(string email) => "account " + email.Trim().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>What attempts from a place in the network are counted under: one customer of a provider has a whole /64 of IPv6 addresses.</summary>
    public static string NameOf(IPAddress? client) => "client " + client switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => client.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(client.GetAddressBytes().AsSpan(0, 8)),
        _ => client.ToString(),
    };

    private sealed class AttemptCounter
    {
        private const int MaximumNames = 20_000;

        private readonly Lock _lock = new();
        private readonly Dictionary<string, List<DateTimeOffset>> _attempts = new(StringComparer.OrdinalIgnoreCase);

        /// <returns>Null if it counts; otherwise the attempt that has to be forgotten first.</returns>
        public DateTimeOffset? Begin(string name, DateTimeOffset now, DateTimeOffset since, int maximum)
        {
            lock (_lock)
            {
                if (!_attempts.TryGetValue(name, out var times))
                {
                    MakeRoom(since);
                    _attempts[name] = times = [];
                }

                times.RemoveAll(time => time <= since);
                if (times.Count >= maximum)
                {
                    return times[0];
                }

                times.Add(now);
                return null;
            }
        }

        /// <summary>Counts a failure of before; they come in order.</summary>
        public void Add(string name, DateTimeOffset at)
        {
            lock (_lock)
            {
                if (!_attempts.TryGetValue(name, out var times))
                {
                    MakeRoom(at);
                    _attempts[name] = times = [];
                }

                times.Add(at);
            }
        }

        public int Count(string name, DateTimeOffset since)
        {
            lock (_lock)
            {
                return _attempts.TryGetValue(name, out var times) ? times.Count(time => time > since) : 0;
            }
        }

        /// <returns>How many attempts were counted.</returns>
        public int Forget(string name)
        {
            lock (_lock)
            {
                return _attempts.Remove(name, out var times) ? times.Count : 0;
            }
        }

        public void ForgetLast(string name)
        {
            lock (_lock)
            {
                if (_attempts.TryGetValue(name, out var times) && times.Count > 0)
                {
                    times.RemoveAt(times.Count - 1);
                }
            }
        }

        // Whoever floods the table with made-up names pushes out old entries, not the memory of the server.
        private void MakeRoom(DateTimeOffset since)
        {
            if (_attempts.Count < MaximumNames)
            {
                return;
            }

            foreach (var (name, times) in _attempts)
            {
                if (times.All(time => time <= since))
                {
                    _attempts.Remove(name);
                }
            }

            if (_attempts.Count >= MaximumNames)
            {
                _attempts.Remove(_attempts.MinBy(entry => entry.Value.LastOrDefault()).Key);
            }
        }
    }
}

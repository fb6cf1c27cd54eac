using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// Counts failed attempts to sign in, per account address, known or not, so that a password cannot be found by trying; and per address of the network, so that
/// a few passwords cannot be tried on all accounts. In memory, as the limits of requests are: a restart of the server forgives, and each attempt costs a slow hash
/// all the same. What is lasting (who is disabled, which sessions ended) is in the database.
/// </summary>
internal sealed class SignInAttempts(IOptions<AccessOptions> options, TimeProvider clock)
{
    private readonly AttemptCounter _accounts = new();
    private readonly AttemptCounter _clients = new();

    /// <summary>Begins an attempt, which counts as failed until <see cref="Succeed"/>: attempts at the same time cannot slip through together.</summary>
    /// <returns>Null to go on, or how long to wait.</returns>
    public TimeSpan? Begin(string email, IPAddress? client)
    {
        var now = clock.GetUtcNow();
        var since = now - options.Value.AttemptWindow;
        var network = NameOf(client);
        if (_clients.Begin(network, now, since, options.Value.MaximumAttemptsPerClient) is { } oldest)
        {
            return oldest - since;
        }

        if (_accounts.Begin(email, now, since, options.Value.MaximumAttempts) is { } first)
        {
            return first - since;
        }

        return null;
    }

    /// <summary>True if the attempt that has just begun was the last one for a while.</summary>
    public bool IsClosed(string email) => _accounts.Count(email, clock.GetUtcNow() - options.Value.AttemptWindow) >= options.Value.MaximumAttempts;

    /// <summary>Forgets the failures of an account that has signed in, and the attempt that did it of its network.</summary>
    public void Succeed(string email, IPAddress? client)
    {
        _accounts.Forget(email);
        _clients.ForgetLast(NameOf(client));
    }

    // One customer of a provider has a whole /64 of IPv6 addresses.
    private static string NameOf(IPAddress? client) => client switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => client.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(client.GetAddressBytes().AsSpan(0, 8)),
        _ => client.ToString(),
    };

    private sealed class AttemptCounter
    {
        private const int MaximumNames = 10_000;

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

        public int Count(string name, DateTimeOffset since)
        {
            lock (_lock)
            {
                return _attempts.TryGetValue(name, out var times) ? times.Count(time => time > since) : 0;
            }
        }

        public void Forget(string name)
        {
            lock (_lock)
            {
                _attempts.Remove(name);
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

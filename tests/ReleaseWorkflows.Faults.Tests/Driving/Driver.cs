using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace ReleaseWorkflows.Faults.Tests.Driving;

/// <summary>
/// Clients that move releases about at random, several at once: they create, apply, decide, withdraw, roll out and cancel, repeat themselves,
/// race each other for targets, and after a lost answer ask again with the same key until they have one.
/// </summary>
internal sealed class Driver
{
    private static readonly string[] MiniPrograms = ["coffee", "tea", "cake"];

    private static readonly (string App, string Environment)[] Targets =
    [
        ("superapp-a", "Development"), ("superapp-a", "Test"), ("superapp-a", "Sandbox"), ("superapp-a", "Production"),
        ("superapp-b", "Test"), ("superapp-b", "Production"),
    ];

    // As many ask for different things of one release at the same moment.
    private const int Stampede = 12;

    private readonly ConcurrentDictionary<string, byte> _releases = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _versions = new();
    private readonly Worker[] _workers;
    private readonly string _name;
    private int _keys;
    private int _numbers;

    /// <summary>Clients, whose choices follow from a seed.</summary>
    public Driver(History history, int seed, int workers = 4)
    {
        History = history;
        _name = seed.ToString(CultureInfo.InvariantCulture);
        _workers = [.. Enumerable.Range(0, workers).Select(number => new Worker(new Random(seed + (1_000_003 * number))))];
        foreach (var miniProgram in MiniPrograms)
            _versions[miniProgram] = [];
        _versions["coffee"].Add("1.0.0");
    }

    public History History { get; }

    /// <summary>Releases that have been made.</summary>
    public IEnumerable<string> Releases => _releases.Keys;

    /// <summary>Lets the clients work on a server until it is gone, each until it has done so many things, or until they are told to stop.</summary>
    public Task RunAsync(Uri address, string folder, int operations, CancellationToken stop = default) =>
        Task.WhenAll(_workers.Select(worker => Task.Run(() => RunAsync(worker, address, folder, operations, stop), CancellationToken.None)));

    /// <summary>Gets the answers that are still owed.</summary>
    public Task FinishAsync(Uri address, string folder) => RunAsync(address, folder, operations: 0);

    private async Task RunAsync(Worker worker, Uri address, string folder, int operations, CancellationToken stop)
    {
        using var client = new Client(address, folder, History);
        try
        {
            // What was asked before the server died is asked again first, in the same words.
            while (worker.Pending.TryPeek(out var owed))
            {
                await SendAsync(client, owed);
                worker.Pending.Dequeue();
            }
            for (var i = 0; i < operations && !stop.IsCancellationRequested; i++)
            {
                foreach (var operation in await ChooseAsync(worker.Random, client))
                    worker.Pending.Enqueue(operation);
                await SendAllAsync(client, worker);
            }
        }
        catch (HttpRequestException)
        {
            // The server is gone; the rest waits for the next one.
        }
    }

    // What was chosen together is sent together: a race.
    private async Task SendAllAsync(Client client, Worker worker)
    {
        var batch = worker.Pending.ToArray();
        var tasks = batch.Select(operation => SendAsync(client, operation)).ToArray();
        await Task.WhenAll(tasks.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
        worker.Pending.Clear();
        foreach (var operation in batch.Where((_, index) => !tasks[index].IsCompletedSuccessfully))
            worker.Pending.Enqueue(operation);
        await Task.WhenAll(tasks);
    }

    private async Task SendAsync(Client client, Operation operation)
    {
        for (var attempt = 1; ; attempt++)
        {
            await client.SendAsync(operation, isRecorded: false);
            // Nothing was done, says the server: the same request, a little later.
            if (operation.Status is not (503 or 507) || attempt == 50)
                break;
            await Task.Delay(20);
        }
        History.Completed(operation);
        if (operation.IsAccepted)
            Remember(operation);
    }

    private void Remember(Operation operation)
    {
        switch (operation.Kind)
        {
            case "create":
                _releases.TryAdd(operation.Release!, 0);
                break;
            case "upload":
                _versions[operation.Path.Split('/')[3]].Add(operation.Version!);
                break;
        }
    }

    private async Task<IReadOnlyList<Operation>> ChooseAsync(Random random, Client client)
    {
        var dice = random.Next(100);
        var miniProgram = MiniPrograms[random.Next(MiniPrograms.Length)];
        if (dice < 3)
            return [Post("mini-program", "/api/mini-programs", $$"""{ "key": "{{miniProgram}}", "name": "{{miniProgram}}", "description": "D", "category": "C" }""")];
        if (dice < 10)
            return [new Operation { Kind = "upload", Method = HttpMethod.Post, Path = $"/api/mini-programs/{miniProgram}/versions", Version = $"{Interlocked.Increment(ref _numbers) + 1}.0.0", Role = "DeveloperAdmin", Key = NewKey() }];
        if (dice < 14)
            return [Post("timers", "/workflows/timers", "{}")];
        if (dice < 30 || _releases.IsEmpty)
            return Repeated(random, Create(random, miniProgram));
        return await MoveAsync(random, client);
    }

    private List<Operation> Create(Random random, string miniProgram)
    {
        var versions = _versions[miniProgram].ToArray();
        var version = versions.Length == 0 ? "1.0.0" : versions[random.Next(versions.Length)];
        var (app, environment) = Targets[random.Next(Targets.Length)];
        var body = $$"""{ "miniProgram": "{{miniProgram}}", "version": "{{version}}", "app": "{{app}}", "environment": "{{environment}}" }""";
        // Now and then two ask for the same target at once, each under a key of its own.
        string[] paths = random.Next(3) == 0 ? ["/workflows/releases", "/api/releases"] : ["/workflows/releases"];
        return [.. paths.Select(path => Post("create", path, body))];
    }

    // Mostly what the server says is possible now, sometimes anything; sometimes several different things at once.
    private async Task<IReadOnlyList<Operation>> MoveAsync(Random random, Client client)
    {
        var releases = _releases.Keys.Order(StringComparer.Ordinal).ToArray();
        // The last ones are the ones that still move.
        var release = releases[Math.Max(releases.Length - 1 - random.Next(Math.Min(releases.Length, 8)), 0)];
        var read = new Operation { Kind = "read", Release = release, Method = HttpMethod.Get, Path = $"/api/releases/{release}", Role = random.Next(2) == 0 ? "Reviewer" : "DeveloperAdmin" };
        await client.SendAsync(read);
        if (read.Status != (int)HttpStatusCode.OK)
            return [];
        using var answer = JsonDocument.Parse(read.Answer);
        var allowed = answer.RootElement.GetProperty("allowedCommands").EnumerateArray().Select(command => AddressOf(command.GetString()!)).Where(Bodies.ContainsKey).ToArray();
        var commands = allowed.Length == 0 || random.Next(10) == 0 ? [.. Bodies.Keys] : allowed;
        var chosen = new List<Operation>();
        var dice = random.Next(12);
        for (var i = dice == 0 ? Stampede : dice < 3 ? 2 : 1; i > 0; i--)
            chosen.Add(Command(random, release, commands[random.Next(commands.Length)]));
        return Repeated(random, chosen);
    }

    // A nervous client sends everything three times under the same key.
    private static List<Operation> Repeated(Random random, List<Operation> operations) => random.Next(6) != 0
        ? operations
        : [.. Enumerable.Repeat(operations, 3).SelectMany(same => same).Select(operation => new Operation
        {
            Kind = operation.Kind, Release = operation.Release, Method = operation.Method, Path = operation.Path, Body = operation.Body, Role = operation.Role, Key = operation.Key,
        })];

    private static readonly Dictionary<string, Func<Random, string>> Bodies = new()
    {
        ["apply"] = _ => "{}",
        ["withdraw"] = _ => "{}",
        ["approve"] = _ => "{}",
        ["reject"] = _ => """{ "reason": "Not yet.", "category": "Details" }""",
        ["complete-pilot"] = _ => "{}",
        ["go-live"] = random => random.Next(3) == 0 ? """{ "type": "Full" }""" : """{ "type": "Grayscale" }""",
        ["grayscale"] = random => $$"""{ "percentage": {{random.Next(1, 101)}} }""",
        ["cancel"] = _ => """{ "reason": "Enough." }""",
        ["configuration"] = random => $$"""{ "serverDomains": ["api{{random.Next(1_000_000)}}.example.com"] }""",
        ["testers"] = random => $$"""{ "userIds": ["u-{{random.Next(1_000_000)}}"] }""",
    };

    private static string AddressOf(string command) => command switch
    {
        "edit-configuration" => "configuration",
        "update-testers" => "testers",
        _ => command,
    };

    private Operation Command(Random random, string release, string command) => new()
    {
        Kind = command,
        Release = release,
        Method = command is "configuration" or "testers" ? HttpMethod.Put : HttpMethod.Post,
        Path = $"/api/releases/{release}/{command}",
        Body = Bodies[command](random),
        Role = command is "approve" or "reject" ? "Reviewer" : "DeveloperAdmin",
        Key = NewKey(),
    };

    private Operation Post(string kind, string path, string body) =>
        new() { Kind = kind, Method = HttpMethod.Post, Path = path, Body = body, Role = "DeveloperAdmin", Key = NewKey() };

    private string NewKey() => $"{_name}-{Interlocked.Increment(ref _keys)}";

    private sealed class Worker(Random random)
    {
        public Random Random => random;

        /// <summary>Asked and not answered.</summary>
        public Queue<Operation> Pending { get; } = new();
    }
}

using System.Globalization;
using System.Text;
using ReleaseWorkflows.Benchmarks.Load;

namespace ReleaseWorkflows.Benchmarks.Platform;

/// <summary>
/// Takes the releases of one mini program through production, one after the other, a command at a time. Used by one caller at a time; where
/// one measurement stops, the next goes on.
/// </summary>
internal sealed class ReleaseWalk(Catalogue catalogue, IReadOnlyList<string> releases)
{
    /// <summary>The commands of the first release of a mini program, which is live at once.</summary>
    public static readonly IReadOnlyList<(string Command, string Role, string Body)> First =
    [
        ("apply", "DeveloperAdmin", "{}"),
        ("approve", "Reviewer", "{}"),
        ("complete-pilot", "DeveloperAdmin", "{}"),
        ("go-live", "DeveloperAdmin", """{"type":"Full"}"""),
    ];

    /// <summary>The commands of every further one: pilot, then 10, 20, 30, 50 and 100 percent. The last archives the version that was live.</summary>
    public static readonly IReadOnlyList<(string Command, string Role, string Body)> Further =
    [
        ("apply", "DeveloperAdmin", "{}"),
        ("approve", "Reviewer", """{"comment":"Fine."}"""),
        ("complete-pilot", "DeveloperAdmin", "{}"),
        ("grayscale", "DeveloperAdmin", """{"percentage":10}"""),
        ("grayscale", "DeveloperAdmin", """{"percentage":20}"""),
        ("grayscale", "DeveloperAdmin", """{"percentage":30}"""),
        ("grayscale", "DeveloperAdmin", """{"percentage":50}"""),
        ("grayscale", "DeveloperAdmin", """{"percentage":100}"""),
    ];

    private int _release;
    private int _command;

    /// <summary>Ids of the releases, in the order in which they are taken.</summary>
    public IReadOnlyList<string> Releases => releases;

    /// <summary>Commands that were answered with 200.</summary>
    public int Steps { get; private set; }

    /// <summary>Releases that are live for everyone or were.</summary>
    public int Completed => _release;

    /// <summary>Releases with their commands done so far.</summary>
    public IEnumerable<(string Release, int Commands)> Progress =>
        releases.Take(_release).Select(release => (release, Further.Count)).Concat(_command > 0 ? [(releases[_release], _command)] : []);

    /// <summary>The next request, or null if all releases are through.</summary>
    public byte[]? Next()
    {
        if (_release == releases.Count)
            return null;
        var (command, role, body) = Further[_command];
        var id = releases[_release];
        return HttpConnection.Request("POST", $"/api/releases/{id}/{command}", catalogue.Keys[role],
            string.Create(CultureInfo.InvariantCulture, $"{id}-{_command}"), body);
    }

    /// <summary>Notes that the request was carried out.</summary>
    public void Advance()
    {
        Steps++;
        if (++_command == Further.Count)
            (_release, _command) = (_release + 1, 0);
    }
}

/// <summary>A caller with mini programs of its own, that takes one step in each in turn.</summary>
internal sealed class WalkingCaller(IReadOnlyList<ReleaseWalk> walks) : ICaller
{
    private int _turn = -1;

    /// <summary>The first answer that was not 200, for whoever has to find out why.</summary>
    public static string? Refusal { get; private set; }

    /// <summary>The mini programs dealt out to so many callers.</summary>
    public static IReadOnlyList<ICaller> Of(int callers, IReadOnlyList<ReleaseWalk> walks) =>
        [.. Enumerable.Range(0, callers).Select(caller => new WalkingCaller([.. walks.Where((_, i) => i % callers == caller)]))];

    public byte[]? Next()
    {
        for (var tried = 0; tried < walks.Count; tried++)
        {
            _turn = (_turn + 1) % walks.Count;
            if (walks[_turn].Next() is { } request)
                return request;
        }

        return null;
    }

    public void Answered(int status, ReadOnlyMemory<byte> body)
    {
        if (status == 200)
            walks[_turn].Advance();
        else
            Refusal ??= Encoding.UTF8.GetString(body.Span);
    }
}

using System.Globalization;

namespace ReleaseWorkflows.Faults.Tests.Driving;

/// <summary>
/// Something a client wants from the server, under one idempotency key, however often it has to ask. What is written here is the history that
/// <see cref="HistoryCheck"/> judges.
/// </summary>
internal sealed class Operation
{
    /// <summary>What is wanted: a command of a release, or <c>create</c>, <c>upload</c>, <c>mini-program</c>, <c>timers</c>, <c>read</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The release it is about; null where there is none yet.</summary>
    public string? Release { get; set; }

    public required HttpMethod Method { get; init; }

    public required string Path { get; init; }

    /// <summary>A body as JSON; null: none.</summary>
    public string? Body { get; init; }

    /// <summary>The version to upload; null: no upload.</summary>
    public string? Version { get; init; }

    /// <summary>Who asks: the role of a demo user.</summary>
    public required string Role { get; init; }

    /// <summary>The idempotency key; null for a read.</summary>
    public string? Key { get; init; }

    /// <summary>What the history's clock said when it was first asked.</summary>
    public long InvokedAt { get; set; }

    /// <summary>What the history's clock said when the answer was there; 0: not yet.</summary>
    public long CompletedAt { get; set; }

    /// <summary>How often it was asked.</summary>
    public int Attempts { get; set; }

    /// <summary>The status of the answer; 0: unknown.</summary>
    public int Status { get; set; }

    /// <summary>The revision of the release in the answer; 0: none.</summary>
    public int Revision { get; set; }

    /// <summary>The status of the release in the answer; null: none.</summary>
    public string? ReleaseStatus { get; set; }

    /// <summary>The code of a refusal.</summary>
    public string? Code { get; set; }

    /// <summary>The body of the answer.</summary>
    public string Answer { get; set; } = "";

    /// <summary>True if the server said yes.</summary>
    public bool IsAccepted => Status is >= 200 and < 300;

    /// <summary>A new mini program, large enough that a few hundred fill some megabytes.</summary>
    public static Operation NewMiniProgram(string key) => new()
    {
        Kind = "mini-program",
        Method = HttpMethod.Post,
        Path = "/api/mini-programs",
        Body = $$"""{ "key": "{{key}}", "name": "{{new string('n', 90)}}", "description": "{{new string('d', 1_500)}}", "category": "C" }""",
        Role = "DeveloperAdmin",
        Key = "key-" + key,
    };

    /// <summary>An instance of the definition that waits three times.</summary>
    public static Operation Timers(string key) =>
        new() { Kind = "timers", Method = HttpMethod.Post, Path = "/workflows/timers", Body = "{}", Role = "DeveloperAdmin", Key = key };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"[{InvokedAt}-{CompletedAt}] {Role} {Kind} {Release} {Body} ×{Attempts} → {Status} {Code} {ReleaseStatus} revision {Revision}");
}

using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Persistence;

/// <summary>How long a confirmed step is certain to live.</summary>
public enum SynchronousLevel
{
    /// <summary>Each commit waits for the disk: what was confirmed survives a power failure.</summary>
    Full,

    /// <summary>The operating system writes when it likes: a power failure can take the last confirmed steps; a crash of the server cannot.</summary>
    Normal,
}

/// <summary>Settings of the database. The defaults suit one server on a local disk.</summary>
public sealed class PersistenceOptions
{
    /// <summary>Folder that holds the database; created when missing. A network share does not work: SQLite needs a local file system. Default: <c>data</c>.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>How long a confirmed step is certain to live. Default: <see cref="SynchronousLevel.Full"/>.</summary>
    public SynchronousLevel Synchronous { get; set; } = SynchronousLevel.Full;

    /// <summary>How long a commit waits when another program holds the database. Whole seconds, at least one. Default: 5 seconds.</summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most units of work that one transaction carries. 1 to 1,024. Default: 128.</summary>
    public int MaximumGroupSize { get; set; } = 128;

    /// <summary>Most units of work that wait for the writer; further callers wait for a place. 1 to 65,536. Default: 1,024.</summary>
    public int QueueCapacity { get; set; } = 1_024;

    /// <summary>How often work is tried when concurrent units are faster. 1 to 20. Default: 5.</summary>
    public int MaximumAttempts { get; set; } = 5;

    /// <summary>Pages in the write-ahead log from which the writer, when idle, moves them into the database. Default: 250 (about 1 MB).</summary>
    public int CheckpointPages { get; set; } = 250;

    /// <summary>Pages in the write-ahead log from which it does so even under load. Above <see cref="CheckpointPages"/>. Default: 500 (about 2 MB): whoever comes meanwhile waits, the longer the more there is.</summary>
    public int ForcedCheckpointPages { get; set; } = 500;

    /// <summary>
    /// True: a server does not start with a write-ahead log that is damaged in its middle, where confirmed transactions lie behind the damage. False: it starts with
    /// what came before, keeps the damaged log as a file beside the database, and is <c>Degraded</c> until that file is moved away. A torn end, as a power
    /// failure leaves it, is no damage. Default: false. Without effect with <see cref="SynchronousLevel.Normal"/>, which allows such logs.
    /// </summary>
    public bool RefuseDamagedLog { get; set; }

    internal string DatabasePath => Path.Combine(Path.GetFullPath(DataDirectory), "release-workflows.db");
}

/// <summary>Refuses settings that cannot work, with one sentence per setting.</summary>
internal sealed class PersistenceOptionsValidator : IValidateOptions<PersistenceOptions>
{
    public ValidateOptionsResult Validate(string? name, PersistenceOptions options)
    {
        var failures = new List<string>();
        Require(!string.IsNullOrWhiteSpace(options.DataDirectory), "DataDirectory must name a folder.");
        Require(Enum.IsDefined(options.Synchronous), "Synchronous must be Full or Normal.");
        Require(options.LockTimeout >= TimeSpan.FromSeconds(1) && options.LockTimeout.Ticks % TimeSpan.TicksPerSecond == 0,
            "LockTimeout must be a whole number of seconds, at least one.");
        Require(options.MaximumGroupSize is >= 1 and <= 1_024, "MaximumGroupSize must be between 1 and 1024.");
        Require(options.QueueCapacity is >= 1 and <= 65_536, "QueueCapacity must be between 1 and 65536.");
        Require(options.MaximumAttempts is >= 1 and <= 20, "MaximumAttempts must be between 1 and 20.");
        Require(options.CheckpointPages >= 1, "CheckpointPages must be at least 1.");
        Require(options.ForcedCheckpointPages > options.CheckpointPages, "ForcedCheckpointPages must be above CheckpointPages.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Require(bool holds, string sentence)
        {
            if (!holds)
                failures.Add(sentence);
        }
    }
}

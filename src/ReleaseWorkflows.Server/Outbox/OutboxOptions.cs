using System.ComponentModel.DataAnnotations;

namespace ReleaseWorkflows.Server.Outbox;

/// <summary>Settings of the outbox, in the section <c>ReleaseWorkflows:Outbox</c>.</summary>
internal sealed class OutboxOptions
{
    /// <summary>How many pieces of work of one kind run at the same time. 1 to 64. Default: 4.</summary>
    [Range(1, 64)]
    public int Parallelism { get; set; } = 4;

    /// <summary>
    /// After how many failures a piece of work is given up. 1 to 1,000. Default: 36, which is more than a day, so that a mail server may be away for one. A
    /// build that fails is given up after 8, which is about ten minutes.
    /// </summary>
    [Range(1, 1_000)]
    public int MaximumAttempts { get; set; } = 36;

    /// <summary>How long to wait after the first failure; each further one doubles it, up to an hour, with up to a fifth of chance. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the loop looks without being woken, in case a call got lost. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleInterval { get; set; } = TimeSpan.FromSeconds(30);
}

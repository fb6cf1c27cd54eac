namespace Elsa.Common;

/// <summary>The clock.</summary>
public interface ISystemClock
{
    /// <summary>The time now, UTC.</summary>
    DateTimeOffset UtcNow { get; }
}

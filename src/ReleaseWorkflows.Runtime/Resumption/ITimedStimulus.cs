namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>A stimulus that the passing of time supplies: a bookmark on it gets a timer, stored in the same commit.</summary>
public interface ITimedStimulus
{
    /// <summary>When it comes.</summary>
    DateTimeOffset DueAt { get; }
}

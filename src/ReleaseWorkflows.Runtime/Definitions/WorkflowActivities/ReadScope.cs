namespace ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;

/// <summary>What the reading of a definition shares with the reading of the workflows it uses as activities: the way down, and what was read so far.</summary>
internal sealed class ReadScope
{
    /// <summary>Most workflows that are inside each other.</summary>
    public const int MaxLevels = 16;

    private readonly List<string> _way = [];

    /// <summary>Activities read so far, at all levels.</summary>
    public int Count { get; set; }

    /// <summary>Definitions from the outermost one down to the one that is read now.</summary>
    public IReadOnlyList<string> Way => _way;

    /// <summary>Goes into a definition; the result leads out again.</summary>
    public IDisposable Enter(string definitionId)
    {
        _way.Add(definitionId);
        return new Exit(_way);
    }

    private sealed class Exit(List<string> way) : IDisposable
    {
        public void Dispose() => way.RemoveAt(way.Count - 1);
    }
}

namespace ReleaseWorkflows.Persistence.Maintenance;

/// <summary>A promise that the database does not keep.</summary>
/// <param name="Check">Which one, for programs: lower case with hyphens.</param>
/// <param name="Sentence">What is wrong, with the row it is about.</param>
public sealed record CheckFinding(string Check, string Sentence);

/// <summary>What a check of a database found.</summary>
/// <param name="Findings">Everything that is wrong; at most a hundred findings per check.</param>
/// <param name="Releases">Releases looked at.</param>
/// <param name="Events">Lines of their logs.</param>
/// <param name="Instances">Workflow instances looked at.</param>
public sealed record CheckReport(IReadOnlyList<CheckFinding> Findings, long Releases, long Events, long Instances)
{
    /// <summary>True if nothing is wrong.</summary>
    public bool IsSound => Findings.Count == 0;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Releases} releases, {Events} log lines, {Instances} workflow instances: " +
        (IsSound ? "sound." : $"{Findings.Count} findings.\n" + string.Join("\n", Findings.Select(finding => $"  {finding.Check}: {finding.Sentence}")));
}

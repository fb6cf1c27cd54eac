using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ReleaseWorkflows.Benchmarks.Reports;

/// <summary>One figure with what it is held against.</summary>
/// <param name="Workload">B1, B2, …</param>
/// <param name="What">What was measured.</param>
/// <param name="Value">The figure, with its unit.</param>
/// <param name="Against">What it is compared with, measured in the same minute; empty if the goal is absolute.</param>
/// <param name="Ratio">The comparison: median over the repetitions.</param>
/// <param name="Worst">The comparison in the worst repetition.</param>
/// <param name="Goal">The goal in words.</param>
/// <param name="IsMet">Whether the median meets it; null without a goal.</param>
internal sealed record Figure(string Workload, string What, string Value, string Against, string Ratio, string Worst, string Goal, bool? IsMet);

/// <summary>Collects figures and writes them as Markdown and JSON.</summary>
internal sealed class Report(Machine machine)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly List<Figure> _figures = [];
    private readonly List<string> _notices = [];

    public IReadOnlyList<Figure> Figures => _figures;

    /// <summary>True if every goal was met and no workload failed.</summary>
    public bool IsGood => _figures.TrueForAll(figure => figure.IsMet != false) && _notices.TrueForAll(notice => !notice.StartsWith("FAILED", StringComparison.Ordinal));

    /// <summary>Adds a figure and says it at once.</summary>
    public void Add(Figure figure)
    {
        _figures.Add(figure);
        Say($"{figure.Workload,-5} {figure.What,-58} {figure.Value,-34} {figure.Against,-30} {figure.Ratio,-8} (worst {figure.Worst}) goal {figure.Goal} {Mark(figure)}");
    }

    /// <summary>A figure that has to be at most so much: its median decides.</summary>
    public void AtMost(string workload, string what, string value, IReadOnlyList<double> ratios, double goal, string against = "", string unit = "×") =>
        Add(new Figure(workload, what, value, against, Text(Median(ratios), unit), Text(ratios.Max(), unit), $"≤ {Text(goal, unit)}", Median(ratios) <= goal));

    /// <summary>A figure that has to be at least so much: its median decides.</summary>
    public void AtLeast(string workload, string what, string value, IReadOnlyList<double> ratios, double goal, string against = "", string unit = "×") =>
        Add(new Figure(workload, what, value, against, Text(Median(ratios), unit), Text(ratios.Min(), unit), $"≥ {Text(goal, unit)}", Median(ratios) >= goal));

    /// <summary>A figure without a goal.</summary>
    public void Show(string workload, string what, string value) => Add(new Figure(workload, what, value, "", "", "", "", null));

    /// <summary>Something a reader of the figures has to know.</summary>
    public void Notice(string text)
    {
        _notices.Add(text);
        Say("      " + text);
    }

    public static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Writes <c>results.md</c> and <c>results.json</c>.</summary>
    public void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "results.json"), JsonSerializer.Serialize(new { machine, figures = _figures, notices = _notices }, Json));
        File.WriteAllText(Path.Combine(folder, "results.md"), ToMarkdown());
        Say($"Written to {Path.Combine(folder, "results.md")} and results.json.");
    }

    private string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Measured {machine.Date} at {machine.Commit}: {machine.Processor}, {machine.Cores} cores, {machine.System}, {machine.Runtime}, SQLite {machine.Sqlite}, {machine.Mode}.");
        text.AppendLine();
        text.AppendLine("| | what | measured | against | ratio | worst | goal | |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (var f in _figures)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {f.Workload} | {f.What} | {f.Value} | {f.Against} | {f.Ratio} | {f.Worst} | {f.Goal} | {Mark(f)} |");
        text.AppendLine();
        foreach (var notice in _notices)
            text.AppendLine(CultureInfo.InvariantCulture, $"- {notice}");
        return text.ToString();
    }

    private static string Mark(Figure figure) => figure.IsMet switch { true => "met", false => "MISSED", null => "" };

    private static string Text(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {unit}");

    private static void Say(string line) => Console.WriteLine(line);
}

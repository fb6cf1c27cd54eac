using System.Text.Json;

namespace ReleaseWorkflows.Client.Output;

/// <summary>Says what happens: results to standard output, everything else to standard error.</summary>
internal sealed class Report(TextWriter output, TextWriter error, bool isJson, bool isQuiet)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Progress, for people.</summary>
    public void Tell(string line)
    {
        if (!isQuiet)
        {
            error.WriteLine(Clean(line));
        }
    }

    /// <summary>Something that was not done, for people; told also to those who want no progress.</summary>
    public void Complain(string line) => error.WriteLine(Clean(line));

    /// <summary>The result: a text for scripts and people, or the platform's answer with <c>--json</c>.</summary>
    public void Result(JsonElement answer, params IEnumerable<string> lines)
    {
        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(answer, Readable));
            return;
        }

        foreach (var line in lines)
        {
            output.WriteLine(Clean(line));
        }
    }

    /// <summary>Why the program ends without a result. With <c>--json</c> the platform's problem is the result.</summary>
    public void Refused(RwException exception)
    {
        error.WriteLine(Clean($"rw: {exception.Message}{(exception.Code is { } code ? $" ({code})" : "")}"));
        if (exception.Problem is not { ValueKind: JsonValueKind.Object } problem)
        {
            return;
        }

        if (problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in errors.EnumerateObject())
            {
                foreach (var message in field.Value.EnumerateArray())
                {
                    error.WriteLine(Clean($"  {field.Name}: {message.GetString()}"));
                }
            }
        }

        if (problem.TryGetProperty("rejected", out var rejected) && rejected.ValueKind == JsonValueKind.Array)
        {
            foreach (var row in rejected.EnumerateArray())
            {
                error.WriteLine(Clean($"  line {row.GetProperty("line").GetInt32()}: {row.GetProperty("reason").GetString()}"));
            }
        }

        if (problem.TryGetProperty("allowedCommands", out var commands) && commands.GetArrayLength() > 0)
        {
            error.WriteLine(Clean($"  Possible now: {string.Join(", ", commands.EnumerateArray().Select(command => command.GetString()))}"));
        }

        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(problem, Readable));
        }
    }

    // What others wrote must not move the cursor of a terminal or colour it.
    private static string Clean(string line) => string.Concat(line.Select(character => char.IsControl(character) && character != '\t' ? ' ' : character));
}

using System.Text.Json;

namespace ReleaseWorkflows.Client;

/// <summary>Something that ends the program with a sentence and an exit code.</summary>
internal sealed class RwException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="exitCode">One of <see cref="Client.ExitCode"/>.</param>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="problem">What the server says, if it is the server who says it.</param>
    public RwException(int exitCode, string message, JsonElement? problem = null)
        : base(message)
    {
        ExitCode = exitCode;
        Problem = problem;
    }

    /// <summary>How the program ends.</summary>
    public int ExitCode { get; }

    /// <summary>The server's problem document; null if the server has said nothing.</summary>
    public JsonElement? Problem { get; }

    /// <summary>The code of the problem, for example <c>target-used</c>; null if there is none.</summary>
    public string? Code => Problem is { ValueKind: JsonValueKind.Object } problem && problem.TryGetProperty("code", out var code) ? code.GetString() : null;
}

using Jint.Parser;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// A script could not be read, failed, or reached one of its bounds. The message is written for the author of the script: the
/// position, then the script's own words.
/// </summary>
public sealed class ScriptException : Exception
{
    /// <summary>Creates the exception without details.</summary>
    public ScriptException()
    {
    }

    /// <summary>Creates the exception with the reason, position unknown.</summary>
    public ScriptException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the reason and what caused it, position unknown.</summary>
    public ScriptException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception with the reason and its position.</summary>
    /// <param name="reason">What is wrong, without the position.</param>
    /// <param name="line">Line in the script, counted from 1; 0 if unknown.</param>
    /// <param name="column">Column in that line, counted from 1; 0 if unknown.</param>
    public ScriptException(string reason, int line, int column)
        : base(line > 0 ? $"Line {line}, column {column}: {reason}" : reason)
    {
        Line = line;
        Column = column;
    }

    /// <summary>Line in the script, counted from 1; 0 if unknown.</summary>
    public int Line { get; }

    /// <summary>Column in that line, counted from 1; 0 if unknown.</summary>
    public int Column { get; }

    internal static ScriptException At(Location? location, string reason) =>
        location is null ? new ScriptException(reason) : new ScriptException(reason, location.Start.Line, location.Start.Column + 1);
}

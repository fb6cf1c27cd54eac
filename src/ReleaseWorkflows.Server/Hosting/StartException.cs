namespace ReleaseWorkflows.Server.Hosting;

/// <summary>The server cannot start like this; the message says what the operator has to do.</summary>
internal sealed class StartException : Exception
{
    /// <summary>Creates the exception without details.</summary>
    public StartException()
    {
    }

    /// <summary>Creates the exception with what to do.</summary>
    public StartException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what to do and the cause.</summary>
    public StartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

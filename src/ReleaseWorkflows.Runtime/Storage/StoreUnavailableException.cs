namespace ReleaseWorkflows.Runtime.Storage;

/// <summary>
/// The store cannot be read or written now. It says nothing about the work that met it: a burst ends with this exception and its unit of
/// work leaves no trace, so that the same stimulus succeeds once the store is back. It never becomes an incident.
/// </summary>
/// <remarks>Stores derive their own exceptions from it. Those that work on in spite of it, such as loops, try again later.</remarks>
public class StoreUnavailableException : Exception
{
    /// <summary>Creates the exception without details.</summary>
    public StoreUnavailableException()
    {
    }

    /// <summary>Creates the exception with what is the matter and what to do.</summary>
    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what is the matter and the store's own complaint.</summary>
    public StoreUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

namespace ReleaseWorkflows.Client;

/// <summary>How the program ends: for scripts, which look at nothing else.</summary>
internal static class ExitCode
{
    /// <summary>Done; what was waited for has come.</summary>
    public const int Done = 0;

    /// <summary>Something went wrong that has no code of its own, for example a file that cannot be read.</summary>
    public const int Failed = 1;

    /// <summary>The command line cannot be understood.</summary>
    public const int Usage = 2;

    /// <summary>The key is missing, unknown or not permitted to do this.</summary>
    public const int Forbidden = 3;

    /// <summary>The platform refuses, and says why.</summary>
    public const int Refused = 4;

    /// <summary>The server was not reached, or could not work, also after several attempts.</summary>
    public const int Unreachable = 5;

    /// <summary>What was waited for did not come in time.</summary>
    public const int TimedOut = 6;

    /// <summary>What was waited for cannot come any more: the build failed, the request was rejected or withdrawn, the release was canceled.</summary>
    public const int CameOtherwise = 7;

    /// <summary>Ended by Ctrl+C.</summary>
    public const int Interrupted = 130;
}

namespace ReleaseWorkflows.Server.Api.Problems;

/// <summary>Tells a disk without space from other troubles with files, and with what clients send.</summary>
internal static class DiskSpace
{
    /// <summary>True if a file could not be written because disk or quota are full.</summary>
    // "No space left on device" and "disk quota exceeded" of Linux and of macOS; "disk full" of Windows, in two forms.
    public static bool IsUsedUp(Exception exception) => exception is IOException { HResult: 28 or 69 or 122 or unchecked((int)0x80070070) or unchecked((int)0x80070027) };
}

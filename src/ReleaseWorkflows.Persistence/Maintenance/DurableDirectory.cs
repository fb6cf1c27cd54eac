using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ReleaseWorkflows.Persistence.Maintenance;

/// <summary>Makes created and renamed directory entries survive a loss of power, which flushing the files themselves does not do on Unix.</summary>
public static class DurableDirectory
{
    private const int ReadOnly = 0;

    /// <summary>Waits until the entries of a directory are on disk. On Windows the file system's own journal sees to it; nothing happens.</summary>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        // Some file systems cannot flush a directory; they answer with an error, and there is nothing more that could be done.
        _ = Synchronize(descriptor);
        _ = Close(descriptor);
    }

    // The framework opens no directories, so the three calls go to the system's library.
    [DllImport("libc", EntryPoint = "open", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Synchronize(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}

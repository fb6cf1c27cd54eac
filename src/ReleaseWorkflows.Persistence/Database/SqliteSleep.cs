using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// Lets SQLite wait for microseconds. The bundled library was compiled without <c>usleep</c>, so on Unix each pause it takes, for example a
/// reader that meets a commit at the wrong moment, lasts a whole second. A virtual file system registered over the default one differs
/// from it in this one function.
/// </summary>
internal static unsafe partial class SqliteSleep
{
    private const string Library = "e_sqlite3";

    public static void Install()
    {
        if (OperatingSystem.IsWindows())
            return;
        var standard = FindVfs(null);
        if (standard is null)
            return;
        // Never freed: SQLite keeps the pointers as long as the process lives.
        var patient = (Vfs*)NativeMemory.Alloc((nuint)sizeof(Vfs));
        *patient = *standard;
        patient->Next = null;
        patient->Name = (byte*)Marshal.StringToCoTaskMemUTF8("unix-microseconds");
        patient->Sleep = &Sleep;
        if (RegisterVfs(patient, makeDefault: 1) != SQLitePCL.raw.SQLITE_OK)
            throw new InvalidOperationException("SQLite refuses its file system layer.");
    }

    /// <summary>A pause as SQLite itself takes it, through the file system layer in use.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_sleep")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    internal static partial int Pause(int milliseconds);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sleep(Vfs* vfs, int microseconds)
    {
        // Short pauses end by giving others the processor; longer ones by time.
        if (microseconds < 1_000)
            Thread.Yield();
        else
            Thread.Sleep(TimeSpan.FromMicroseconds(microseconds));
        return microseconds;
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_find")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial Vfs* FindVfs(byte* name);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_register")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial int RegisterVfs(Vfs* vfs, int makeDefault);

    /// <summary>SQLite's <c>sqlite3_vfs</c>, version 3. The functions that are only passed on are plain pointers.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int MaximumPathLength;
        public Vfs* Next;
        public byte* Name;
        public void* ApplicationData;
        public void* Open;
        public void* Delete;
        public void* Access;
        public void* FullPathname;
        public void* LibraryOpen;
        public void* LibraryError;
        public void* LibrarySymbol;
        public void* LibraryClose;
        public void* Randomness;
        public delegate* unmanaged[Cdecl]<Vfs*, int, int> Sleep;
        public void* CurrentTime;
        public void* LastError;
        public void* CurrentTimeInt64;
        public void* SetSystemCall;
        public void* GetSystemCall;
        public void* NextSystemCall;
    }
}

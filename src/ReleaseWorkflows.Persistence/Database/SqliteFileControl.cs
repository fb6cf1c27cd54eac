using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>Questions to SQLite about the file behind a connection. Costs a look at the file's entry, no access to the disk.</summary>
internal static unsafe partial class SqliteFileControl
{
    private const int HasMovedCode = 20;

    /// <summary>True if the file that the connection has open is no longer the one at its path.</summary>
    public static bool HasMoved(SQLitePCL.sqlite3 database)
    {
        var hasMoved = 0;
        var result = Control(database.DangerousGetHandle(), null, HasMovedCode, &hasMoved);
        GC.KeepAlive(database);
        // A file system layer that cannot tell says so; then nothing is known against the file.
        return result == SQLitePCL.raw.SQLITE_OK && hasMoved != 0;
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial int Control(nint database, byte* name, int operation, void* argument);
}

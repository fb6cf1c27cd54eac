using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ReleaseWorkflows.Faults.Tests.PowerLoss;

/// <summary>
/// A file system layer under SQLite that keeps account, for the files below one folder, of what the disk would hold if the power went now. It
/// stands before the usual one and passes everything on; files elsewhere it does not touch.
/// </summary>
internal static unsafe partial class LosingFileSystem
{
    private const string Library = "e_sqlite3";
    private const int Ok = 0;

    private static readonly ConcurrentDictionary<nint, Tracked> Open = new();
    private static readonly Lock Gate = new();
    private static Vfs* _below;
    private static volatile Watch? _watch;

    /// <summary>Watches a folder from now on; one at a time.</summary>
    /// <param name="folder">Only files that are opened from now on count.</param>
    /// <param name="happened">Called after each write and each wait for the disk, on the thread that made it.</param>
    public static void Begin(string folder, Action happened)
    {
        Install();
        _watch = new Watch(folder, happened);
    }

    /// <summary>Stops watching.</summary>
    public static void End() => _watch = null;

    /// <summary>The files as they are found after the power went now, by their names.</summary>
    public static IReadOnlyDictionary<string, byte[]> Cut(Random random)
    {
        lock (Gate)
            return _watch!.Files.ToDictionary(file => file.Key, file => file.Value.Cut(random));
    }

    private static void Install()
    {
        lock (Gate)
        {
            if (_below is not null)
                return;
            // The product's own layer is registered when its assembly is loaded.
            RuntimeHelpers.RunModuleConstructor(typeof(Persistence.PersistenceServices).Module.ModuleHandle);
            var below = FindVfs(null);
            // Never freed: SQLite keeps the pointers as long as the process lives.
            var layer = (Vfs*)NativeMemory.Alloc((nuint)sizeof(Vfs));
            *layer = *below;
            layer->Next = null;
            layer->Name = (byte*)Marshal.StringToCoTaskMemUTF8("power-loss");
            layer->Open = &OpenFile;
            _below = below;
            if (RegisterVfs(layer, makeDefault: 1) != Ok)
                throw new InvalidOperationException("SQLite refuses the file system layer.");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OpenFile(Vfs* layer, byte* name, SqliteFile* file, int flags, int* outFlags)
    {
        var result = _below->Open(_below, name, file, flags, outFlags);
        if (result == Ok && name is not null && _watch is { } watch && Marshal.PtrToStringUTF8((nint)name) is { } path
            && path.StartsWith(watch.Folder, StringComparison.Ordinal) && (path.EndsWith(".db", StringComparison.Ordinal) || path.EndsWith("-wal", StringComparison.Ordinal)))
        {
            lock (Gate)
            {
                var image = watch.Files.GetOrAdd(Path.GetFileName(path), _ => new FileImage(path));
                var below = file->Methods;
                var methods = (Methods*)NativeMemory.Alloc((nuint)sizeof(Methods));
                *methods = *below;
                methods->Write = &Write;
                methods->Truncate = &Truncate;
                methods->Sync = &Sync;
                methods->Close = &Close;
                Open[(nint)file] = new Tracked(watch, image, (nint)below, (nint)methods);
                file->Methods = methods;
            }
        }
        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(SqliteFile* file, void* bytes, int count, long offset)
    {
        var tracked = Open[(nint)file];
        int result;
        lock (Gate)
        {
            result = tracked.Below->Write(file, bytes, count, offset);
            if (result == Ok)
                tracked.Image.Write(offset, new ReadOnlySpan<byte>(bytes, count));
        }
        tracked.Watch.Happened();
        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(SqliteFile* file, long size)
    {
        var tracked = Open[(nint)file];
        lock (Gate)
        {
            var result = tracked.Below->Truncate(file, size);
            if (result == Ok)
                tracked.Image.Truncate(size);
            return result;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(SqliteFile* file, int flags)
    {
        var tracked = Open[(nint)file];
        lock (Gate)
            tracked.Image.Sync();
        tracked.Watch.Happened();
        // The disk of the machine is not what is tested, so nobody waits for it.
        return Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(SqliteFile* file)
    {
        Open.TryRemove((nint)file, out var tracked);
        file->Methods = tracked!.Below;
        NativeMemory.Free((void*)tracked.Methods);
        return file->Methods->Close(file);
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_find")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial Vfs* FindVfs(byte* name);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_register")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial int RegisterVfs(Vfs* vfs, int makeDefault);

    private sealed record Watch(string Folder, Action Happened)
    {
        public ConcurrentDictionary<string, FileImage> Files { get; } = new();
    }

    private sealed record Tracked(Watch Watch, FileImage Image, nint BelowAddress, nint Methods)
    {
        public Methods* Below => (Methods*)BelowAddress;
    }

    /// <summary>SQLite's <c>sqlite3_file</c>; what follows belongs to the layer below.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SqliteFile
    {
        public Methods* Methods;
    }

    /// <summary>SQLite's <c>sqlite3_io_methods</c>, version 3. The functions that are only passed on are plain pointers.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Methods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<SqliteFile*, int> Close;
        public void* Read;
        public delegate* unmanaged[Cdecl]<SqliteFile*, void*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<SqliteFile*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> Sync;
        public void* FileSize;
        public void* Lock;
        public void* Unlock;
        public void* CheckReservedLock;
        public void* FileControl;
        public void* SectorSize;
        public void* DeviceCharacteristics;
        public void* ShmMap;
        public void* ShmLock;
        public void* ShmBarrier;
        public void* ShmUnmap;
        public void* Fetch;
        public void* Unfetch;
    }

    /// <summary>SQLite's <c>sqlite3_vfs</c>, version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int MaximumPathLength;
        public Vfs* Next;
        public byte* Name;
        public void* ApplicationData;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, SqliteFile*, int, int*, int> Open;
        public void* Delete;
        public void* Access;
        public void* FullPathname;
        public void* LibraryOpen;
        public void* LibraryError;
        public void* LibrarySymbol;
        public void* LibraryClose;
        public void* Randomness;
        public void* Sleep;
        public void* CurrentTime;
        public void* LastError;
        public void* CurrentTimeInt64;
        public void* SetSystemCall;
        public void* GetSystemCall;
        public void* NextSystemCall;
    }
}

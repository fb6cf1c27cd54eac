using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.Data.Sqlite;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// Joins Microsoft.Data.Sqlite to the SQLite library in the output folder. It was compiled against SQLitePCLRaw 2.1; when a package feed holds
/// only an older one, the runtime refuses that copy because of its number, and this handler hands it out all the same. With a 2.1 in place
/// the handler is never asked.
/// </summary>
internal static class SqliteNativeLibrary
{
    private const string Family = "SQLitePCLRaw";

    // CA2255: a module initialiser is meant for applications; here it is the one moment that is certain to come before any code of this
    // project, whoever opens the first connection (the writer, a test, EF Core).
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Load()
    {
        AssemblyLoadContext.Default.Resolving += FindInOutputFolder;
        Initialize();
    }

    /// <summary>
    /// SQLite's own handle of a connection, for what Microsoft.Data.Sqlite does not offer. Read by reflection: the property's type is named in
    /// terms of the newer version, which the compiler does not let pass as the runtime does.
    /// </summary>
    public static SQLitePCL.sqlite3 HandleOf(SqliteConnection connection) =>
        (SQLitePCL.sqlite3)typeof(SqliteConnection).GetProperty("Handle")!.GetValue(connection)!;

    // A method of its own: the runtime binds the types a method names when the method is compiled, so the handler must be in place before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Initialize()
    {
        SQLitePCL.Batteries_V2.Init();
        SqliteSleep.Install();
    }

    private static Assembly? FindInOutputFolder(AssemblyLoadContext context, AssemblyName name)
    {
        if (name.Name?.StartsWith(Family, StringComparison.Ordinal) != true)
            return null;
        var path = Path.Combine(AppContext.BaseDirectory, name.Name + ".dll");
        return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
    }
}

using System.Collections.Frozen;

namespace ReleaseWorkflows.Server.FrontEnd;

/// <summary>
/// Every file that a browser can get: Elsa Studio's under <see cref="StudioBase"/>, everything else under <c>/assets/</c>. What is not listed here
/// is not served, whatever lies beside it.
/// </summary>
internal sealed class FrontEndFiles
{
    /// <summary>Elsa Studio resolves its files from here, and its pages have to lie below.</summary>
    public const string StudioBase = "/studio/";

    /// <summary>What Studio's runtime loads before it starts.</summary>
    public const string StudioAssemblies = StudioBase + "assemblies.dat";

    private const string Assets = "/assets/";

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8",
        [".cur"] = "image/x-icon",
        // ICU data of .NET; without a type it would not be served, and Studio would not start.
        [".dat"] = "application/octet-stream",
        [".html"] = "text/html; charset=utf-8",
        [".ico"] = "image/x-icon",
        [".js"] = "text/javascript; charset=utf-8",
        [".json"] = "application/json",
        [".map"] = "application/json",
        [".png"] = "image/png",
        [".svg"] = "image/svg+xml",
        [".ttf"] = "font/ttf",
        [".wasm"] = "application/wasm",
        [".webmanifest"] = "application/manifest+json",
        [".woff2"] = "font/woff2",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenDictionary<string, FrontEndFile> _files;

    public FrontEndFiles(FrontEndFolder folder)
    {
        var files = new Dictionary<string, FrontEndFile>(StringComparer.Ordinal);
        AddStudio(files, folder.Studio);
        Add(files, StudioAssemblies, folder.StudioAssemblies);
        Add(files, Assets + "tabler.min.css", Path.Combine(folder.Packages, "@tabler", "core", "dist", "css", "tabler.min.css"));
        Add(files, Assets + "signalr.min.js", Path.Combine(folder.Packages, "@microsoft", "signalr", "dist", "browser", "signalr.min.js"));
        foreach (var path in Directory.EnumerateFiles(folder.Assets))
        {
            Add(files, Assets + Path.GetFileName(path), path);
        }

        _files = files.ToFrozenDictionary();
    }

    /// <summary>The file at an address, or null.</summary>
    public FrontEndFile? Find(PathString address) => address.HasValue && _files.TryGetValue(address.Value, out var file) ? file : null;

    /// <summary>The address with the version of the content in it, which a browser may keep for ever.</summary>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public string Address(string address) =>
        Find(address) is { } file ? $"{address}?v={file.Version}" : throw new ArgumentException($"No file is served at {address}.", nameof(address));

    /// <summary>The address of a file whose name holds a digest of its content.</summary>
    /// <param name="start">The address up to the digest.</param>
    /// <param name="extension">What follows it.</param>
    /// <exception cref="InvalidOperationException">There is none, or more than one.</exception>
    public string HashedAddress(string start, string extension) => _files.Keys.Single(address =>
        address.StartsWith(start, StringComparison.Ordinal) && address.EndsWith(extension, StringComparison.Ordinal));

    private static void AddStudio(Dictionary<string, FrontEndFile> files, string folder)
    {
        foreach (var part in new[] { "_framework", "_content" })
        {
            foreach (var path in Directory.EnumerateFiles(Path.Combine(folder, part), "*", SearchOption.AllDirectories))
            {
                Add(files, StudioBase + Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'), path);
            }
        }

        // Studio does not start without its settings, though it takes the address of the server from the page.
        Add(files, StudioBase + "appsettings.json", Path.Combine(folder, "appsettings.json"));
        Add(files, StudioBase + "Elsa.Studio.Host.CustomElements.styles.css", Path.Combine(folder, "Elsa.Studio.Host.CustomElements.styles.css"));
    }

    private static void Add(Dictionary<string, FrontEndFile> files, string address, string path)
    {
        if (ContentTypes.TryGetValue(Path.GetExtension(path), out var contentType))
        {
            files.Add(address, new FrontEndFile(path, contentType, IsNamedByContent(address)));
        }
    }

    // Names in _framework carry a digest, apart from the two that start everything.
    private static bool IsNamedByContent(string address) =>
        address.StartsWith(StudioBase + "_framework/", StringComparison.Ordinal)
        && !address.EndsWith("/dotnet.js", StringComparison.Ordinal)
        && !address.EndsWith("/blazor.webassembly.js", StringComparison.Ordinal);
}

using System.Reflection;
using ReleaseWorkflows.Server.Hosting;

namespace ReleaseWorkflows.Server.FrontEnd;

/// <summary>
/// Where the packages for the browser lie. They are restored by the build from npm (FrontEnd.targets); a published server carries those it serves
/// beside it in <c>front-end</c>, a built one reads them where the build restored them. Nothing is ever fetched while the server runs, by it or by a page.
/// </summary>
/// <param name="Packages">The folder of packages, laid out like <c>node_modules</c>.</param>
/// <param name="Assets">The project's own style sheets and scripts.</param>
internal sealed record FrontEndFolder(string Packages, string Assets)
{
    private const string Published = "front-end";

    /// <summary>Elsa Studio within the packages.</summary>
    public string Studio => Path.Combine(Packages, "@elsa-workflows", "elsa-studio-wasm");

    /// <summary>What Elsa Studio's runtime loads before it starts, in one file; the build makes it.</summary>
    public string StudioAssemblies => Path.Combine(Packages, ".studio", "assemblies.dat");

    /// <summary>Finds the folders of a server.</summary>
    /// <exception cref="StartException">The packages are neither beside the server nor where the build restored them.</exception>
    public static FrontEndFolder Locate(string contentRoot)
    {
        var packages = Path.Combine(contentRoot, Published);
        if (!Directory.Exists(packages))
        {
            packages = typeof(FrontEndFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(attribute => attribute.Key == nameof(FrontEndFolder)).Value!;
        }

        var folder = new FrontEndFolder(packages, Path.Combine(contentRoot, "Portal", "Assets"));
        return Directory.Exists(folder.Studio)
            ? folder
            : throw new StartException($"What the pages are made of is missing: there is no {folder.Studio}. Build again (dotnet build restores it), or publish again.");
    }
}

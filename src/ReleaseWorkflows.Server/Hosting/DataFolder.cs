namespace ReleaseWorkflows.Server.Hosting;

/// <summary>Where the server keeps everything it must not lose: database, packages, keys.</summary>
/// <param name="Path">Absolute path.</param>
internal sealed record DataFolder(string Path)
{
    /// <summary>The setting that names the folder; a relative path counts from the current directory.</summary>
    public const string Setting = "ReleaseWorkflows:DataDirectory";

    private const string Solution = "ReleaseWorkflows.sln";

    /// <summary>A path below the folder.</summary>
    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the folder if it is missing, for its owner only: it holds keys.</summary>
    /// <exception cref="StartException">It cannot be made.</exception>
    public void Create()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Path);
            }
            else
            {
                Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data directory cannot be made: {exception.Message} Choose another with --{Setting}=<path>, or mend its permissions.", exception);
        }
    }

    /// <summary>
    /// The configured folder; else <c>data</c> beside the solution if the server is run from a checkout; else <c>data</c> beside the program.
    /// </summary>
    public static DataFolder Resolve(IConfiguration configuration, string contentRoot, string currentDirectory)
    {
        if (configuration[Setting] is { Length: > 0 } configured)
        {
            return new DataFolder(System.IO.Path.GetFullPath(configured, currentDirectory));
        }

        for (var folder = new DirectoryInfo(currentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, Solution)))
            {
                return new DataFolder(System.IO.Path.Combine(folder.FullName, "data"));
            }
        }

        return new DataFolder(System.IO.Path.Combine(contentRoot, "data"));
    }
}

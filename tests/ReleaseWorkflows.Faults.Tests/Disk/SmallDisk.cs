using System.Diagnostics;
using System.Globalization;
using ReleaseWorkflows.Faults.Tests.Processes;

namespace ReleaseWorkflows.Faults.Tests.Disk;

/// <summary>A test on a real file system of a few megabytes, which only root may mount. Elsewhere it is left out, and says why; where <c>CI</c> is set, root has to be able to.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDiskFactAttribute : FactAttribute
{
    public RealDiskFactAttribute() => Skip = SmallDisk.WhyNot;
}

/// <summary>A data directory on a disk of its own that can be filled to the last byte.</summary>
internal sealed class SmallDisk : IDisposable
{
    private static readonly Lazy<string?> Reason = new(FindReason);

    private SmallDisk(DataDirectory data) => Data = data;

    /// <summary>Why there can be no such disk here; null if there can be.</summary>
    public static string? WhyNot => Reason.Value;

    /// <summary>The data directory, which is the disk.</summary>
    public DataDirectory Data { get; }

    private string Ballast => Data.Combine("ballast");

    /// <summary>A disk of a size with the data of a server that was started once.</summary>
    public static async Task<SmallDisk> PreparedAsync(int megabytes)
    {
        var data = new DataDirectory();
        Mount(data.Path, megabytes);
        var disk = new SmallDisk(data);
        try
        {
            await PreparedData.CopyToAsync(data);
            return disk;
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    /// <summary>Something else takes all the space but this.</summary>
    public void Fill(long but = 0)
    {
        using var file = new FileStream(Ballast, FileMode.Append);
        var piece = new byte[4096];
        while (new DriveInfo(Data.Path).AvailableFreeSpace - but >= piece.Length)
            file.Write(piece);
        file.Flush();
    }

    /// <summary>It gives the space back.</summary>
    public void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        // What a server has not closed yet goes when it does.
        Run("umount", "-l", Data.Path);
        Data.Dispose();
    }

    private static string? FindReason()
    {
        if (!OperatingSystem.IsLinux())
            return "A small disk is mounted on Linux only.";
        if (!Environment.IsPrivilegedProcess)
            return "Only root may mount a small disk.";
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
            return null;
        using var folder = new DataDirectory();
        try
        {
            Mount(folder.Path, 1);
            Run("umount", folder.Path);
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return $"This machine mounts no small disk: {exception.Message}";
        }
    }

    private static void Mount(string path, int megabytes) =>
        Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=700"), "tmpfs", path);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {complaint}");
    }
}

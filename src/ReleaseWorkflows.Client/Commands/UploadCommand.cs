using System.CommandLine;
using System.IO.Compression;
using System.Security.Cryptography;

namespace ReleaseWorkflows.Client.Commands;

/// <summary><c>rw upload</c>: a folder or a zip file becomes a version. The same again is no mistake: a job that is repeated goes on.</summary>
internal static class UploadCommand
{
    // What zip files can say at the earliest; the same files give the same bytes whenever they are packed.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Creates the command.</summary>
    public static Command Create(Run run)
    {
        var path = new Argument<string>("path") { Description = "Folder of the mini program, with app.json in it, or its zip file." };
        var miniProgram = new Option<string>("--mini-program", "-m") { Description = "Key of the mini program.", Required = true };
        var number = new Option<string>("--version", "-v") { Description = "Number of the version, for example 1.2.0.", Required = true };
        var command = new Command("upload", "Uploads a version of a mini program.") { path, miniProgram, number };
        command.SetAction((parsed, stop) => run(
            parsed, (session, cancellationToken) => UploadAsync(session, parsed.GetValue(path)!, parsed.GetValue(miniProgram)!, parsed.GetValue(number)!, cancellationToken), stop));
        return command;
    }

    private static async Task<int> UploadAsync(Session session, string path, string miniProgram, string version, CancellationToken cancellationToken)
    {
        var package = await ReadAsync(path, cancellationToken);
        var address = $"api/mini-programs/{Uri.EscapeDataString(miniProgram)}/versions";
        try
        {
            var answer = await session.Server.SendFormAsync(
                HttpMethod.Post,
                address,
                () => new MultipartFormDataContent { { new StringContent(version), "version" }, { new ByteArrayContent(package), "package", "package.zip" } },
                cancellationToken);
            session.Report.Tell($"Uploaded {miniProgram} {version}: {answer.GetProperty("fileCount").GetInt32()} files, {package.Length} bytes.");
            session.Report.Result(answer, version);
            return ExitCode.Done;
        }
        catch (RwException refused) when (refused.Code == "already-exists")
        {
            var there = await session.Server.GetAsync($"{address}/{Uri.EscapeDataString(version)}", cancellationToken);
            if (there.GetProperty("digest").GetString() != Convert.ToHexStringLower(SHA256.HashData(package)))
            {
                throw;
            }

            session.Report.Tell($"{miniProgram} {version} has been uploaded already, with the same content.");
            session.Report.Result(there, version);
            return ExitCode.Done;
        }
    }

    private static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }

        if (!Directory.Exists(path))
        {
            throw new RwException(ExitCode.Usage, $"{path} is neither a folder nor a zip file.");
        }

        if (!File.Exists(Path.Combine(path, "app.json")))
        {
            throw new RwException(ExitCode.Usage, $"{path} holds no app.json; name the folder that does.");
        }

        return await ZipAsync(path, cancellationToken);
    }

    // Without what begins with a dot: histories and settings of tools are nobody's business.
    private static async Task<byte[]> ZipAsync(string folder, CancellationToken cancellationToken)
    {
        var files = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(file => (Path: file, Name: Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/')))
            .Where(file => !file.Name.Split('/').Any(part => part.StartsWith('.')))
            .OrderBy(file => file.Name, StringComparer.Ordinal);
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, name) in files)
            {
                var entry = archive.CreateEntry(name, CompressionLevel.Optimal);
                entry.LastWriteTime = NoTime;
                await using var content = File.OpenRead(path);
                await using var target = await entry.OpenAsync(cancellationToken);
                await content.CopyToAsync(target, cancellationToken);
            }
        }

        return zip.ToArray();
    }
}

using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Domain.Packages;

/// <summary>Builds the package of a release: the checked files, the effective configuration and what says which release this is.</summary>
/// <remarks>
/// The same input gives the same bytes: entries in ordinal order, one fixed time, one compression, members of the configuration in ordinal
/// order, and nothing of the machine or the moment. A built package can therefore be recognised by its SHA-256, and a build that is
/// repeated after a crash ends at the same file. (The bytes may change with the version of .NET, whose compression is used.)
/// </remarks>
public static class PackageBuilder
{
    /// <summary>The added file with identity and configuration: <c>{ "release": { … }, "configuration": { … } }</c>.</summary>
    public const string ReleaseFile = "release.json";

    /// <summary>
    /// The added file with path, size and SHA-256 of every other file, <see cref="ReleaseFile"/> included:
    /// <c>{ "files": [ { "path", "size", "sha256" } ] }</c>.
    /// </summary>
    public const string ManifestFile = "manifest.json";

    // The earliest time a zip file can express.
    private static readonly DateTimeOffset FixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // A regular file that its owner may write and everybody may read, in the upper half as Unix wants it.
    private const int FixedAttributes = unchecked((int)0x81A4_0000);

    /// <summary>Writes the package of a release.</summary>
    /// <param name="package">The checked upload.</param>
    /// <param name="configuration">The effective configuration: the text of a JSON object.</param>
    /// <param name="key">Which release this is: one version of a mini program for one target (S3).</param>
    /// <param name="output">Where to write; only written forwards, and left open.</param>
    /// <param name="cancellationToken">Stops between two files; the output is then incomplete.</param>
    /// <returns>Size, digest and number of files of what was written.</returns>
    /// <exception cref="ArgumentException">The configuration is not a JSON object.</exception>
    /// <exception cref="InvalidDataException">A file is no longer what was checked.</exception>
    public static BuiltPackage Build(
        MiniProgramPackage package,
        string configuration,
        ReleaseKey key,
        Stream output,
        CancellationToken cancellationToken = default)
    {
        var release = WriteRelease(key, configuration);
        var releaseFile = new PackageFile(ReleaseFile, release.Length, DigestingStream.DigestOf(release));
        PackageFile[] listed = [.. package.Files.Append(releaseFile).OrderBy(file => file.Path, StringComparer.Ordinal)];
        var manifest = WriteManifest(listed);
        var all = listed
            .Append(new PackageFile(ManifestFile, manifest.Length, DigestingStream.DigestOf(manifest)))
            .OrderBy(file => file.Path, StringComparer.Ordinal);

        using var target = new DigestingStream(output);
        using (var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            foreach (var file in all)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var content = file.Path switch
                {
                    ReleaseFile => new MemoryStream(release, writable: false),
                    ManifestFile => new MemoryStream(manifest, writable: false),
                    _ => package.OpenFile(file.Path),
                };
                Append(zip, file, content);
            }
        }

        return new BuiltPackage(target.Count, target.Finish(), listed.Length + 1);
    }

    private static void Append(ZipArchive zip, PackageFile file, Stream content)
    {
        var entry = zip.CreateEntry(file.Path, CompressionLevel.Optimal);
        entry.LastWriteTime = FixedTime;
        entry.ExternalAttributes = FixedAttributes;
        using var packed = entry.Open();
        using var target = new DigestingStream(packed);
        content.CopyTo(target);
        if (target.Count != file.Size || target.Finish() != file.Digest)
        {
            throw new InvalidDataException($"{file.Path} changed after the package was checked.");
        }
    }

    private static byte[] WriteRelease(ReleaseKey key, string configuration)
    {
        using var document = ParseConfiguration(configuration);
        return WriteJson(writer =>
        {
            writer.WriteStartObject("release");
            writer.WriteString("miniProgram", key.MiniProgram.Value);
            writer.WriteString("version", key.Version.Value);
            writer.WriteString("app", key.App.Value);
            writer.WriteString("environment", key.Environment.ToString());
            writer.WriteEndObject();
            writer.WritePropertyName("configuration");
            WriteOrdered(writer, document.RootElement);
        });
    }

    private static byte[] WriteManifest(IEnumerable<PackageFile> files) => WriteJson(writer =>
    {
        writer.WriteStartArray("files");
        foreach (var file in files)
        {
            writer.WriteStartObject();
            writer.WriteString("path", file.Path);
            writer.WriteNumber("size", file.Size);
            writer.WriteString("sha256", file.Digest.Hex);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static byte[] WriteJson(Action<Utf8JsonWriter> writeMembers)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static JsonDocument ParseConfiguration(string configuration)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(configuration, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw new ArgumentException("The configuration is not valid JSON.", nameof(configuration), exception);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return document;
        }

        document.Dispose();
        throw new ArgumentException("The configuration is not a JSON object.", nameof(configuration));
    }

    /// <summary>Writes a value with the members of every object in ordinal order, so that equal configurations give equal bytes.</summary>
    private static void WriteOrdered(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    WriteOrdered(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteOrdered(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}

/// <summary>What a build wrote.</summary>
/// <param name="Size">Size of the zip file in bytes.</param>
/// <param name="Digest">SHA-256 of the zip file.</param>
/// <param name="FileCount">Number of files in it, the two added ones included.</param>
public sealed record BuiltPackage(long Size, PackageDigest Digest, int FileCount);

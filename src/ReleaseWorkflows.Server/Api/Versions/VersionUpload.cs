using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Packages;

namespace ReleaseWorkflows.Server.Api.Versions;

/// <summary>
/// The form of an upload (<c>version</c>, <c>package</c>), streamed to disk and checked as untrusted input. Everything wrong with it is
/// told at once, down to single files of the package.
/// </summary>
internal sealed class VersionUpload : IDisposable
{
    private const int MaximumTold = 200;

    // Room for the boundaries, the headers and the other field.
    private const int Overhead = 64 * 1024;

    private readonly Dictionary<string, List<string>> _errors = [];

    private VersionUpload()
    {
    }

    /// <summary>The number of the version.</summary>
    public VersionNumber Number { get; private set; }

    /// <summary>The package, checked and not kept yet; null if it could not be used.</summary>
    public IncomingPackage? Package { get; private set; }

    /// <summary>Number of files in the package.</summary>
    public int FileCount { get; private set; }

    /// <summary>Why the upload cannot be used; null if it can.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>The most that a form has.</summary>
    public static long MaximumBytes(PackageLimits limits) => limits.MaxPackedBytes + Overhead;

    /// <summary>Reads and checks the upload.</summary>
    /// <exception cref="BadHttpRequestException">415: it is no form. 413: it is too large.</exception>
    public static async Task<VersionUpload> ReadAsync(HttpContext context, PackageFiles files, PackageLimits limits, CancellationToken cancellationToken)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = MaximumBytes(limits);
        }

        var upload = new VersionUpload();
        try
        {
            await upload.ReadFormAsync(context, files, limits, cancellationToken);
            upload.Check(limits, cancellationToken);
            return upload;
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    /// <summary>Removes the package unless it was kept.</summary>
    public void Dispose() => Package?.Dispose();

    private async Task ReadFormAsync(HttpContext context, PackageFiles files, PackageLimits limits, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
        {
            throw new BadHttpRequestException(
                "Send a form (multipart/form-data) with the fields version and package, where package is the zip file.", StatusCodes.Status415UnsupportedMediaType);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            var reader = new MultipartReader(boundary, context.Request.Body);
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                var name = section.GetContentDispositionHeader() is { } disposition ? HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "" : "";
                if (!seen.Add(name))
                {
                    Add(name, $"The form has two fields {name}; send one.");
                }
                else if (name == "version")
                {
                    await ReadNumberAsync(section, cancellationToken);
                }
                else if (name == "package")
                {
                    Package = await files.ReceiveAsync(section.Body, limits.MaxPackedBytes, cancellationToken)
                        ?? throw new BadHttpRequestException($"A package has at most {limits.MaxPackedBytes / 1024 / 1024} MB.", StatusCodes.Status413PayloadTooLarge);
                }
                else
                {
                    Add(name, "There is no such field here. There are version, package.");
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException || (exception is IOException and not BadHttpRequestException && !DiskSpace.IsUsedUp(exception) && !context.RequestAborted.IsCancellationRequested))
        {
            // The reader's way to say that boundaries, headers or the end of the form are not where they belong.
            throw new BadHttpRequestException($"The form cannot be read: {exception.Message}", StatusCodes.Status400BadRequest);
        }

        if (!seen.Contains("version"))
        {
            Add("version", $"version is missing; it has {VersionNumber.Form}.");
        }

        if (!seen.Contains("package"))
        {
            Add("package", "package is missing; it is the zip file of the mini program.");
        }
    }

    private async Task ReadNumberAsync(MultipartSection section, CancellationToken cancellationToken)
    {
        var buffer = new byte[256];
        var count = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var text = System.Text.Encoding.UTF8.GetString(buffer, 0, count).Trim();
        if (VersionNumber.IsValid(text))
        {
            Number = new VersionNumber(text);
        }
        else
        {
            Add("version", $"“{(text.Length > 64 ? text[..64] + "…" : text)}” is no version number: it has {VersionNumber.Form}.");
        }
    }

    private void Check(PackageLimits limits, CancellationToken cancellationToken)
    {
        if (Package is not null)
        {
            using var content = Package.OpenRead();
            var result = PackageArchive.Read(content, limits, cancellationToken);
            foreach (var problem in result.Problems.Take(MaximumTold))
            {
                Add(problem.Entry is null ? "package" : "package/" + problem.Entry, problem.Message);
            }

            if (result.Problems.Count > MaximumTold)
            {
                Add("package", $"And {result.Problems.Count - MaximumTold} more problems of this kind.");
            }

            FileCount = result.Package?.Files.Count ?? 0;
            result.Package?.Dispose();
        }

        if (_errors.Count > 0)
        {
            Problem = Problem.From(Refusal.Invalid(
                "The upload cannot be used as it is; errors names each field and each file.",
                _errors.ToDictionary(error => error.Key, error => (IReadOnlyList<string>)error.Value)));
        }
    }

    private void Add(string field, string message)
    {
        if (!_errors.TryGetValue(field, out var messages))
        {
            _errors[field] = messages = [];
        }

        messages.Add(message);
    }
}

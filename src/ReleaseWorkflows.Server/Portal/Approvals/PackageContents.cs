using System.Collections.Concurrent;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Server.Packages;

namespace ReleaseWorkflows.Server.Portal.Approvals;

/// <summary>
/// What is in uploaded packages, file by file. A package never changes under its digest, so each is unpacked once and its list kept: a few kilobytes for
/// each of the last ones that reviewers looked at.
/// </summary>
internal sealed class PackageContents(PackageFiles files)
{
    private const int MaximumKept = 200;

    private readonly ConcurrentDictionary<string, IReadOnlyList<PackageFile>> _kept = new(StringComparer.Ordinal);

    /// <summary>The files of an upload in the order of their paths; null if the upload is not there or cannot be read any more.</summary>
    public IReadOnlyList<PackageFile>? Find(string digest, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(digest, out var known))
        {
            return known;
        }

        using var content = files.OpenRead(PackageDigest.Parse(digest));
        if (content is null)
        {
            return null;
        }

        var result = PackageArchive.Read(content, PackageLimits.Default, cancellationToken);
        using var package = result.Package;
        if (package is null)
        {
            return null;
        }

        if (_kept.Count >= MaximumKept)
        {
            _kept.Clear();
        }

        return _kept[digest] = [.. package.Files];
    }
}

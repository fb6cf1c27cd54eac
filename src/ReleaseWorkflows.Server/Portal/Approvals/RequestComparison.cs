using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Server.Portal.Approvals;

/// <summary>What a request changes against one other release of the mini program on the same target.</summary>
/// <param name="Other">What it is compared with.</param>
/// <param name="Files">Files that differ, in the order of their paths; null if one of the two packages cannot be read.</param>
/// <param name="Configuration">Settings that differ.</param>
/// <param name="Information">Fields of basic information that differ.</param>
internal sealed record RequestComparison(
    Release Other, IReadOnlyList<FileChange>? Files, IReadOnlyList<ConfigurationChange> Configuration, IReadOnlyList<TextChange> Information)
{
    /// <summary>Compares a request with another release.</summary>
    public static RequestComparison Between(Release other, Release requested, PackageContents packages, CancellationToken cancellationToken) => new(
        other,
        FilesOf(packages.Find(other.SourceDigest, cancellationToken), packages.Find(requested.SourceDigest, cancellationToken)),
        ConfigurationDifference.Between(other.Effective, requested.Effective),
        [.. InformationOf(other.BasicInformation, requested.BasicInformation)]);

    /// <summary>The release of the target that was approved last before this request, whatever became of it; null if there was none.</summary>
    public static async ValueTask<Release?> FindLastApprovedAsync(Release requested, IReleaseStore releases, CancellationToken cancellationToken)
    {
        var query = new ReleaseQuery { MiniProgram = requested.Key.MiniProgram, App = requested.Key.App, Environment = requested.Key.Environment, Limit = 20 };
        var page = await releases.ListAsync(query, cancellationToken);
        return page.Items.Where(release => release.Id != requested.Id && release.Request is { Outcome: ReviewOutcome.Approved }).MaxBy(release => release.Request!.DecidedAt);
    }

    private static List<FileChange>? FilesOf(IReadOnlyList<PackageFile>? before, IReadOnlyList<PackageFile>? after)
    {
        if (before is null || after is null)
        {
            return null;
        }

        var old = before.ToDictionary(file => file.Path, StringComparer.Ordinal);
        var now = after.ToDictionary(file => file.Path, StringComparer.Ordinal);
        return
        [
            .. old.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(path => new FileChange(path, old.GetValueOrDefault(path)?.Size, now.GetValueOrDefault(path)?.Size, old.GetValueOrDefault(path)?.Digest == now.GetValueOrDefault(path)?.Digest))
                .Where(change => !change.IsSame),
        ];
    }

    private static IEnumerable<TextChange> InformationOf(BasicInformation before, BasicInformation after)
    {
        return new[]
        {
            new TextChange("Name", before.Name, after.Name),
            new TextChange("Description", before.Description, after.Description),
            new TextChange("Category", before.Category, after.Category),
            new TextChange("Icon", before.Icon, after.Icon),
            new TextChange("Service contacts", Text(before.ServiceContacts), Text(after.ServiceContacts)),
        }.Where(change => change.Before != change.After);

        static string? Text(ServiceContacts? contacts) =>
            contacts is null ? null : string.Join('\n', new[] { contacts.Email, contacts.Phone, contacts.Address }.OfType<string>());
    }
}

/// <summary>A file of two packages.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Before">Its size there; null if it was not there.</param>
/// <param name="After">Its size in the request; null if it is not there any more.</param>
/// <param name="IsSame">True if both have it with the same content.</param>
internal sealed record FileChange(string Path, long? Before, long? After, bool IsSame);

/// <summary>A text that differs.</summary>
/// <param name="Field">What people call it.</param>
/// <param name="Before">What it was; null for nothing.</param>
/// <param name="After">What it is in the request; null for nothing.</param>
internal sealed record TextChange(string Field, string? Before, string? After);

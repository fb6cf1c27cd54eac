using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Api.MiniPrograms;

namespace ReleaseWorkflows.Server.Portal.Search;

/// <summary>What the search box finds among what the reader may see: mini programs by words, versions by number, releases by both or by id.</summary>
/// <param name="Query">What was looked for.</param>
/// <param name="MiniPrograms">Mini programs whose name or key has all the words.</param>
/// <param name="Versions">Versions with the number.</param>
/// <param name="Releases">The newest releases of those, or the one with the id.</param>
internal sealed record SearchResults(string Query, IReadOnlyList<MiniProgram> MiniPrograms, IReadOnlyList<MiniProgramVersion> Versions, IReadOnlyList<Release> Releases)
{
    private const int MaximumLength = 100;
    private const int MaximumOfAKind = 20;

    // A number alone is looked up in each mini program; whoever sees more than these names the mini program.
    private const int MaximumLookedThrough = 300;

    /// <summary>True if nothing was found.</summary>
    public bool IsEmpty => MiniPrograms.Count + Versions.Count + Releases.Count == 0;

    /// <summary>Looks for it.</summary>
    public static async Task<SearchResults> OfAsync(
        string query, Actor actor, IMiniProgramStore store, IReleaseStore releases, CancellationToken cancellationToken)
    {
        var text = query.Trim();
        text = text.Length > MaximumLength ? text[..MaximumLength] : text;
        if (await releases.FindAsync(new ReleaseId(text), cancellationToken) is { } release && actor.May(Permission.ViewReleases, release.Subject))
        {
            return new SearchResults(text, [], [], [release]);
        }

        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbers = words.Where(VersionNumber.IsValid).Select(word => new VersionNumber(word)).ToList();
        var names = words.Where(word => !VersionNumber.IsValid(word)).ToList();
        var visible = (await store.ListAsync(cancellationToken)).Where(actor.MaySee).ToList();
        var named = visible.Where(miniProgram => names.TrueForAll(word => Has(miniProgram, word))).ToList();

        var versions = new List<MiniProgramVersion>();
        foreach (var miniProgram in numbers.Count == 0 ? [] : named.Take(MaximumLookedThrough))
        {
            if (versions.Count < MaximumOfAKind && await store.FindVersionAsync(miniProgram.Key, numbers[0], cancellationToken) is { } version)
            {
                versions.Add(version);
            }
        }

        return new SearchResults(text, names.Count == 0 ? [] : [.. named.Take(MaximumOfAKind)], versions, await ReleasesAsync());

        // Releases to an app of the reader's are found too, though their mini programs are others'.
        async ValueTask<IReadOnlyList<Release>> ReleasesAsync()
        {
            var found = new List<Release>();
            var keys = named.Count > 0 && names.Count > 0 ? named.Take(5).Select(miniProgram => (MiniProgramKey?)miniProgram.Key).ToList()
                : names is [var only] ? [new MiniProgramKey(only)]
                : names.Count == 0 ? versions.Select(version => (MiniProgramKey?)version.MiniProgram).ToList()
                : [];
            foreach (var key in keys)
            {
                var page = await releases.ListAsync(
                    new ReleaseQuery { MiniProgram = key, Version = numbers.Count > 0 ? numbers[0] : null, Visibility = ReleaseVisibility.Of(actor), Limit = MaximumOfAKind },
                    cancellationToken);
                found.AddRange(page.Items);
            }

            return [.. found.OrderByDescending(item => item.Id.Value, StringComparer.Ordinal).Take(MaximumOfAKind)];
        }
    }

    private static bool Has(MiniProgram miniProgram, string word) =>
        miniProgram.Key.Value.Contains(word, StringComparison.OrdinalIgnoreCase) || miniProgram.BasicInformation.Name.Contains(word, StringComparison.OrdinalIgnoreCase);
}

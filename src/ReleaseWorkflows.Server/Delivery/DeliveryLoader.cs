using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Server.Delivery;

/// <summary>Fills the delivery index before the first request: with every release that somebody has.</summary>
internal sealed class DeliveryLoader(IUnitOfWorkRunner units, DeliveryIndex index)
{
    private static readonly ReleaseStatus[] Exposing = [ReleaseStatus.FullRelease, ReleaseStatus.GrayscaleRelease, ReleaseStatus.PilotTesting];

    /// <summary>Reads the database.</summary>
    public Task LoadAsync(CancellationToken cancellationToken) => units.RunAsync(
        async (services, stop) =>
        {
            var releases = services.GetRequiredService<IReleaseStore>();
            foreach (var status in Exposing)
            {
                for (var query = new ReleaseQuery { Status = status, Limit = 200 }; ;)
                {
                    var page = await releases.ListAsync(query, stop);
                    foreach (var release in page.Items)
                    {
                        await AddAsync(release, releases, stop);
                    }

                    if (page.Next is null)
                    {
                        break;
                    }

                    query = query with { After = page.Next };
                }
            }

            return UnitOfWorkResult.Discard(true);
        },
        cancellationToken);

    private async Task AddAsync(Release release, IReleaseStore releases, CancellationToken cancellationToken)
    {
        if (release.Exposure == Exposure.Pilot)
        {
            index.TestersCommitted(release.Id, release.Revision, await releases.ListTestersAsync(release.Id, cancellationToken), []);
        }

        index.Committed(release);
    }
}

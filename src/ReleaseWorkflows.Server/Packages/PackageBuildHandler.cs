using System.Security.Cryptography;
using System.Text.Json;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Outbox;

namespace ReleaseWorkflows.Server.Packages;

/// <summary>
/// Builds the package of a release (T2): the uploaded files with the effective configuration inside. The result goes to the release as a
/// command, and with it to the workflow that waits for it. A request that a newer configuration has overtaken is dropped.
/// </summary>
internal sealed partial class PackageBuildHandler(IUnitOfWorkRunner units, PackageFiles files, ILogger<PackageBuildHandler> logger) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => OutboxKinds.PackageBuild;

    /// <inheritdoc/>
    public int MostAttempts => 8;

    /// <inheritdoc/>
    public async Task<OutboxCompletion?> HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var request = Read(message);
        var release = await units.RunAsync(
            async (services, token) => UnitOfWorkResult.Discard(await services.GetRequiredService<IReleaseStore>().FindAsync(request.Release, token)),
            cancellationToken);
        if (release is not { Building: BuildState.Building } || release.Effective.Hash() != request.ConfigurationHash)
        {
            return null;
        }

        return Complete(release.Id, Build(release, request, cancellationToken));
    }

    /// <inheritdoc/>
    public OutboxCompletion? GiveUp(OutboxMessage message, Exception lastError)
    {
        var request = Read(message);
        return Complete(request.Release, new FailBuild($"The build did not come to an end: {lastError.Message}", request.ConfigurationHash));
    }

    private static PackageBuildRequest Read(OutboxMessage message) =>
        JsonSerializer.Deserialize(message.PayloadJson, OutboxJson.Default.PackageBuildRequest)
        ?? throw new InvalidOperationException($"Outbox message {message.Key} has no payload.");

    private ReleaseCommand Build(Release release, PackageBuildRequest request, CancellationToken cancellationToken)
    {
        var digest = PackageDigest.Parse(release.SourceDigest);
        using var source = files.OpenRead(digest);
        if (source is null)
        {
            return new FailBuild($"The uploaded files of version {release.Key.Version} are missing from the package store. Upload a new version.", request.ConfigurationHash);
        }

        // What goes out is what was uploaded, or nothing: a file that has changed on disk can still be a good archive.
        if (PackageDigest.FromHash(SHA256.HashData(source)) != digest)
        {
            return new FailBuild(
                $"The uploaded files of version {release.Key.Version} have changed in the package store. Restore them from a backup and retry, or upload a new version.",
                request.ConfigurationHash);
        }

        source.Position = 0;
        var read = PackageArchive.Read(source, cancellationToken: cancellationToken);
        if (read.Package is not { } package)
        {
            return new FailBuild(string.Join(" ", read.Problems.Take(5)), request.ConfigurationHash);
        }

        using (package)
        {
            var built = files.Build(output =>
                PackageBuilder.Build(package, release.Effective.ToCanonicalJson(), release.Key, output, cancellationToken));
            var report = PackageInspector.Inspect(package, release.Effective, cancellationToken);
            return new CompleteBuild(new BuiltReleasePackage(built.Digest.Hex, built.Size, built.FileCount, request.ConfigurationHash), report);
        }
    }

    private OutboxCompletion Complete(ReleaseId release, ReleaseCommand result) => async (services, token) =>
    {
        var answer = await services.GetRequiredService<ReleaseCommandService>().ExecuteAsync(release, result, Actor.System, token);
        if (answer.IsRefused)
        {
            LogResultRefused(release.Value, answer.Refusal.Message);
        }
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "The build of release {Release} came too late: {Reason}")]
    private partial void LogResultRefused(string release, string reason);
}

using System.Diagnostics;
using Microsoft.Extensions.Logging;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Commits;

/// <summary>
/// The unit of work of one scope: tables collect into it, and the commit hands everything to the one writer.
/// </summary>
internal sealed partial class UnitOfWork(ICommitQueue writer, ILogger<UnitOfWork> logger) : IUnitOfWork
{
    private static readonly ActivitySource Source = new("ReleaseWorkflows.Persistence");

    private readonly List<IPendingWrites> _tables = [];
    private List<Action> _onCommitted = [];

    /// <summary>From now on <paramref name="table"/> takes part in the commit, after those that enlisted before it.</summary>
    public void Enlist(IPendingWrites table) => _tables.Add(table);

    public void OnCommitted(Action action) => _onCommitted.Add(action);

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        foreach (var table in _tables)
            table.WriteTo(batch);
        if (batch.Count > 0)
            await CommitAsync(batch, cancellationToken);
        foreach (var table in _tables)
            table.Clear();
        Announce();
    }

    private async Task CommitAsync(WriteBatch batch, CancellationToken cancellationToken)
    {
        using var span = Source.StartActivity("commit")?.SetTag("commit.statements", batch.Count);
        try
        {
            await writer.CommitAsync(batch, cancellationToken);
        }
        catch (Exception exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }

    private void Announce()
    {
        var actions = _onCommitted;
        _onCommitted = [];
        foreach (var action in actions)
        {
            try
            {
                action();
            }
            // CA1031: the step is committed. Whatever an announcement throws must not tell the caller otherwise, nor silence the next one.
#pragma warning disable CA1031
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogAnnouncementFailed(exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An action registered for after the commit failed; the commit stands.")]
    private partial void LogAnnouncementFailed(Exception exception);
}

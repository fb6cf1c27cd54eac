using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>
/// Objects saved in a unit of work, each with the revision of its stored row: one less than that of the first save. The commit writes the
/// last state and is guarded by that revision.
/// </summary>
internal sealed class PendingDocuments<T>(Func<T, string> idOf, Func<T, int> revisionOf)
    where T : class
{
    private readonly Dictionary<string, Pending> _saved = new(StringComparer.Ordinal);

    public int Count => _saved.Count;

    public IEnumerable<T> Documents => _saved.Values.Select(pending => pending.Document);

    public IEnumerable<Pending> All => _saved.Values;

    public T? Find(string id) => _saved.TryGetValue(id, out var pending) ? pending.Document : null;

    public bool Contains(string id) => _saved.ContainsKey(id);

    public void Save(T document)
    {
        var storedRevision = _saved.TryGetValue(idOf(document), out var earlier) ? earlier.StoredRevision : revisionOf(document) - 1;
        _saved[idOf(document)] = new Pending(document, storedRevision);
    }

    /// <summary>Lets the cache have what is about to be written, once it is committed.</summary>
    public void Announce(WriteBatch batch, CommittedCache<T> cache)
    {
        if (_saved.Count == 0)
            return;
        var documents = _saved.Values.Select(pending => pending.Document).ToList();
        batch.OnCommitting(() => documents.ForEach(document => cache.Changing(idOf(document))));
        batch.OnSettled(isCommitted =>
        {
            foreach (var document in documents)
            {
                if (isCommitted)
                    cache.Put(idOf(document), document);
                else
                    cache.Forget(idOf(document));
            }
        });
    }

    public void Clear() => _saved.Clear();

    /// <param name="Document">The last state.</param>
    /// <param name="StoredRevision">The revision the row has to have; 0: there has to be none.</param>
    public readonly record struct Pending(T Document, int StoredRevision);
}

using System.Threading.Channels;

namespace ReleaseWorkflows.Benchmarks.Probes;

/// <summary>One writer thread over a <see cref="ReferenceStore"/> that commits whatever waits as a group.</summary>
internal sealed class ReferenceWriter : IDisposable
{
    private const int MaximumGroup = 128;

    private readonly Channel<(int Instance, TaskCompletionSource Answer)> _queue =
        Channel.CreateBounded<(int, TaskCompletionSource)>(new BoundedChannelOptions(1024) { SingleReader = true });

    private readonly ReferenceStore _store;
    private readonly Thread _thread;

    public ReferenceWriter(string path)
    {
        _store = new ReferenceStore(path);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public async Task StepAsync(int instance)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync((instance, answer));
        await answer.Task;
    }

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
        _store.Dispose();
    }

    private void Run()
    {
        var group = new List<TaskCompletionSource>(MaximumGroup);
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            _store.Begin();
            while (group.Count < MaximumGroup && _queue.Reader.TryRead(out var request))
            {
                _store.Step(request.Instance);
                group.Add(request.Answer);
            }

            _store.Commit();
            foreach (var answer in group)
                answer.SetResult();
            group.Clear();
        }
    }
}

using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Live;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests.StudioApi;

/// <summary>Viewers are told of what moves: soon, not too often, and of the last change in any case.</summary>
public sealed class LiveUpdatesTests : IDisposable
{
    private static readonly string[] Round = ["ActivityExecutionLogUpdatedAsync", "WorkflowExecutionLogUpdatedAsync", "WorkflowInstanceUpdatedAsync"];

    private readonly InstanceChanges _changes = new();
    private readonly RecordingHub _hub = new();
    private readonly StepClock _clock = new();
    private readonly LiveUpdates _updates;

    public LiveUpdatesTests()
    {
        var reader = Substitute.For<IInstanceReader>();
        // CA2012: the call is recorded by the substitute, nobody consumes its task.
#pragma warning disable CA2012
        reader.ReadExecutionsAsync(Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(new ValueTask<IReadOnlyList<ActivityExecutionRecord>>([]));
#pragma warning restore CA2012
        _updates = new LiveUpdates(_changes, _hub, reader, _clock, NullLogger<LiveUpdates>.Instance);
    }

    [Fact]
    public async Task A_hundred_changes_at_once_are_told_twice_and_the_last_one_is_among_them()
    {
        _updates.TryObserve("c1", "i1", 1);

        _changes.Announce("i1");
        Assert.Equal(Round, await _hub.NextAsync(3));
        await _clock.TimerAsync();
        for (var i = 0; i < 100; i++)
            _changes.Announce("i1");
        _clock.Fire();

        Assert.Equal(Round, await _hub.NextAsync(3));
        await _clock.TimerAsync();
        _clock.Fire();
        Assert.Equal(6, _hub.Count);
    }

    [Fact]
    public async Task After_a_pause_the_next_change_is_told_at_once()
    {
        _updates.TryObserve("c1", "i1", 1);
        _changes.Announce("i1");
        await _hub.NextAsync(3);
        await _clock.TimerAsync();
        _clock.Fire();

        _changes.Announce("i1");

        Assert.Equal(Round, await _hub.NextAsync(3));
        Assert.All(_hub.Groups, group => Assert.Equal("instance:i1", group));
    }

    [Fact]
    public void Nobody_listens_unless_somebody_watches()
    {
        Assert.False(_changes.HasListeners);

        _updates.TryObserve("c1", "i1", 2);
        _updates.TryObserve("c1", "i2", 2);
        _updates.TryObserve("c2", "i1", 2);
        Assert.True(_changes.HasListeners);
        Assert.False(_updates.TryObserve("c1", "i3", 2));
        Assert.True(_updates.TryObserve("c1", "i2", 2));

        _updates.Forget("c1");
        Assert.True(_changes.HasListeners);
        _updates.Forget("c2");
        _updates.Forget("c2");
        Assert.False(_changes.HasListeners);
    }

    [Fact]
    public void What_nobody_watches_is_not_told()
    {
        _updates.TryObserve("c1", "i1", 1);

        _changes.Announce("i2");

        Assert.Equal(0, _hub.Count);
        Assert.False(_clock.HasTimer);
    }

    public void Dispose() => _updates.Dispose();

    /// <summary>A clock whose timers fire when the test says so.</summary>
    private sealed class StepClock : TimeProvider
    {
        private readonly Channel<(TimerCallback Callback, object? State)> _timers = Channel.CreateUnbounded<(TimerCallback, object?)>();
        private (TimerCallback Callback, object? State) _next;

        public bool HasTimer => _timers.Reader.TryPeek(out _);

        /// <summary>Waits until something waits for the clock.</summary>
        public async Task TimerAsync()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            _next = await _timers.Reader.ReadAsync(patience.Token);
        }

        public void Fire() => _next.Callback(_next.State);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Writer.TryWrite((callback, state));
            return Substitute.For<ITimer>();
        }
    }

    /// <summary>The hub of this test: notes what is sent to which group.</summary>
    private sealed class RecordingHub : IHubContext<WorkflowInstanceHub>, IHubClients, IGroupManager, IClientProxy
    {
        private readonly Channel<string> _sent = Channel.CreateUnbounded<string>();
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public List<string> Groups { get; } = [];

        IHubClients IHubContext<WorkflowInstanceHub>.Clients => this;

        IGroupManager IHubContext<WorkflowInstanceHub>.Groups => this;

        IClientProxy IHubClients<IClientProxy>.All => throw new InvalidOperationException("Nothing is told to everybody.");

        public async Task<string[]> NextAsync(int count)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var names = new string[count];
            for (var i = 0; i < count; i++)
                names[i] = await _sent.Reader.ReadAsync(patience.Token);
            return names;
        }

        public Task SendCoreAsync(string method, object?[] args, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _count);
            _sent.Writer.TryWrite(method);
            return Task.CompletedTask;
        }

        public IClientProxy Group(string groupName)
        {
            Groups.Add(groupName);
            return this;
        }

        public IClientProxy AllExcept(IReadOnlyList<string> excludedConnectionIds) => this;

        public IClientProxy Client(string connectionId) => this;

        public IClientProxy Clients(IReadOnlyList<string> connectionIds) => this;

        public IClientProxy GroupExcept(string groupName, IReadOnlyList<string> excludedConnectionIds) => this;

        IClientProxy IHubClients<IClientProxy>.Groups(IReadOnlyList<string> groupNames) => this;

        public IClientProxy User(string userId) => this;

        public IClientProxy Users(IReadOnlyList<string> userIds) => this;

        public Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}

using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Tests.Database;

public sealed class CommittedCacheTests
{
    private readonly CommittedCache<string> _cache = new(capacity: 2);
    private int _reads;

    [Fact]
    public void What_was_read_once_is_not_read_again()
    {
        Assert.Equal("row", Find("a"));
        Assert.Equal("row", Find("a"));

        Assert.Equal(1, _reads);
    }

    [Fact]
    public void What_is_not_there_is_asked_for_each_time()
    {
        Assert.Null(_cache.Find("a", _ => null));
        Assert.Equal("row", Find("a"));
    }

    [Fact]
    public void A_commit_replaces_what_was_read()
    {
        Find("a");

        _cache.Put("a", "committed");

        Assert.Equal("committed", Find("a"));
    }

    [Fact]
    public void A_row_that_was_read_while_another_was_committed_is_not_kept()
    {
        var stale = _cache.Find("a", _ =>
        {
            _cache.Put("a", "committed");
            return "read before";
        });

        Assert.Equal("read before", stale);
        Assert.Equal("committed", Find("a"));
    }

    [Fact]
    public void A_row_that_was_read_while_it_was_forgotten_is_not_kept()
    {
        _cache.Find("a", _ =>
        {
            _cache.Forget("a");
            return "read before";
        });

        Assert.Equal("row", Find("a"));
    }

    [Fact]
    public void While_it_is_being_committed_the_row_decides()
    {
        Find("a");

        _cache.Changing("a");
        Find("a");
        Find("a");
        Assert.Null(_cache.FindKept("a"));
        _cache.Put("a", "committed");

        Assert.Equal("committed", Find("a"));
        Assert.Equal(3, _reads);
    }

    [Fact]
    public void Of_several_units_of_one_commit_the_last_one_decides()
    {
        _cache.Changing("a");
        _cache.Changing("a");

        _cache.Put("a", "first");
        Assert.Null(_cache.FindKept("a"));
        _cache.Put("a", "second");

        Assert.Equal("second", _cache.FindKept("a"));
    }

    [Fact]
    public void What_was_to_be_committed_and_was_not_is_read_again_and_kept()
    {
        _cache.Changing("a");
        _cache.Forget("a");

        Find("a");
        Find("a");

        Assert.Equal(1, _reads);
    }

    [Fact]
    public void What_was_forgotten_is_read_again()
    {
        Find("a");
        Find("b");

        _cache.Forget("a");
        Find("a");
        _cache.Clear();
        Find("b");

        Assert.Equal(4, _reads);
    }

    [Fact]
    public void What_nobody_asks_for_is_dropped_and_what_is_asked_for_stays()
    {
        Find("often");
        for (var i = 0; i < 10; i++)
        {
            Find($"once {i}");
            Find("often");
        }

        Assert.Equal(11, _reads);
        Find("once 0");
        Assert.Equal(12, _reads);
    }

    private string? Find(string id) => _cache.Find(id, _ =>
    {
        _reads++;
        return "row";
    });
}

using Elsa.Workflows.Attributes;
using Elsa.Workflows.Runtime.Stimuli;
using ReleaseWorkflows.Runtime.Resumption;

namespace ReleaseWorkflows.Runtime.Tests.Resumption;

public class StimulusHasherTests
{
    private readonly StimulusHasher _hasher = new();

    [Fact]
    public void The_hash_is_that_of_Elsa() => Assert.Equal(
        "102859CE4564234C65D3BA9D9282DFE324B1C372E5C8E29775D0AC12FC0ADE32", _hasher.Hash("Elsa.Event", new EventStimulus("Foo")));

    [Fact]
    public void A_text_counts_as_it_is() => Assert.Equal(_hasher.Hash("A|b"), _hasher.Hash("A", "b"));

    [Fact]
    public void The_execution_counts_when_it_is_named() => Assert.Equal(_hasher.Hash("A|b|c"), _hasher.Hash("A", "b", "c"));

    [Fact]
    public void Numbers_are_told_apart() => Assert.NotEqual(_hasher.Hash("A", 1), _hasher.Hash("A", 2));

    [Fact]
    public void What_is_excluded_does_not_count()
    {
        Assert.Equal(_hasher.Hash("A", new Task(1, "x")), _hasher.Hash("A", new Task(1, "y")));
        Assert.NotEqual(_hasher.Hash("A", new Task(1, "x")), _hasher.Hash("A", new Task(2, "x")));
    }

    private sealed record Task(int Id, [property: ExcludeFromHash] string Name);
}

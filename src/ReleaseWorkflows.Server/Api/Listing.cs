namespace ReleaseWorkflows.Server.Api;

/// <summary>A list as an answer: an object, so that a cursor or a count can join it one day.</summary>
/// <param name="Items">The entries.</param>
internal sealed record Listing<T>(IReadOnlyList<T> Items);

/// <summary>Makes lists.</summary>
internal static class Listing
{
    /// <summary>A list of these entries.</summary>
    public static Listing<T> Of<T>(IEnumerable<T> items) => new([.. items]);
}

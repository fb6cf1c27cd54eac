using System.Buffers;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// What stimuli are found by: SHA-256 as 64 upper-case hexadecimal digits, which a column keeps as 32 bytes. A host that hashes in another way has its
/// texts kept as they are.
/// </summary>
internal static class Digest
{
    private const int Digits = 64;

    private static readonly SearchValues<char> UpperHexadecimal = SearchValues.Create("0123456789ABCDEF");

    /// <summary>What to store of a hash, and what to look for.</summary>
    /// <returns>An argument of a statement: 32 bytes, or the text.</returns>
    public static object ToArgument(string hash) =>
        hash.Length == Digits && !hash.AsSpan().ContainsAnyExcept(UpperHexadecimal) ? Convert.FromHexString(hash) : hash;
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseWorkflows.Domain.Rollout;

/// <summary>
/// Who is among the first p percent. A user's place is fixed by the release and the user id alone, so raising the percentage only adds
/// users, and two releases choose independently (A28).
/// </summary>
public static class StableBucket
{
    /// <summary>Number of places; one place is a hundredth of a percent.</summary>
    public const int Count = 10_000;

    /// <summary>The user's place in the order of this release: 0 to 9,999.</summary>
    /// <param name="salt">What makes the order of one release its own: its id.</param>
    /// <param name="userId">The user in the super app.</param>
    public static int Of(string salt, string userId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{salt}\n{userId}"), hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % Count);
    }

    /// <summary>True if the user is among the first <paramref name="percentage"/> percent (0 to 100) of this release.</summary>
    public static bool Includes(string salt, string userId, int percentage) => Of(salt, userId) < percentage * (Count / 100);
}

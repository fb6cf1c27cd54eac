using System.Text.Json.Serialization;

namespace ReleaseWorkflows.Domain.Pilot;

/// <summary>What identifies a pilot tester in a target app (A1).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TesterIdKind>))]
public enum TesterIdKind
{
    /// <summary>The user id in the super app (S1): 1 to 64 letters (A to Z), digits and <c>_ - . @ :</c>; case counts. The default.</summary>
    UserId,

    /// <summary>An e-mail address (wallets in the manner of S0); case does not count.</summary>
    Email,
}

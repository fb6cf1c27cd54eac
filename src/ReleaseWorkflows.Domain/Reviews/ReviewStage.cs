using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Domain.Reviews;

/// <summary>
/// One stage of a review, as the workflow definition opens it. A request goes through one stage or several; each needs a number of approvals, by
/// any reviewer of the app or by those named. Nobody approves a request twice, in whatever stage.
/// </summary>
/// <param name="Name">What people see, for example <c>Compliance</c>; 1 to 100 characters.</param>
/// <param name="RequiredApprovals">How many reviewers have to approve, 1 to 20.</param>
/// <param name="Reviewers">E-mail addresses of those who decide; empty: every reviewer of the app. At most 50.</param>
/// <param name="IsLast">True if the request is approved with this stage; false if another one follows.</param>
public sealed record ReviewStage(string Name, int RequiredApprovals, IReadOnlyList<string> Reviewers, bool IsLast)
{
    /// <summary>True if the actor is among those who decide in this stage. Addresses are compared without regard to case.</summary>
    public bool IsFor(Actor actor) => Reviewers.Count == 0 || (actor.Email is { } email && Reviewers.Contains(email, StringComparer.OrdinalIgnoreCase));

    /// <summary>Two stages are equal if they ask the same of the same people.</summary>
    public bool Equals(ReviewStage? other) =>
        other is not null && Name == other.Name && RequiredApprovals == other.RequiredApprovals && IsLast == other.IsLast
        && Reviewers.SequenceEqual(other.Reviewers, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, RequiredApprovals, Reviewers.Count, IsLast);

    /// <summary>Everything that is wrong with the stage, by field; empty if all is well.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Problems
    {
        get
        {
            var problems = new Dictionary<string, IReadOnlyList<string>>();
            if (string.IsNullOrWhiteSpace(Name) || Name.Length > 100)
            {
                problems["stage"] = ["Give the stage a name of 1 to 100 characters."];
            }

            if (RequiredApprovals is < 1 or > 20)
            {
                problems["approvals"] = ["A stage needs 1 to 20 approvals."];
            }
            else if (Reviewers.Count > 0 && Reviewers.Distinct(StringComparer.OrdinalIgnoreCase).Count() < RequiredApprovals)
            {
                problems["approvals"] = [$"The stage needs {RequiredApprovals} approvals and names {Reviewers.Count} reviewers; name more of them."];
            }

            if (ProblemOf(Reviewers) is { } problem)
            {
                problems["reviewers"] = [problem];
            }

            return problems;
        }
    }

    /// <summary>What is wrong with a list of reviewers; null if nothing.</summary>
    public static string? ProblemOf(IReadOnlyList<string> reviewers) =>
        reviewers.Count > 50 ? "Name at most 50 reviewers."
        : reviewers.FirstOrDefault(address => string.IsNullOrWhiteSpace(address) || address.Length > 254 || !address.Contains('@', StringComparison.Ordinal)) is { } bad
            ? $"“{bad}” is no e-mail address; a reviewer is named by the address of the account."
            : null;
}

/// <summary>An approval that did not decide alone.</summary>
/// <param name="By">Who approved.</param>
/// <param name="ByName">The name shown.</param>
/// <param name="At">When.</param>
/// <param name="Stage">In which stage.</param>
/// <param name="Comment">What the reviewer wrote; null for nothing.</param>
public sealed record ReviewApproval(UserId By, string ByName, DateTimeOffset At, string Stage, string? Comment);

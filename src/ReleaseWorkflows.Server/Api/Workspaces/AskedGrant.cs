using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.Workspaces;

/// <summary>The role that a request wants somebody to have.</summary>
internal sealed record AskedGrant(Role Role, IReadOnlyList<MiniProgramKey>? MiniPrograms)
{
    /// <summary>Reads role and assigned mini programs.</summary>
    public static AskedGrant Read(RequestReader input) => new(
        input.Word<Role>("role"), input.OptionalTexts("miniPrograms") is { } keys ? [.. keys.Distinct().Select(key => new MiniProgramKey(key))] : null);

    /// <summary>The role in a workspace.</summary>
    public Grant In(Workspace workspace) => new(Role, workspace.Key, MiniPrograms ?? []);

    /// <summary>Why the workspace cannot give this role; null if it can.</summary>
    public async ValueTask<Problem?> CheckAsync(Workspace workspace, IServiceProvider services, CancellationToken cancellationToken)
    {
        var roles = WorkspaceRoles.Of(workspace.Kind);
        if (!roles.Contains(Role))
        {
            return Problem.From(Refusal.InvalidField("role", $"{workspace.Key} has the roles {string.Join(", ", roles)}."));
        }

        if (MiniPrograms is not null && !RolePermissions.IsLimitedToAssigned(Role))
        {
            return Problem.From(Refusal.InvalidField("miniPrograms", $"A {Role} works on all mini programs of the workspace; leave miniPrograms out."));
        }

        var store = services.GetRequiredService<IMiniProgramStore>();
        var errors = new Dictionary<string, IReadOnlyList<string>>();
        for (var index = 0; index < (MiniPrograms?.Count ?? 0); index++)
        {
            var key = MiniPrograms![index];
            if (await store.FindAsync(key, cancellationToken) is not { } miniProgram || miniProgram.Workspace != workspace.Key)
            {
                errors[$"miniPrograms[{index}]"] = [$"{workspace.Key} has no mini program “{key}”."];
            }
        }

        return errors.Count == 0 ? null : Problem.From(Refusal.Invalid("Some mini programs cannot be assigned; errors names each of them.", errors));
    }
}

/// <summary>Whom a request wants to add to a workspace, and as what.</summary>
/// <param name="Email">The address for sign-in.</param>
/// <param name="Name">What people see, if the account is new; null: the address.</param>
/// <param name="Grant">The role.</param>
internal sealed record NewMember(string Email, string? Name, AskedGrant Grant)
{
    /// <summary>Reads address, name, role and assigned mini programs.</summary>
    public static NewMember Read(RequestReader input)
    {
        var email = input.Line("email", maximum: 254);
        if (email.Length > 0 && !EmailAddress.IsPlausible(email))
        {
            input.Add("email", $"“{email}” is no e-mail address; write it as jo@example.com.");
        }

        return new NewMember(email, input.OptionalLine("name", maximum: 100), AskedGrant.Read(input));
    }
}

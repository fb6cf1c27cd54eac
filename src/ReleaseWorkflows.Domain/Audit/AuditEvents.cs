using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Audit;

/// <summary>The stable names of what is recorded, beside <c>release.*</c> (the events of a release) and <c>workflow.*</c> (what was done to a definition).</summary>
public static class AuditActions
{
    /// <summary>Somebody signed in.</summary>
    public const string SignedIn = "sign-in.succeeded";

    /// <summary>An attempt to sign in failed.</summary>
    public const string SignInFailed = "sign-in.failed";

    /// <summary>Too many attempts failed: for a while none is looked at.</summary>
    public const string SignInLocked = "sign-in.locked";

    /// <summary>Sessions were ended before their time.</summary>
    public const string SessionsEnded = "sign-in.sessions-ended";

    /// <summary>The trail was written to a file.</summary>
    public const string Exported = "audit.exported";

    /// <summary>A message that was given up is sent again.</summary>
    public const string SentAgain = "message.sent-again";

    /// <summary>Kinds of things, for filters.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["account", "api-key", "app", "audit", "member", "message", "mini-program", "release", "sign-in", "version", "workflow", "workspace"];
}

/// <summary>What a saved change says in the trail: pure functions of the state before and after.</summary>
public static class AuditEvents
{
    /// <summary>An app was created or changed. The secret of its webhook is told as renewed, never as it is.</summary>
    public static IEnumerable<AuditEvent> OfApp(TargetApp? before, TargetApp after)
    {
        var changes = AuditChange.Between(Shown(before), Shown(after));
        if (before?.Webhook is { } old && after.Webhook is { } now && old.ProtectedSecret != now.ProtectedSecret)
        {
            changes = [.. changes, new AuditChange("webhook.secret", "the former", "a new one")];
        }

        return Of("app", after.Key.Value, $"App {after.Key}", after.Workspace, before is null, changes);

        static TargetApp? Shown(TargetApp? app) => app is null ? null : app with { Webhook = app.Webhook?.WithoutSecret() };
    }

    /// <summary>A mini program was created or changed.</summary>
    public static IEnumerable<AuditEvent> OfMiniProgram(MiniProgram? before, MiniProgram after) =>
        Of("mini-program", after.Key.Value, $"Mini program {after.Key}", after.Workspace, before is null, AuditChange.Between(before, after));

    /// <summary>A version was uploaded.</summary>
    public static AuditEvent OfVersion(MiniProgramVersion version, WorkspaceKey? workspace) => new(
        "version.uploaded", "version", $"{version.MiniProgram} {version.Number}", workspace, $"Version {version.Number} of {version.MiniProgram} uploaded.",
        [new AuditChange("sourceDigest", null, version.SourceDigest)]);

    /// <summary>A workspace was created or renamed.</summary>
    public static IEnumerable<AuditEvent> OfWorkspace(Workspace? before, Workspace after) =>
        Of("workspace", after.Key.Value, $"Workspace {after.Key}", after.Key, before is null, AuditChange.Between(before, after));

    /// <summary>
    /// An account was created or changed. Each role that came, changed or went is a line of its own, which the admins of that workspace see; the account itself
    /// is the platform's.
    /// </summary>
    public static IEnumerable<AuditEvent> OfAccount(Account? before, Account after)
    {
        if (before is null)
        {
            yield return Line("account.created", $"Account of {after.Name} <{after.Email}> created.", null, []);
        }
        else
        {
            var changes = AuditChange.Between(new { before.Name, before.Email }, new { after.Name, after.Email });
            if (changes.Count > 0)
            {
                yield return Line("account.changed", $"Account of {after.Name} changed.", null, changes);
            }

            if (before.PasswordHash != after.PasswordHash)
            {
                // Only a stronger hash of the same password leaves a stamp.
                yield return after.SignInStamp is null
                    ? Line("account.password-changed", $"Password of {after.Name} changed.", null, [])
                    : Line("account.password-strengthened", $"Password of {after.Name} is kept with a stronger hash; it stays what it is.", null, []);
            }

            if (before.SignInEpoch != after.SignInEpoch)
            {
                yield return Line(AuditActions.SessionsEnded, $"{after.Name} was signed out everywhere.", null, []);
            }

            if (before.DisabledAt is null != after.DisabledAt is null)
            {
                yield return after.DisabledAt is null
                    ? Line("account.enabled", $"Account of {after.Name} enabled.", null, [])
                    : Line("account.disabled", $"Account of {after.Name} disabled.", null, []);
            }
        }

        foreach (var workspace in after.Grants.Concat(before?.Grants ?? []).Select(grant => grant.Workspace).Distinct())
        {
            var (was, isNow) = (Describe(before, workspace), Describe(after, workspace));
            if (was != isNow)
            {
                var (action, text) = was is null ? ("member.added", $"{after.Name} is now {isNow} in {workspace}.")
                    : isNow is null ? ("member.removed", $"{after.Name} is no longer {was} in {workspace}.")
                    : ("member.changed", $"{after.Name} is now {isNow} in {workspace}.");
                yield return Line(action, text, workspace, [new AuditChange("role", was, isNow)]);
            }
        }

        AuditEvent Line(string action, string text, WorkspaceKey? workspace, IReadOnlyList<AuditChange> changes) =>
            new(action, "account", after.Id.Value, workspace, text, changes);
    }

    /// <summary>A key was made.</summary>
    public static AuditEvent OfNewKey(ApiKey key) => new(
        "api-key.created", "api-key", key.Id, null, $"API key “{key.Name}” created.",
        AuditChange.Between(null, new { key.Name, Account = key.Account.Value, key.ExpiresAt, Scopes = key.Scopes?.Select(RolePermissions.NameOf) }));

    /// <summary>A key was revoked.</summary>
    public static AuditEvent OfRevokedKey(string id) => new("api-key.revoked", "api-key", id, null, $"API key {id} revoked.", []);

    private static IEnumerable<AuditEvent> Of(
        string kind, string subject, string name, WorkspaceKey? workspace, bool isNew, IReadOnlyList<AuditChange> changes)
    {
        if (isNew || changes.Count > 0)
        {
            var verb = isNew ? "created" : "changed";
            yield return new AuditEvent($"{kind}.{verb}", kind, subject, workspace, $"{name} {verb}.", changes);
        }
    }

    private static string? Describe(Account? account, WorkspaceKey workspace)
    {
        var grants = account?.Grants.Where(grant => grant.Workspace == workspace).Select(grant =>
            RolePermissions.IsLimitedToAssigned(grant.Role) ? $"{grant.Role} for {(grant.MiniPrograms.Count == 0 ? "no mini program" : string.Join(", ", grant.MiniPrograms))}" : grant.Role.ToString());
        return grants is not null && string.Join("; ", grants) is { Length: > 0 } text ? text : null;
    }
}

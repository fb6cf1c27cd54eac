namespace ReleaseWorkflows.Persistence.DomainTables;

// One class per table, one property per column, in the order of the columns. A document holds the whole object as JSON (DomainJson); the
// columns beside it are what queries, guards and unique indexes need. Times are microseconds since 1970 (Timestamps).

internal sealed class ReleaseRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string MiniProgram { get; init; }

    public required string Version { get; init; }

    public required string App { get; init; }

    public required string Environment { get; init; }

    public required string MiniProgramWorkspace { get; init; }

    public required string AppWorkspace { get; init; }

    public required string Status { get; init; }

    /// <summary>Who made the latest application.</summary>
    public string? Applicant { get; init; }

    public int Revision { get; init; }

    /// <summary>These three are set apart from the document: no event changes them.</summary>
    public string? WorkflowInstanceId { get; init; }

    public string? WorkflowDefinitionId { get; init; }

    public int? WorkflowDefinitionVersion { get; init; }

    public required string Document { get; init; }
}

internal sealed class ReleaseLogRow
{
    public long Key { get; init; }

    public long ReleaseKey { get; init; }

    public int Revision { get; init; }

    public long At { get; init; }

    public required string Actor { get; init; }

    public required string Document { get; init; }
}

internal sealed class TesterRow
{
    public long Key { get; init; }

    public long ReleaseKey { get; init; }

    public required string Tester { get; init; }
}

internal sealed class MiniProgramRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public int Revision { get; init; }

    public required string Document { get; init; }
}

internal sealed class MiniProgramConfigurationRow
{
    public long Key { get; init; }

    public required string MiniProgram { get; init; }

    public int Number { get; init; }

    public long ChangedAt { get; init; }

    public string? ChangedBy { get; init; }

    public string? ChangedByName { get; init; }

    public required string Configuration { get; init; }
}

internal sealed class MiniProgramVersionRow
{
    public long Key { get; init; }

    public required string MiniProgram { get; init; }

    public required string Number { get; init; }

    public required string SourceDigest { get; init; }

    public long Size { get; init; }

    public int FileCount { get; init; }

    public required string UploadedBy { get; init; }

    public required string UploadedByName { get; init; }

    public long UploadedAt { get; init; }
}

internal sealed class TargetAppRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public int Revision { get; init; }

    public required string Document { get; init; }
}

internal sealed class WorkspaceRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Kind { get; init; }
}

internal sealed class AccountRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    /// <summary>In lower case, so that addresses are unique without regard to case; the document has it as it was written.</summary>
    public required string Email { get; init; }

    public int Revision { get; init; }

    public required string Document { get; init; }
}

internal sealed class ApiKeyRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string Account { get; init; }

    public required string Name { get; init; }

    public required string SecretHash { get; init; }

    public long CreatedAt { get; init; }

    public long? ExpiresAt { get; init; }

    /// <summary>Names of permissions with blanks between them; null: all.</summary>
    public string? Scopes { get; init; }
}

internal sealed class AuditRow
{
    public long Key { get; init; }

    public long At { get; init; }

    public required string Actor { get; init; }

    public required string ActorName { get; init; }

    public string? Origin { get; init; }

    public required string Action { get; init; }

    public required string SubjectKind { get; init; }

    public required string Subject { get; init; }

    public string? Workspace { get; init; }

    public required string Text { get; init; }

    /// <summary>What became different, as JSON; null: nothing to tell.</summary>
    public string? Changes { get; init; }
}

internal sealed class SignInFailureRow
{
    public long Key { get; init; }

    public required string Name { get; init; }

    public long At { get; init; }
}

internal sealed class SessionRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string Account { get; init; }

    public required string SecretHash { get; init; }

    public required string PasswordStamp { get; init; }

    public required string Browser { get; init; }

    public long StartedAt { get; init; }

    public long UsedAt { get; init; }

    public long EndsAt { get; init; }
}

internal sealed class OutboxRow
{
    public long Key { get; init; }

    public required string MessageKey { get; init; }

    public required string Kind { get; init; }

    public string? ReleaseId { get; init; }

    public required string Payload { get; init; }

    public long CreatedAt { get; init; }

    public int Attempts { get; init; }

    public long DueAt { get; init; }

    public string? LastError { get; init; }

    public long? CompletedAt { get; init; }

    public long? DeadAt { get; init; }

    public string? TraceParent { get; init; }
}

internal sealed class IdempotencyRow
{
    public long Key { get; init; }

    public required string Account { get; init; }

    public required string RequestKey { get; init; }

    public required string RequestHash { get; init; }

    public int StatusCode { get; init; }

    public string? ContentType { get; init; }

    public required string Headers { get; init; }

    public required byte[] Body { get; init; }

    public long CreatedAt { get; init; }
}

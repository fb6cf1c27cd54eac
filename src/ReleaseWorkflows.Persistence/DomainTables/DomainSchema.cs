using Microsoft.EntityFrameworkCore;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>The platform's tables. What has to be unique is unique here, whatever the code believes to have checked.</summary>
internal static class DomainSchema
{
    /// <summary>Between application and end (A22). Stands word for word in the queries that use the index.</summary>
    public const string IsActive = "status IN ('UnderReview', 'PilotTesting', 'ReleasePreparation', 'GrayscaleRelease')";

    /// <summary>Not at its end: somebody or something moves it on.</summary>
    public const string IsOpen = "status IN ('NewVersionCreated', 'UnderReview', 'PilotTesting', 'ReleasePreparation', 'GrayscaleRelease')";

    /// <summary>Live for everyone.</summary>
    public const string IsLive = "status = 'FullRelease'";

    /// <summary>Not yet done and not given up.</summary>
    public const string IsPending = "completed_at IS NULL AND dead_at IS NULL";

    /// <summary>What people ask about later: e-mails and webhooks. Stands word for word in the query that uses the index.</summary>
    public const string IsTold = "kind <> 'package-build'";

    public static void Configure(ModelBuilder model)
    {
        model.Entity<ReleaseRow>(row =>
        {
            row.ToTable("releases").HasKey(release => release.Key);
            row.HasIndex(release => release.Id).IsUnique();
            // I4: a version goes to a target once, for ever; a canceled release keeps its row.
            row.HasIndex(release => new { release.MiniProgram, release.Version, release.App, release.Environment }, "target").IsUnique();
            // A22: one version on its way per mini program and target. T22: one live.
            row.HasIndex(release => new { release.MiniProgram, release.App, release.Environment }, "active").IsUnique().HasFilter(IsActive);
            row.HasIndex(release => new { release.MiniProgram, release.App, release.Environment }, "live").IsUnique().HasFilter(IsLive);
            // Lists: an index holds the rows of one value in the order of the pages.
            row.HasIndex(release => new { release.Status, release.Id });
            row.HasIndex(release => new { release.MiniProgram, release.Id });
            row.HasIndex(release => new { release.Applicant, release.Id }, "applicant").HasFilter("applicant IS NOT NULL");
            // Lists of what one may see, whose rows never change; and of the few that are open, which tells by itself who may see a row.
            row.HasIndex(release => new { release.MiniProgramWorkspace, release.Id }, "of_workspace");
            row.HasIndex(release => new { release.AppWorkspace, release.Id }, "to_workspace");
            row.HasIndex(release => new { release.App, release.Id }, "to_app");
            row.HasIndex(release => new { release.Id, release.MiniProgramWorkspace, release.AppWorkspace, release.MiniProgram }, "open").HasFilter(IsOpen);
        });
        model.Entity<ReleaseLogRow>(row =>
        {
            row.ToTable("release_log").HasKey(line => line.Key);
            row.HasIndex(line => new { line.ReleaseKey, line.Revision }).IsUnique();
            // The audit trail reads the logs of all releases, the latest line first.
            row.HasIndex(line => line.At);
            row.HasIndex(line => new { line.Actor, line.At });
            row.HasOne<ReleaseRow>().WithMany().HasForeignKey(line => line.ReleaseKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<TesterRow>(row =>
        {
            row.ToTable("testers").HasKey(tester => tester.Key);
            row.HasIndex(tester => new { tester.ReleaseKey, tester.Tester }).IsUnique();
            row.HasOne<ReleaseRow>().WithMany().HasForeignKey(tester => tester.ReleaseKey).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<MiniProgramRow>(row =>
        {
            row.ToTable("mini_programs").HasKey(miniProgram => miniProgram.Key);
            row.HasIndex(miniProgram => miniProgram.Id).IsUnique();
        });
        model.Entity<MiniProgramConfigurationRow>(row =>
        {
            row.ToTable("mini_program_configurations").HasKey(revision => revision.Key);
            row.HasIndex(revision => new { revision.MiniProgram, revision.Number }).IsUnique();
        });
        model.Entity<MiniProgramVersionRow>(row =>
        {
            row.ToTable("mini_program_versions").HasKey(version => version.Key);
            row.HasIndex(version => new { version.MiniProgram, version.Number }).IsUnique();
        });
        model.Entity<TargetAppRow>(row =>
        {
            row.ToTable("target_apps").HasKey(app => app.Key);
            row.HasIndex(app => app.Id).IsUnique();
        });
        model.Entity<WorkspaceRow>(row =>
        {
            row.ToTable("workspaces").HasKey(workspace => workspace.Key);
            row.HasIndex(workspace => workspace.Id).IsUnique();
        });
        model.Entity<AccountRow>(row =>
        {
            row.ToTable("accounts").HasKey(account => account.Key);
            row.HasIndex(account => account.Id).IsUnique();
            row.HasIndex(account => account.Email).IsUnique();
        });
        model.Entity<ApiKeyRow>(row =>
        {
            row.ToTable("api_keys").HasKey(key => key.Key);
            row.HasIndex(key => key.Id).IsUnique();
            row.HasIndex(key => key.SecretHash).IsUnique();
            row.HasIndex(key => key.Account);
        });
        model.Entity<AuditRow>(row =>
        {
            row.ToTable("audit").HasKey(entry => entry.Key);
            row.HasIndex(entry => entry.At);
            row.HasIndex(entry => new { entry.Actor, entry.At });
            row.HasIndex(entry => new { entry.Subject, entry.At });
            row.HasIndex(entry => new { entry.Workspace, entry.At }).HasFilter("workspace IS NOT NULL");
        });
        model.Entity<SessionRow>(row =>
        {
            row.ToTable("sessions").HasKey(session => session.Key);
            row.HasIndex(session => session.Id).IsUnique();
            row.HasIndex(session => session.SecretHash).IsUnique();
            row.HasIndex(session => new { session.Account, session.UsedAt });
        });
        model.Entity<SignInFailureRow>(row =>
        {
            row.ToTable("sign_in_failures").HasKey(failure => failure.Key);
            row.HasIndex(failure => failure.Name);
            row.HasIndex(failure => failure.At);
        });
        model.Entity<OutboxRow>(row =>
        {
            row.ToTable("outbox").HasKey(message => message.Key);
            row.HasIndex(message => message.MessageKey).IsUnique();
            row.HasIndex(message => message.DueAt).HasFilter(IsPending);
            row.HasIndex(message => message.ReleaseId).HasFilter("release_id IS NOT NULL");
            row.HasIndex(message => message.Kind).HasFilter(IsTold);
            row.HasIndex(message => message.DeadAt).HasFilter("dead_at IS NOT NULL");
        });
        model.Entity<IdempotencyRow>(row =>
        {
            row.ToTable("idempotency_records").HasKey(record => record.Key);
            row.HasIndex(record => new { record.Account, record.RequestKey }).IsUnique();
        });
    }
}

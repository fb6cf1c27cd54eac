using System.Collections.Frozen;

namespace ReleaseWorkflows.Persistence.Migrations;

/// <summary>
/// The migrations of this program by name, as a database that is up to date lists them. Written down, since finding them by reflection loads every type of this
/// assembly and all of EF Core, at each start; a test compares.
/// </summary>
internal static class KnownMigrations
{
    public static FrozenSet<string> Names { get; } = new[]
    {
        "0001_runtime_tables",
        "0002_domain_tables",
        "0003_outside_jobs",
        "0004_activation_keys",
        "0005_definition_versions",
        "0007_bursts",
        "0009_lean_bookmarks",
        "0010_sessions",
        "0013_outbox_traces",
        "0030_release_lists",
        "0031_fan_outs",
        "0033_outside_job_traces",
        "0035_own_workflows",
        "0038_visible_releases",
        "0040_audit",
        "0041_outbox_kinds",
        "0042_global_configurations",
        "0046_lean_hashes",
        "0050_sign_in_failures",
        "0051_patient_stimuli",
    }.ToFrozenSet(StringComparer.Ordinal);
}

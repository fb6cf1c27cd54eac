using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.Identifiers;

namespace ReleaseWorkflows.Domain.MiniPrograms;

/// <summary>Names a mini program; the form is that of <see cref="Key"/>.</summary>
[JsonConverter(typeof(StringIdJsonConverter<MiniProgramKey>))]
public readonly record struct MiniProgramKey(string Value) : IStringId<MiniProgramKey>
{
    /// <inheritdoc/>
    public static MiniProgramKey From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>An app that runs inside super apps. Its versions are uploaded and released one by one.</summary>
public sealed record MiniProgram
{
    /// <summary>The key in addresses. Never changes.</summary>
    public required MiniProgramKey Key { get; init; }

    /// <summary>The workspace that owns it. Never changes.</summary>
    public required WorkspaceKey Workspace { get; init; }

    /// <summary>What people see; every release starts from it.</summary>
    public required BasicInformation BasicInformation { get; init; }

    /// <summary>The global configuration: what applies where a release does not say otherwise (S3, S4).</summary>
    public ConfigurationValues Configuration { get; init; } = ConfigurationValues.Empty;

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Number of changes; the first state has 1.</summary>
    public int Revision { get; init; } = 1;
}

/// <summary>The number of a version as uploaded, for example <c>1.2.0</c>.</summary>
[JsonConverter(typeof(StringIdJsonConverter<VersionNumber>))]
public readonly partial record struct VersionNumber(string Value) : IStringId<VersionNumber>
{
    /// <summary>What a version number looks like, for messages.</summary>
    public const string Form = "three numbers with dots and, if needed, a label, for example 1.2.0 or 1.2.0-rc.1, at most 64 characters";

    /// <inheritdoc/>
    public static VersionNumber From(string value) => new(value);

    /// <summary>True if the text has the form of a version number.</summary>
    public static bool IsValid(string? value) => value is { Length: <= 64 } && Pattern().IsMatch(value);

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"\A(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

/// <summary>One uploaded version. Immutable: a change of code is a new version.</summary>
/// <param name="MiniProgram">Whose version.</param>
/// <param name="Number">Its number, unique within the mini program.</param>
/// <param name="SourceDigest">SHA-256 of the uploaded archive, 64 lower-case hexadecimal digits; also where its bytes are kept.</param>
/// <param name="Size">Bytes of the uploaded archive.</param>
/// <param name="FileCount">Files in it.</param>
/// <param name="UploadedBy">Who uploaded it.</param>
/// <param name="UploadedByName">The name shown.</param>
/// <param name="UploadedAt">When.</param>
public sealed record MiniProgramVersion(
    MiniProgramKey MiniProgram,
    VersionNumber Number,
    string SourceDigest,
    long Size,
    int FileCount,
    UserId UploadedBy,
    string UploadedByName,
    DateTimeOffset UploadedAt);

/// <summary>Mini programs and their versions within one unit of work.</summary>
public interface IMiniProgramStore
{
    /// <summary>The mini program, or null.</summary>
    ValueTask<MiniProgram?> FindAsync(MiniProgramKey key, CancellationToken cancellationToken);

    /// <summary>All mini programs in the order of their keys.</summary>
    ValueTask<IReadOnlyList<MiniProgram>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Stores a new mini program (revision 1) or a changed one; a lost race fails the commit.</summary>
    void Save(MiniProgram miniProgram);

    /// <summary>The revisions of the global configuration that were stored, the oldest first; see <see cref="GlobalConfigurationHistory"/>.</summary>
    ValueTask<IReadOnlyList<GlobalConfigurationRevision>> ListConfigurationsAsync(MiniProgramKey key, CancellationToken cancellationToken);

    /// <summary>Stores a revision of the global configuration; a taken number fails the commit.</summary>
    void AddConfiguration(GlobalConfigurationRevision revision);

    /// <summary>The version, or null.</summary>
    ValueTask<MiniProgramVersion?> FindVersionAsync(MiniProgramKey key, VersionNumber number, CancellationToken cancellationToken);

    /// <summary>All versions of a mini program, the newest upload first.</summary>
    ValueTask<IReadOnlyList<MiniProgramVersion>> ListVersionsAsync(MiniProgramKey key, CancellationToken cancellationToken);

    /// <summary>Stores a new version; a taken number fails the commit.</summary>
    void AddVersion(MiniProgramVersion version);
}

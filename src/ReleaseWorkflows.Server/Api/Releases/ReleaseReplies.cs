using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;
using CreateReleaseCommand = ReleaseWorkflows.Domain.Releases.CreateRelease;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary>Reads requests for releases and words the answers, for endpoints and for the trigger workflow alike.</summary>
internal sealed class ReleaseReplies(UnitOfWorkDecision unit) : IReleaseReplies
{
    /// <inheritdoc/>
    public Refusal? Read(ReadOnlyMemory<byte> json, out CreateReleaseCommand? command)
    {
        var input = RequestReader.Read(json);
        var miniProgram = input.Key("miniProgram");
        var version = input.Line("version", maximum: 64);
        var app = input.Key("app");
        var environment = input.Word<ReleaseEnvironment>("environment");
        var configuration = input.OptionalConfiguration("configuration") ?? ConfigurationValues.Empty;
        var releaseNotes = input.OptionalText("releaseNotes", maximum: 4_000);
        if (version.Length > 0 && !VersionNumber.IsValid(version))
        {
            input.Add("version", $"A version has {VersionNumber.Form}.");
        }

        if (input.Finish() is { } refusal)
        {
            command = null;
            return refusal;
        }

        command = new CreateReleaseCommand(
            new ReleaseKey(new MiniProgramKey(miniProgram), new VersionNumber(version), new AppKey(app), environment), configuration, releaseNotes);
        return null;
    }

    /// <inheritdoc/>
    public HttpReply Created(Release release)
    {
        var view = CreatedReleaseView.Of(release);
        return new HttpReply(
            StatusCodes.Status201Created,
            "application/json",
            JsonSerializer.Serialize(view, ApiJson.Options),
            new Dictionary<string, string> { ["Location"] = view.Links.Self });
    }

    /// <inheritdoc/>
    public HttpReply Refused(Refusal refusal)
    {
        unit.Discard();
        var problem = Problem.From(refusal);
        return new HttpReply(problem.StatusCode, Problem.ContentType, Encoding.UTF8.GetString(problem.ToUtf8()), new Dictionary<string, string>());
    }
}

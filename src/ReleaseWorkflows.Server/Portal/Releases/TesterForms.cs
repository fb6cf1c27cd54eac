using System.Text;
using Microsoft.AspNetCore.Components;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Releases;
using ReleaseWorkflows.Server.Pilot;
using ReleaseWorkflows.Server.Portal.Forms;

namespace ReleaseWorkflows.Server.Portal.Releases;

/// <summary>
/// The forms of the testers of a pilot (T12): a list is read first and shown with what would become of each row; only its confirmation changes the test
/// group. Single testers are removed at once.
/// </summary>
internal sealed class TesterForms(
    PostedForm form, PageCommands commands, TesterDrafts drafts, ReleaseService releases, IReleaseStore store, NavigationManager navigation, IHttpContextAccessor request)
{
    /// <summary>Reads a list and shows it; saves nothing.</summary>
    public const string Check = "check-testers";

    /// <summary>Takes a list over that was shown.</summary>
    public const string Confirm = "confirm-testers";

    /// <summary>Removes one tester, or all.</summary>
    public const string Remove = "remove-testers";

    /// <summary>Most bytes of a file with a list: 50 MB.</summary>
    public const long MaximumFileBytes = 50 * 1024 * 1024;

    /// <summary>Most bytes of a request with a list: the file and what a form puts around it.</summary>
    public const long MaximumRequestBytes = MaximumFileBytes + (64 * 1024);

    private HttpContext Context => request.HttpContext!;

    private CancellationToken Stop => Context.RequestAborted;

    /// <summary>Carries out the form that came, if it is one of these.</summary>
    /// <returns>False for another form.</returns>
    public async Task<bool> TrySubmitAsync(ReleaseId id)
    {
        switch (form.Name)
        {
            case Check:
                await CheckAsync(id);
                return true;
            case Confirm:
                await ConfirmAsync(id);
                return true;
            case Remove:
                var userId = form.Text(Remove, "userId");
                await ChangeAsync(id, userId is null ? TesterChange.Replace : TesterChange.Remove, userId is null ? [] : [userId], userId is null ? "All testers are removed." : $"{userId} is removed.");
                return true;
            default:
                return false;
        }
    }

    private static string PageOf(ReleaseId id) => $"/releases/{id}?tab=testers";

    private async Task CheckAsync(ReleaseId id)
    {
        var actor = CurrentActor.Of(Context);
        var preview = await releases.PreviewAsync(id, new UpdateTesters(0, 0, 0, []), actor, Stop);
        if (preview.IsRefused)
        {
            form.Refuse(Problem.From(preview.Refusal));
            return;
        }

        var change = form.Text(Check, "change") == nameof(TesterChange.Replace) ? TesterChange.Replace : TesterChange.Add;
        var kind = preview.Release.Policy.TesterIdKind;
        var file = form.Files.FirstOrDefault(sent => sent.Length > 0);
        var text = form.Text(Check, "list") ?? "";
        if (file is null && string.IsNullOrWhiteSpace(text))
        {
            Refuse("list", "Give at least one user id here, or choose a file.");
            return;
        }

        if (file is not null && !string.IsNullOrWhiteSpace(text))
        {
            Refuse("list", "Give either a file or a list here, not both.");
            return;
        }

        if (file is not null && TesterFile.FormatOf(file.FileName) is null)
        {
            Refuse("file", "Choose a CSV or TXT file; its name ends in .csv, .tsv or .txt.");
            return;
        }

        var group = change == TesterChange.Replace ? [] : (await store.ListTestersAsync(id, Stop)).ToHashSet(StringComparer.Ordinal);
        await using var content = file is null ? new MemoryStream(Encoding.UTF8.GetBytes(text)) : file.OpenReadStream();
        var format = file is null ? TesterFileFormat.Txt : TesterFile.FormatOf(file.FileName)!.Value;
        var import = TesterImport.Read(TesterFile.Read(content, format, kind), kind, group);
        if (import.Problem is { } problem)
        {
            Refuse(file is null ? "list" : "file", $"Line {problem.Line}: {problem.Message} Nothing was read.");
            return;
        }

        var draft = await drafts.KeepAsync(id, actor.Id, change, file?.FileName ?? "the pasted list", import, Stop);
        navigation.NavigateTo($"{PageOf(id)}&draft={draft.Id}#parts");
    }

    private async Task ConfirmAsync(ReleaseId id)
    {
        if (await drafts.FindAsync(form.Text(Confirm, "draft"), id, CurrentActor.Of(Context).Id, Stop) is not { } draft)
        {
            form.Refuse(new Problem(StatusCodes.Status409Conflict, "draft-gone", "The list was read too long ago and is not kept any more. Nothing was changed; give the list again."));
            return;
        }

        var accepted = await drafts.ReadAcceptedAsync(draft, Stop);
        await ChangeAsync(id, draft.Change, accepted, draft.Change == TesterChange.Replace ? "The test group is replaced." : $"{accepted.Length:N0} testers are added.");
    }

    private Task ChangeAsync(ReleaseId id, TesterChange change, IReadOnlyList<string> userIds, string done)
    {
        var actor = CurrentActor.Of(Context);
        return commands.SendAsync(async (services, stop) =>
        {
            if (await ReleaseEndpoints.FindVisibleAsync(services.GetRequiredService<IReleaseStore>(), id.Value, actor, stop) is null)
            {
                return CommandResponse.Refuse(ReleaseEndpoints.NotFound());
            }

            var (result, import) = await services.GetRequiredService<TesterService>().ChangeTestersAsync(id, change, TesterLine.FromValues(userIds), actor, stop);
            return result.IsRefused ? CommandResponse.Refuse(result.Refusal, result.Release, actor)
                : import is { Accepted.Count: 0, Rejected: [var first, ..] } ? CommandResponse.Refuse(Refusal.InvalidField("userId", $"“{first.Value}”: {first.Reason}"))
                : CommandResponse.Ok(TesterChangeView.Of(result.Release.TesterCount, import!), result.Release.Revision);
        }, done, PageOf(id));
    }

    private void Refuse(string field, string message) => form.Refuse(Problem.From(Refusal.InvalidField(field, message)));
}

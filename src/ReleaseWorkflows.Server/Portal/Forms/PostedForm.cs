using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Portal.Forms;

/// <summary>
/// The form that came with this request, what was typed into it and what was wrong with it. One per request.
/// </summary>
/// <remarks>
/// <para>How a page takes commands, from the markup to the answer:</para>
/// <list type="number">
/// <item><see cref="FormReceiver"/> stands once on the page, whatever else the page shows: it takes every form that is sent to it, also one that the page
/// would not offer any more (a stale page), and tells at the top what was refused.</item>
/// <item><see cref="CommandForm"/> is the form: antiforgery, a key for its one effect, its name, and with <see cref="CommandForm.Revision"/> what the
/// reader saw. Its fields (<see cref="TextField"/>, <see cref="TextAreaField"/>, <see cref="SelectField"/>, <see cref="ChoiceField"/>,
/// <see cref="CheckField"/>, <see cref="FileField"/>, or any input within <see cref="Field"/>) show what was typed and the errors beside it;
/// <see cref="SubmitButton"/> sends it; <see cref="ConfirmPanel"/> around it says first what it costs.</item>
/// <item>The page's handler asks for <see cref="Name"/>, reads the fields with <see cref="Read"/>, which is the reader of the API, and hands the work to
/// <see cref="PageCommands.SendAsync"/>: the same unit of work as behind the API, done once per key.</item>
/// <item>Accepted: a redirect, and a notice on the page it leads to. Refused: the page is shown again with the sentence, the errors and what was typed.
/// Data that the page read before the command are read anew by the page after it.</item>
/// </list>
/// <code>
/// &lt;FormReceiver OnSubmit="SubmitAsync" /&gt;
/// &lt;CommandForm Name="rename"&gt;
///     &lt;TextField Name="name" Label="Name" Value="@_app.Name" Required MaxLength="100" /&gt;
///     &lt;SubmitButton Text="Save" /&gt;
/// &lt;/CommandForm&gt;
/// @code {
///     private async Task SubmitAsync()
///     {
///         var input = Form.Read("name");
///         var name = input.Text("name", 100);
///         var unreadable = input.Finish();
///         await Commands.SendAsync(async (services, stop) =&gt; unreadable is null ? await RenameAsync(services, name, stop) : CommandResponse.Refuse(unreadable), "Renamed.");
///     }
/// }
/// </code>
/// </remarks>
internal sealed class PostedForm(IHttpContextAccessor request, KeptForms kept)
{
    private IFormCollection? _kept;
    private bool _hasLooked;

    /// <summary>The hidden field with the name of the form.</summary>
    public const string NameField = "_form";

    /// <summary>The hidden field with the key of its one effect.</summary>
    public const string KeyField = "_key";

    /// <summary>The hidden field with the revision that the page showed.</summary>
    public const string RevisionField = "_revision";

    /// <summary>The name under which Blazor hands every form to <see cref="FormReceiver"/>.</summary>
    public const string Receiver = "page";

    private static readonly string[] OwnFields = [NameField, KeyField, RevisionField, "_handler", "__RequestVerificationToken"];

    /// <summary>The name of the form; null if the request brought none.</summary>
    public string? Name => Find(NameField);

    /// <summary>The key of its one effect; null without form.</summary>
    public string? Key => Find(KeyField) is { Length: >= 1 and <= 100 } key && key.All(char.IsAsciiLetterOrDigit) ? key : null;

    /// <summary>The revision that the page showed; null if the form did not say.</summary>
    public int? Revision => int.TryParse(Find(RevisionField), out var revision) ? revision : null;

    /// <summary>Why the form was refused; null if it was not.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>The files that came with the form.</summary>
    public IFormFileCollection Files => Fields?.Files ?? new FormFileCollection();

    /// <summary>What was typed by people, field by field.</summary>
    public IEnumerable<KeyValuePair<string, string>> Typed =>
        (Fields ?? FormCollection.Empty).Where(entry => !OwnFields.Contains(entry.Key)).Select(entry => KeyValuePair.Create(entry.Key, entry.Value.ToString()));

    /// <summary>True if the form came before, when the session was over (<see cref="KeptForms"/>): it is shown again and was not carried out.</summary>
    public bool IsKept => !IsPost && Fields is not null;

    private bool IsPost => request.HttpContext is { Request.Method: var method } && HttpMethods.IsPost(method);

    private IFormCollection? Fields
    {
        get
        {
            if (request.HttpContext is not { } context)
            {
                return null;
            }

            if (IsPost)
            {
                return context.Request.HasFormContentType ? context.Request.Form : null;
            }

            if (!_hasLooked)
            {
                _hasLooked = true;
                _kept = kept.Take(context);
            }

            return _kept;
        }
    }

    /// <summary>What was typed into a field of a form; null if that form was not sent, or without the field.</summary>
    public string? Text(string form, string field) => Name == form ? Find(field) : null;

    /// <summary>All values of a field of a form, such as of several boxes with one name; empty if that form was not sent.</summary>
    public IReadOnlyList<string> Texts(string form, string field) =>
        Name == form && Fields is { } fields && fields.TryGetValue(field, out var values) ? [.. values.OfType<string>()] : [];

    /// <summary>What is wrong with a field of a form.</summary>
    public IReadOnlyList<string> Errors(string form, string field) =>
        Name == form && Problem?.Members.GetValueOrDefault("errors") is IReadOnlyDictionary<string, IReadOnlyList<string>> errors
        && errors.TryGetValue(field, out var messages)
            ? messages
            : [];

    /// <summary>Reads fields as the API reads a body: blank ones count as left out. Files are in <see cref="Files"/>.</summary>
    /// <param name="fields">The fields to read; others that came are none of the command's business.</param>
    public RequestReader Read(params IEnumerable<string> fields) => RequestReader.ReadForm(Fields ?? FormCollection.Empty, fields);

    /// <summary>Shows the page again with this.</summary>
    public void Refuse(Problem problem)
    {
        Problem = problem;
        if (request.HttpContext is { Response.HasStarted: false } context)
        {
            context.Response.StatusCode = problem.StatusCode;
        }
    }

    /// <summary>A digest of everything the form says, files included.</summary>
    public async Task<string> HashAsync(CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sent = request.HttpContext!.Request;
        Append(sent.PathBase + sent.Path);
        Append(Name ?? "");
        foreach (var (field, values) in (Fields ?? FormCollection.Empty).Where(field => !OwnFields.Contains(field.Key)).OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            Append(field);
            foreach (var value in values)
            {
                Append(value ?? "");
            }
        }

        foreach (var file in Files)
        {
            Append(file.Name);
            Append(file.FileName);
            await using var content = file.OpenReadStream();
            hash.AppendData(await SHA256.HashDataAsync(content, cancellationToken));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string text) => hash.AppendData(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(text)}:{text}\n"));
    }

    private string? Find(string field) => Fields is { } fields && fields.TryGetValue(field, out var value) && value != StringValues.Empty ? value[0] : null;
}

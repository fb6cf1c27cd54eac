using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Server.Portal.Forms;

namespace ReleaseWorkflows.Server.Portal.MiniPrograms;

/// <summary>Basic information as fields of a form (<see cref="BasicInformationFields"/>), and back. A blank field says nothing.</summary>
internal static class BasicInformationForm
{
    /// <summary>Reads the fields of a form that was sent. What is wrong with them says <see cref="BasicInformation.Problems"/>, under the names of the fields.</summary>
    public static BasicInformation Read(PostedForm form, string name)
    {
        var contacts = new ServiceContacts(Text("serviceContacts.email"), Text("serviceContacts.phone"), Text("serviceContacts.address"));
        return new BasicInformation(
            Text("name") ?? "",
            Text("description"),
            Text("category"),
            Text("releaseNotes"),
            Text("icon"),
            contacts == new ServiceContacts() ? null : contacts);

        string? Text(string field) => form.Text(name, field)?.ReplaceLineEndings("\n").Trim() is { Length: > 0 } text ? text : null;
    }
}

using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.MiniPrograms;

/// <summary>Reads basic information, of a mini program and of a release alike, with everything that is wrong with it.</summary>
internal static class BasicInformationInput
{
    // More than any field keeps: the domain says how long each may be.
    private const int Plenty = 10_000;

    /// <summary>Reads the fields.</summary>
    /// <param name="input">The body.</param>
    /// <param name="hasReleaseNotes">True for a release; a mini program has no release notes.</param>
    public static BasicInformation Read(RequestReader input, bool hasReleaseNotes)
    {
        var contacts = input.OptionalPart("serviceContacts");
        var information = new BasicInformation(
            input.Text("name", Plenty),
            input.OptionalText("description", Plenty),
            input.OptionalText("category", Plenty),
            hasReleaseNotes ? input.OptionalText("releaseNotes", Plenty) : null,
            input.OptionalText("icon", Plenty),
            contacts is null
                ? null
                : new ServiceContacts(contacts.OptionalText("email", Plenty), contacts.OptionalText("phone", Plenty), contacts.OptionalText("address", Plenty)));
        input.AddAll(information.Problems());
        return information;
    }
}

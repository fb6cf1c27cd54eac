using System.Text.RegularExpressions;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Identifiers;

namespace ReleaseWorkflows.Domain.MiniPrograms;

/// <summary>What people see of a mini program. Release notes belong to one release, the rest is copied from the mini program (S2).</summary>
/// <param name="Name">1 to 100 characters. Needed to apply.</param>
/// <param name="Description">Up to 2,000 characters. Needed to apply.</param>
/// <param name="Category">Up to 100 characters. Needed to apply.</param>
/// <param name="ReleaseNotes">What is new in this version, up to 4,000 characters; recommended for Production (S2).</param>
/// <param name="Icon">Address of the icon, a square picture: <c>https</c>, up to 2,000 characters. Recommended.</param>
/// <param name="ServiceContacts">Where users find help; at least one way is recommended.</param>
public sealed partial record BasicInformation(
    string Name,
    string? Description = null,
    string? Category = null,
    string? ReleaseNotes = null,
    string? Icon = null,
    ServiceContacts? ServiceContacts = null)
{
    /// <summary>The fields that an application needs and that are blank (S2), in the order of the form.</summary>
    public IEnumerable<string> MissingForApplication()
    {
        if (PlainText.IsBlank(Name))
        {
            yield return "name";
        }

        if (PlainText.IsBlank(Description))
        {
            yield return "description";
        }

        if (PlainText.IsBlank(Category))
        {
            yield return "category";
        }
    }

    /// <summary>The fields that help the review and that are blank (S2), in the order of the form. An application does not need them.</summary>
    public IEnumerable<string> RecommendedForApplication(ReleaseEnvironment environment)
    {
        if (Icon is null)
        {
            yield return "icon";
        }

        if (ServiceContacts is null)
        {
            yield return "serviceContacts";
        }

        if (environment == ReleaseEnvironment.Production && PlainText.IsBlank(ReleaseNotes))
        {
            yield return "releaseNotes";
        }
    }

    /// <summary>Every field that is too long or malformed; empty if all are well.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Problems()
    {
        var problems = new Dictionary<string, IReadOnlyList<string>>();
        Check("name", Name, 100, isRequired: true, isOneLine: true);
        Check("description", Description, 2_000);
        Check("category", Category, 100, isOneLine: true);
        Check("releaseNotes", ReleaseNotes, 4_000);
        if (Icon is not null && !IsSecureAddress(Icon))
        {
            problems["icon"] = ["Give the address of the icon in full, for example https://images.example.com/icon.png, with at most 2000 characters."];
        }

        if (ServiceContacts is { } contacts)
        {
            CheckContacts(contacts);
        }

        return problems;

        void Check(string field, string? value, int maximum, bool isRequired = false, bool isOneLine = false)
        {
            if (isRequired && PlainText.IsBlank(value))
            {
                problems[field] = [$"Give {field} 1 to {maximum} characters."];
            }
            else if (value?.Length > maximum)
            {
                problems[field] = [$"Shorten {field}: it has {value.Length} characters, at most {maximum} are kept."];
            }
            else if (value is not null && value.Any(character => char.IsControl(character) && (isOneLine || character is not ('\n' or '\r' or '\t'))))
            {
                problems[field] = [isOneLine ? $"Write {field} in one line, without control characters." : $"Remove the control characters from {field}."];
            }
            else if (value is not null && PlainText.HasDeceptiveCharacter(value, isOneLine))
            {
                problems[field] = [$"Remove the invisible characters from {field}; they make it read as something else."];
            }
        }

        void CheckContacts(ServiceContacts contacts)
        {
            if (contacts is { Email: null, Phone: null, Address: null })
            {
                problems["serviceContacts"] = ["Give at least one of email, phone and address."];
            }

            if (contacts.Email is { } email && (email.Length > 254 || !EmailForm().IsMatch(email)))
            {
                problems["serviceContacts.email"] = ["Write the e-mail address as name@example.com, with at most 254 characters."];
            }

            if (contacts.Phone is { } phone && !PhoneForm().IsMatch(phone))
            {
                problems["serviceContacts.phone"] = ["Write the phone number with 5 to 20 digits, for example +49 30 123456."];
            }

            if (contacts.Address is { } address && !IsSecureAddress(address))
            {
                problems["serviceContacts.address"] = ["Write the web address in full, for example https://example.com/help, with at most 2000 characters."];
            }
        }
    }

    private static bool IsSecureAddress(string text) =>
        text.Length <= 2_000
        && !text.Any(character => char.IsWhiteSpace(character) || char.IsControl(character))
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme == Uri.UriSchemeHttps
        && address.UserInfo.Length == 0;

    [GeneratedRegex(@"\A[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex EmailForm();

    [GeneratedRegex(@"\A\+?(?:[0-9][ ()/-]{0,2}){4,19}[0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex PhoneForm();
}

/// <summary>Where users of a mini program find help. At least one of the three is given.</summary>
/// <param name="Email">An e-mail address.</param>
/// <param name="Phone">A phone number, 5 to 20 digits.</param>
/// <param name="Address">A web page, <c>https</c>.</param>
public sealed record ServiceContacts(string? Email = null, string? Phone = null, string? Address = null);

using System.ComponentModel.DataAnnotations;
using System.Net.Mail;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime.AspNetCore.Email;

/// <summary>How the connection to the mail server is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>Not at all: for a server on the same machine.</summary>
    None,

    /// <summary>It begins in the clear and is protected before anything of value is said. A server that does not offer this is refused.</summary>
    StartTls,

    /// <summary>From the first byte on, usually on port 465.</summary>
    Tls,
}

/// <summary>Settings of e-mail. Without <see cref="Host"/>, e-mails are written to a folder. Checked when the host starts.</summary>
public sealed class EmailOptions
{
    /// <summary>Address that e-mails come from. Default: <c>releases@localhost</c>.</summary>
    [Required]
    public string From { get; set; } = "releases@localhost";

    /// <summary>Folder that e-mails are written to, one file each, if there is no <see cref="Host"/>. Default: <c>mail</c>.</summary>
    public string PickupDirectory { get; set; } = "";

    /// <summary>The mail server. Default: none.</summary>
    public string? Host { get; set; }

    /// <summary>Port of the mail server. Default: 587; 465 is usual for <see cref="SmtpSecurity.Tls"/>.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>How the connection is protected. Default: STARTTLS.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>Name to sign in with. Default: none, nobody signs in.</summary>
    public string? UserName { get; set; }

    /// <summary>Password to sign in with.</summary>
    public string? Password { get; set; }

    /// <summary>Longest time that one e-mail may take. Default: 30 seconds; 1 second to 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Refuses settings that cannot work, all at once.</summary>
internal sealed class EmailOptionsValidation : IValidateOptions<EmailOptions>
{
    public ValidateOptionsResult Validate(string? name, EmailOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var complaints = results.Select(result => $"{nameof(EmailOptions)}: {result.ErrorMessage}").ToList();
        if (!MailAddress.TryCreate(options.From, out _))
            complaints.Add($"{nameof(EmailOptions)}: From is '{options.From}', which is no e-mail address.");
        if (options.UserName is { Length: > 0 } && options.Security == SmtpSecurity.None)
            complaints.Add($"{nameof(EmailOptions)}: a password is not sent over a connection without protection; set Security to StartTls or Tls.");
        return complaints.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(complaints);
    }
}

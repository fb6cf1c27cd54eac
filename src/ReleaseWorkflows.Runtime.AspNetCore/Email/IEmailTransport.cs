using Elsa.Http;
using ReleaseWorkflows.Runtime.OutsideWork;

namespace ReleaseWorkflows.Runtime.AspNetCore.Email;

/// <summary>Hands an e-mail over, under an id that stays the same when it is handed over again.</summary>
public interface IEmailTransport
{
    /// <summary>Sends the letter.</summary>
    /// <param name="letter">What to send.</param>
    /// <param name="messageId">Stable id without angle brackets, <c>name@host</c>; the same for a repeat, so that mailboxes can drop it.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <exception cref="OutsideWorkRefusedException">The letter cannot be sent, however often it is tried: an address is wrong, or refused for good.</exception>
    Task SendAsync(EmailLetter letter, string messageId, CancellationToken cancellationToken);
}

/// <summary>An e-mail.</summary>
public sealed record EmailLetter
{
    /// <summary>Sender; null for that of the settings.</summary>
    public string? From { get; init; }

    /// <summary>Recipients.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Recipients of a copy.</summary>
    public IReadOnlyList<string> Cc { get; init; } = [];

    /// <summary>Recipients of a copy whom the others do not see.</summary>
    public IReadOnlyList<string> Bcc { get; init; } = [];

    /// <summary>Subject, one line.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Body.</summary>
    public string Body { get; init; } = "";

    /// <summary>True if the body is HTML, false if it is plain text.</summary>
    public bool IsHtml { get; init; }

    /// <summary>Files sent along.</summary>
    public IReadOnlyList<HttpFile> Attachments { get; init; } = [];
}

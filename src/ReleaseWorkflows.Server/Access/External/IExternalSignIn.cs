namespace ReleaseWorkflows.Server.Access.External;

/// <summary>
/// Signing in somewhere else: a provider that knows people by itself, such as a company's OpenID Connect server. The platform ships none; a host registers its own in
/// the services, and the sign-in page shows a button for each.
/// </summary>
/// <remarks>
/// How it goes: the button leads to <c>/sign-in/with/{key}</c>; the server keeps a state and where to return to in a cookie and asks the provider
/// (<see cref="BeginAsync"/>) where to send the browser → the person signs in there → the browser comes back to <c>/sign-in/with/{key}/return</c> with the state; the
/// provider says who it is (<see cref="CompleteAsync"/>) → the account with that verified address is signed in, with a session as by password. Accounts are never made
/// this way: who may come in is said here. Everything that goes wrong is one sentence on the sign-in page, and a line of the audit trail.
/// </remarks>
internal interface IExternalSignIn
{
    /// <summary>In addresses; lower case with hyphens.</summary>
    string Key { get; }

    /// <summary>What people read on the button.</summary>
    string Name { get; }

    /// <summary>Where to send the browser.</summary>
    /// <param name="state">Comes back unchanged with the answer.</param>
    /// <param name="returnTo">The address of this server that the browser comes back to.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<Uri> BeginAsync(string state, Uri returnTo, CancellationToken cancellationToken);

    /// <summary>Reads the provider's answer, whose state was checked already.</summary>
    /// <param name="answer">The query that the browser brought.</param>
    /// <param name="returnTo">As it was given to <see cref="BeginAsync"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Who signed in, or null if nobody did.</returns>
    Task<ExternalIdentity?> CompleteAsync(IQueryCollection answer, Uri returnTo, CancellationToken cancellationToken);
}

/// <summary>Whom a provider knows.</summary>
/// <param name="Subject">What it calls the person; never changes.</param>
/// <param name="Email">The address.</param>
/// <param name="IsEmailVerified">False if it has not made sure of the address: then nobody is signed in.</param>
internal sealed record ExternalIdentity(string Subject, string Email, bool IsEmailVerified);
